// What is passed is sent or refused, never dropped or changed; integers keep all their digits.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { APIUserAbortError, Client, ConfigError, DevinError, RefusedError } from "devin-v2";
import { startEmulator } from "devin-v2/testing";

import { ADA, enterprise, failure, MEMBERS, ORG, ROLES } from "./support.mjs";

class Filter {
  email = "ada@example.com";
}

class Getter {
  get email() {
    return "ada@example.com";
  }
}

/** What JSON would drop or change, and what is said of it. */
const ODD = [
  [() => 5, /is a function/],
  [Symbol("x"), /is a symbol/],
  [NaN, /is NaN/],
  [Infinity, /is Infinity/],
  [new Map([["a", 1]]), /got a Map/],
  [new Set(["a"]), /is a Set/],
  [new URLSearchParams("a=b"), /got a URLSearchParams/],
  [new Uint8Array(1), /is a Uint8Array/],
  [new Filter(), /got a Filter/],
  [new Number(5), /got a Number/],
  [new Date(NaN), /is an invalid Date/],
  [Object.create({ a: 1 }), /got an object with a prototype/],
  [Object.defineProperty({}, "a", { value: 1 }), /would not be sent: a/],
  [{ [Symbol("s")]: 1 }, /would not be sent: Symbol\(s\)/],
  [Promise.resolve(5), /got a Promise/],
  [[undefined], /is undefined/],
  [[, 1], /is undefined/],
  [{ toJSON: () => undefined }, /toJSON\(\) gives nothing/],
];

test("values that JSON would drop or change are refused by name", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [value, said] of ODD) {
    for (const [field, work] of [
      ["max_acu_limit", () => client.organizations.update(ORG, { max_acu_limit: value })],
      ["email", () => client.members.list({ email: value }).page()],
      ["user_ids[0]", () => client.sessions.list({ user_ids: [value] }).collect()],
      ["body.groups.a", () => client.orgGroupLimits.update({ groups: { a: value } })],
      ["user_id", () => client.members.get(value)],
      ["body.deep[0].x", () => client.request("POST", "/v2/enterprise/new-thing", { body: { deep: [{ x: value }] } })],
    ]) {
      const error = await failure(work, RefusedError);
      assert.ok(error.field?.startsWith(field), `${error.field}: ${error.message}`);
      assert.match(error.message, said);
    }
    if (Array.isArray(value)) continue;
    assert.throws(() => new Client({ apiKey: "apk_user_x", timeout: value }), ConfigError);
    await failure(client.identity.get({ timeout: value }), ConfigError);
    await failure(startEmulator({ seed: value }), ConfigError);
  }
  assert.deepEqual(emulator.requests, []);
});

test("objects with members that could get lost are no arguments", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const params of [
    new Map([["email", "ada@example.com"]]),
    new URLSearchParams("email=ada@example.com"),
    new Filter(),
    new Getter(),
    Object.create({ email: "ada@example.com" }),
    Object.defineProperty({}, "email", { value: "ada@example.com" }),
    ["email"],
    "email",
    () => ({ email: "ada@example.com" }),
    7,
    null,
  ]) {
    for (const work of [
      () => client.members.list(params).page(),
      () => client.members.list(params).collect(),
      () => client.organizations.update(ORG, params),
      () => client.apiKeys.revokeAll(params),
      () => client.request("GET", MEMBERS, { query: params }),
      () => client.request("GET", MEMBERS, params),
    ]) {
      assert.match((await failure(work, RefusedError)).message, /plain object|would not be sent/);
    }
    for (const work of [
      async () => new Client(params),
      async () => client.withOptions(params),
      async () => emulator.fault(params),
      async () => emulator.client(params),
      () => startEmulator(params),
      () => client.identity.get(params),
      () => client.members.list({}, params).page(),
      () => client.request("GET", MEMBERS, {}, params),
    ]) {
      await failure(work, ConfigError);
    }
  }
  assert.deepEqual(emulator.requests, []);
});

test("objects without a prototype, of a polluted one, and what has toJSON are taken", async (t) => {
  const { emulator, client } = await enterprise(t);
  const params = Object.assign(Object.create(null), { limit: 3 });
  assert.equal((await client.members.list(params).page()).rows.length, 3);
  const time = { toJSON: () => "2026-02-01T08:00:00Z" };
  await client.consumption.daily({ start_date: time, end_date: "2026-03-01T08:00:00Z" });
  assert.equal(new Client({ apiKey: "apk_user_x", baseUrl: new URL(emulator.url) }).baseUrl, emulator.url);
  Object.prototype.confirm = "revoke-all-api-keys";
  t.after(() => delete Object.prototype.confirm);
  await failure(client.apiKeys.revokeAll({}), RefusedError);
  delete Object.prototype.confirm;
});

test("misspelt members are named, and the right ones with them", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [work, Kind, field, said] of [
    [() => client.request("GET", MEMBERS, { qurey: { limit: 1 } }), RefusedError, "qurey", /mean query\?/],
    [() => client.request("GET", MEMBERS, { timeout: 5 }), RefusedError, "timeout", /fourth argument/],
    [() => client.request("GET", MEMBERS, { signal: AbortSignal.abort() }), RefusedError, "signal", /fourth argument/],
    [() => client.members.list({ emial: "ada@example.com" }).page(), RefusedError, "emial", /emial is no argument .*\bemail\b/],
    [() => client.identity.get({ timeuot: 5 }), ConfigError, "timeuot", /mean timeout\?/],
    [() => client.identity.get({ max_retries: 5 }), ConfigError, "max_retries", /mean maxRetries\?/],
    [async () => new Client({ fetch }), ConfigError, "fetch", /fetch is not an option of clients\. Use one of: apiKey/],
    [async () => new Client({ baseURL: "https://x" }), ConfigError, "baseURL", /mean baseUrl\?/],
    [async () => client.withOptions({ strikt: true }), ConfigError, "strikt", /mean strict\?/],
    [() => startEmulator({ sed: 7 }), ConfigError, "sed", /mean seed\?/],
    [async () => emulator.fault({ knd: "status" }), ConfigError, undefined, /`knd`.*`kind`/],
    [async () => emulator.fault({ kind: "reset", stauts: 5 }), ConfigError, undefined, /`stauts`/],
    [async () => emulator.fault({ kind: "status", stauts: 5 }), ConfigError, undefined, /`stauts`.*`status`/],
    [() => client.organizations.update(ORG, { org_id: "org-2" }), RefusedError, "org_id", /given twice/],
  ]) {
    const error = await failure(work, Kind);
    assert.equal(error.field, field);
    assert.match(error.message, said);
  }
  assert.deepEqual(emulator.requests, []);
  assert.ok((await client.roles.list()).length > 0, "no fault was scripted");
});

test("what is no signal is refused", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const signal of [new AbortController(), null, {}, 7, "abort", () => {}]) {
    for (const work of [
      () => client.identity.get({ signal }),
      () => client.members.list({}, { signal }).collect(),
      () => client.request("GET", ROLES, {}, { signal }),
    ]) {
      const error = await failure(work, ConfigError);
      assert.equal(error.field, "signal");
      assert.match(error.message, /must be an AbortSignal .*controller\.signal/);
    }
  }
  assert.deepEqual(emulator.requests, []);
  await failure(client.identity.get({ signal: AbortSignal.abort() }), APIUserAbortError);
});

test("requests of one's own: method, path, query", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [method, path, own, field] of [
    [["DELETE"], ROLES, {}, "method"],
    [undefined, ROLES, {}, "method"],
    ["GET", [ROLES], {}, "path"],
    ["GET", new String(ROLES), {}, "path"],
    ["GET", undefined, {}, "path"],
    ["GET", ROLES, { query: { a: null } }, "query.a"],
    ["GET", ROLES, { query: { a: [] } }, "query.a"],
    ["GET", ROLES, { query: { a: [null] } }, "query.a[0]"],
    ["GET", ROLES, { query: { a: [, "x"] } }, "query.a[0]"],
    ["GET", ROLES, { query: { a: NaN } }, "query.a"],
    ["GET", ROLES, { query: { a: {} } }, "query.a"],
    ["GET", ROLES, { query: { a: new Date() } }, "query.a"],
    ["GET", ROLES, { query: { a: "\ud800" } }, "query.a"],
    ["DELETE", "/v2/enterprise/api-keys", { confirm: ["revoke-all-api-keys"] }, "confirm"],
  ]) {
    assert.equal((await failure(client.request(method, path, own), RefusedError)).field, field);
  }
  assert.deepEqual(emulator.requests, []);
  await client.request("GET", ROLES, { query: { big: 2n ** 64n } });
  assert.equal(emulator.requests[0].query, "big=18446744073709551616");
});

/** A server that answers every request with the same body, and keeps what it was sent. */
async function answering(t, body) {
  const sent = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    sent.push(text);
    response.writeHead(200, { "content-type": "application/json" }).end(body());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  return { sent, client: new Client({ apiKey: "apk_user_x", baseUrl: `http://127.0.0.1:${server.address().port}` }) };
}

const BIG = 9007199254740993n;
const MEMBER = `{"user_id":"email|1","email":"a@b.c","name":"n \\"1234567890123456789\\": 1, \\\\","enterprise_role":"r",
  "created_at":"2026-01-01T00:00:00Z","searches_created_count":0, "sessions_created_count": ${BIG},"login_count":-9007199254740993,
  "unknown":[18446744073709551616 , {"__proto__":{"x":9007199254740992}},9007199254740991,1.25,-0,1e3,true,null,"é🎉",[],{}],
  "time":"2026-01-01T00:00:00.123456789012345678Z"}`;

function checkMember(row) {
  assert.deepEqual([row.sessions_created_count, row.login_count], [BIG, -BIG]);
  assert.equal(row.name, 'n "1234567890123456789": 1, \\');
  const [large, inner, ...others] = row.unknown;
  assert.equal(large, 2n ** 64n);
  assert.deepEqual(Object.getOwnPropertyDescriptor(inner, "__proto__").value, { x: 2n ** 53n });
  assert.deepEqual(others, [2 ** 53 - 1, 1.25, -0, 1000, true, null, "é🎉", [], {}]);
  assert.equal(row.time, "2026-01-01T00:00:00.123456789012345678Z");
  assert.equal(Object.getPrototypeOf(row), Object.prototype);
}

test("integers beyond 2^53 are BigInt, wherever they are read", async (t) => {
  let body = MEMBER;
  const { client } = await answering(t, () => body);
  checkMember(await client.members.get("email|1"));
  const answer = await client.request("GET", "/v2/enterprise/new-thing");
  checkMember(answer.json());
  assert.equal(answer.text, MEMBER);
  assert.ok(!Object.keys(answer).includes("json"));

  body = `{"items":[${MEMBER}],"total":1,"skip":0,"limit":50,"has_more":false}`;
  checkMember((await client.members.list().page()).rows[0]);
  checkMember((await client.members.list().collect())[0]);
  for await (const row of client.members.list()) checkMember(row);

  // Of a page with a row that doesn't fit, too.
  body = `{"items":[${MEMBER},{}],"total":2,"skip":0,"limit":50,"has_more":false}`;
  const { rows, badRows } = await client.members.list().page();
  assert.deepEqual([rows.length, badRows.length], [1, 1]);
  checkMember(rows[0]);

  body = `[{"role_id":"r","role_name":"n","role_type":"t","rank":${BIG}}]`;
  assert.equal((await client.roles.list())[0].rank, BIG);
  body = `{"audit_logs":[{"audit_log_id":"a","sequence":${BIG},"n":[-${BIG}]}]}`;
  const [entry] = (await client.auditLogs.list().page()).rows;
  assert.deepEqual([entry.sequence, entry.n], [BIG, [-BIG]]);
});

test("where an integer stands does not matter", async (t) => {
  let body;
  const { client } = await answering(t, () => body);
  for (let length = 0; length < 40; length++) {
    for (const digits of ["9007199254740993", "-9007199254740993", "123456789012345678901234567890"]) {
      for (const [text, value] of [
        [`{"${"k".repeat(length)}":${digits}}`, { ["k".repeat(length)]: BigInt(digits) }],
        [`[${" ".repeat(length)}${digits}\n]`, [BigInt(digits)]],
        [`["${"1".repeat(length)}",${digits}, ${digits}]`, ["1".repeat(length), BigInt(digits), BigInt(digits)]],
      ]) {
        body = `{"user_id":null,"user_email":null,"org_id":"o","api_key_id":"k","more":${text}}`;
        assert.deepEqual((await client.identity.get()).more, value);
      }
    }
  }
});

test("what JSON.parse reads without loss is read as it does", async (t) => {
  let body;
  const { client } = await answering(t, () => body);
  for (const text of [
    "9007199254740991",
    "-9007199254740991",
    "1234567890123456",
    "0.12345678901234567890",
    "1234567890123456789.5",
    "1e300",
    '"9007199254740993"',
    '["a, 9007199254740993", "\\\\", ": 9007199254740993"]',
    `${"[".repeat(90)}9007199254740991${"]".repeat(90)}`,
  ]) {
    for (const json of [text, `[${text},9007199254740993]`]) {
      body = `{"user_id":null,"user_email":null,"org_id":"o","api_key_id":"k","more":${json}}`;
      const { more } = await client.identity.get();
      assert.deepEqual(json === text ? more : more[0], JSON.parse(text));
    }
  }
});

test("BigInt is sent with all its digits, also what was read", async (t) => {
  const { sent, client } = await answering(t, () => `{"groups":{"a":{"org_ids":["o"],"max_cycle_acus":${BIG}}}}`);
  const confirm = "replace-org-group-limits";
  const limits = await client.orgGroupLimits.get();
  assert.equal(limits.groups.a.max_cycle_acus, BIG);
  await client.orgGroupLimits.update(limits, { confirm });
  await client.organizations.update(ORG, { max_acu_limit: BIG }).catch(() => {});
  await client.request("POST", "/v2/enterprise/new-thing", { body: { big: 2n ** 70n, small: 5n } });
  assert.deepEqual(sent.slice(1), [
    `{"groups":{"a":{"max_cycle_acus":${BIG},"org_ids":["o"]}}}`,
    `{"max_acu_limit":${BIG}}`,
    `{"big":${2n ** 70n},"small":5}`,
  ]);
  const error = await failure(client.organizations.update(ORG, { max_acu_limit: 2n ** 64n }), RefusedError);
  assert.equal(error.field, "max_acu_limit");
  assert.equal(sent.length, 4);
});

test("a body that is no JSON is told without quoting it", async (t) => {
  const { client } = await answering(t, () => "private words");
  const answer = await client.request("GET", "/v2/enterprise/new-thing");
  assert.throws(
    () => answer.json(),
    (error) => error instanceof DevinError && !error.message.includes("private") && error.body === "private words",
  );
});

test("messages have no words that the language lacks", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({ kind: "replace_field", path: `${MEMBERS}/*`, name: "login_count", value: "many" });
  emulator.fault({ kind: "replace_field", path: `${MEMBERS}/*`, name: "login_count", value: { a: 1 } });
  emulator.fault({ kind: "status", status: 200, path: `${MEMBERS}/*`, body: [1] });
  emulator.fault({ kind: "status", status: 429, path: `${MEMBERS}/*` });
  emulator.fault({ path: `${MEMBERS}/*`, delay: 60_000 });
  const slips = [
    ...Array.from({ length: 4 }, () => () => client.members.get(ADA)),
    () => client.members.get(ADA, { attemptTimeout: 50 }),
    () => client.members.list({ limit: "fifty" }).page(),
    () => client.members.list({ limit: -1 }).page(),
    () => client.members.list({ limit: {} }).page(),
    () => client.members.invite({ emails: "a@b" }),
    () => client.members.invite({ emails: [{}] }),
    () => client.members.list({ resume: "?" }).page(),
    () => client.organizations.update(ORG, { max_acu_limit: "5" }),
    () => client.organizations.update(ORG, { max_acu_limit: [] }),
    () => client.orgGroupLimits.update({ groups: { a: 5 } }),
    () => client.orgGroupLimits.update({ groups: [] }),
    () => client.orgGroupLimits.update({ groups: {} }),
    () => client.apiKeys.revoke(""),
    () => client.apiKeys.revokeAll(),
    () => client.consumption.daily({ billing_days: ["yesterday", "2026-01-01"] }),
    () => client.consumption.daily({ billing_days: "2026-13" }),
    () => client.consumption.daily({ start_date: "2026-01-01" }),
    () => client.request("GET", `${MEMBERS}?limit=1`),
    ...["timeout", "attemptTimeout", "connectTimeout", "maxRetries", "retryBaseDelay", "maxRetryAfter", "prefetch"].map(
      (name) => async () => new Client({ apiKey: "apk_user_x", [name]: -1 }),
    ),
    async () => new Client({ apiKey: "apk_user_x", maxConcurrency: 0 }),
    async () => new Client({ apiKey: "apk_user_x", maxBodyBytes: 0 }),
    async () => new Client({ apiKey: "apk_user_x", baseUrl: "http://devin.example.com" }),
    async () => new Client({ apiKey: "apk_user_x", caCertificate: "x" }),
    async () => new Client({ apiKey: "apk_user_x", userAgentSuffix: "\n" }),
    async () => new Client({}),
  ];
  // Names of the API's own.
  const OWN =
    /\b(?:user_id|login_count|api_key_id|max_acu_limit|billing_days?|start_date|org_id|apk_user_|DEVIN_\w+|groups|user_ids)\b/g;
  for (const slip of slips) {
    const { message, hint } = await failure(slip);
    const text = `${message} ${hint ?? ""}`.replace(OWN, "");
    const foreign = /[a-z]+_[a-z_]+|BillingDay|\b(?:[ui](?:8|16|32|64|size)|f64|struct|enum|sequence|Option|None|Vec|serde|napi|tokio)\b/;
    assert.doesNotMatch(text, foreign);
  }
});
