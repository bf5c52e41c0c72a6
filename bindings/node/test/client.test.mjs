// Clients: what they are made of, and requests of one's own.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { Client, ConfigError, InternalServerError, NotFoundError } from "devin-v2";

import { enterprise, failure, LONG, ORG, require, ROLES } from "./support.mjs";

const VARIABLES = ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"];

/** Sets variables for one test. */
function environment(t, variables) {
  t.after(() => VARIABLES.forEach((name) => delete process.env[name]));
  Object.assign(process.env, variables);
}

/** The error that making a client of these settings throws. */
function refused(settings) {
  try {
    new Client(settings);
  } catch (error) {
    assert.ok(error instanceof ConfigError, error.stack);
    return error;
  }
  return assert.fail("this had to fail");
}

for (const prefix of ["DEVIN_V2_", "DEVIN_"]) {
  test(`key and address from the environment: ${prefix}…`, async (t) => {
    const { emulator } = await enterprise(t);
    environment(t, { [`${prefix}API_KEY`]: emulator.apiKey, [`${prefix}BASE_URL`]: `${emulator.url}/` });
    const client = new Client();
    assert.equal(client.baseUrl, emulator.url);
    assert.ok((await client.identity.get()).org_id);
    assert.ok((await new Client({ apiKey: undefined, baseUrl: undefined }).identity.get()).org_id);
  });
}

test("the package's own variables win over general ones", async (t) => {
  const { emulator } = await enterprise(t);
  environment(t, {
    DEVIN_API_KEY: "apk_user_other",
    DEVIN_BASE_URL: "https://other.example.com",
    DEVIN_V2_API_KEY: emulator.apiKey,
    DEVIN_V2_BASE_URL: emulator.url,
  });
  assert.ok((await new Client().identity.get()).org_id);
});

test("settings win over the environment", (t) => {
  environment(t, { DEVIN_V2_API_KEY: "apk_user_other", DEVIN_V2_BASE_URL: "https://other.example.com" });
  const mine = new Client({ apiKey: "apk_user_mine", baseUrl: "https://mine.example.com" });
  assert.equal(mine.baseUrl, "https://mine.example.com");
  assert.notEqual(`${mine}`, `${new Client({ baseUrl: "https://mine.example.com" })}`);
});

test("the address by default", () => {
  assert.equal(new Client({ apiKey: "apk_user_x" }).baseUrl, "https://api.devin.ai");
});

test("no key", () => {
  for (const settings of [undefined, {}, { baseUrl: "https://devin.example.com" }]) {
    const error = refused(settings);
    assert.match(error.message, /apiKey.*DEVIN_V2_API_KEY/);
    assert.deepEqual([error.field, error.kind, error.attempts], ["apiKey", "config", 0]);
  }
});

const IMPOSSIBLE = [
  { apiKey: "" },
  { apiKey: "apk_user_x\n" },
  { apiKey: 7 },
  { apiKey: null },
  { baseUrl: "" },
  { baseUrl: "ftp://devin.example.com" },
  { baseUrl: "http://devin.example.com" },
  { baseUrl: "https://devin.example.com/v2/enterprise" },
  { timeout: 0 },
  { timeout: -1 },
  { timeout: NaN },
  { timeout: Infinity },
  { timeout: "3" },
  { attemptTimeout: 0 },
  { attemptTimeout: 2_000, timeout: 1_000 },
  { connectTimeout: 0 },
  { maxRetries: 11 },
  { maxRetries: -1 },
  { maxRetries: 1.5 },
  { retryBaseDelay: -1 },
  { maxRetryAfter: -1 },
  { maxConcurrency: 0 },
  { maxConcurrency: 1_025 },
  { prefetch: 0 },
  { prefetch: 65 },
  { maxBodyBytes: 0 },
  { strict: "yes" },
  { caCertificate: "no certificate" },
  { proxy: "nowhere" },
  { proxy: true },
  { allowInsecureHttp: 1 },
  { userAgentSuffix: "a\nb" },
  { colour: "red" },
  { api_key: "apk_user_x" },
];

for (const settings of IMPOSSIBLE) {
  const [field] = Object.keys(settings);
  test(`settings that cannot be: ${JSON.stringify(settings)}`, () => {
    const error = refused({ apiKey: "apk_user_x", ...settings });
    assert.equal(error.field, field);
    assert.ok(error.message.includes(field), "by the name that it has here");
  });
}

test("every setting", async (t) => {
  const { emulator } = await enterprise(t);
  const client = emulator.client({
    timeout: 60_000,
    attemptTimeout: 30_000.5,
    connectTimeout: 5_000,
    maxRetries: 0,
    retryBaseDelay: 0,
    maxRetryAfter: 0,
    maxConcurrency: 1_024,
    prefetch: 64,
    maxBodyBytes: 1_000_000,
    strict: true,
    caCertificate: undefined,
    proxy: false,
    allowInsecureHttp: true,
    userAgentSuffix: "my-report/1.2",
  });
  assert.equal((await client.members.list().collect()).length, 120);
  const { version } = require("devin-v2/package.json");
  const agent = emulator.requests[0].headers["user-agent"];
  assert.ok(agent.includes(`devin-v2-node/${version}`) && agent.endsWith(" my-report/1.2"), agent);
});

test("plain HTTP to elsewhere has to be asked for", () => {
  const settings = { apiKey: "apk_user_x", baseUrl: "http://devin.example.com" };
  assert.match(refused(settings).hint, /allowInsecureHttp/);
  assert.equal(new Client({ ...settings, allowInsecureHttp: true }).baseUrl, settings.baseUrl);
});

test("other options for the same client", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 503, path: ROLES, times: null });
  const attempts = async (of, options) => (await failure(of.roles.list(options), InternalServerError)).attempts;
  const once = client.withOptions({ maxRetries: 1 });
  assert.ok(once instanceof Client && once !== client && once.baseUrl === client.baseUrl);
  assert.equal(await attempts(once), 2);
  assert.equal(await attempts(once.withOptions({ timeout: 100_000, strict: true })), 2, "options add up");
  assert.equal(await attempts(once, { maxRetries: 0 }), 1, "those of the call win");
  assert.equal(await attempts(client), 4, "the client itself is as it was");
});

test("options that cannot be", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [options, field] of [
    [{ maxRetries: 11 }, "maxRetries"],
    [{ timeout: 0 }, "timeout"],
    [{ timeout: "3" }, "timeout"],
    [{ strict: "yes" }, "strict"],
    [{ apiKey: "apk_user_x" }, "apiKey"],
    [{ signals: 1 }, "signals"],
  ]) {
    assert.equal((await failure(async () => client.withOptions(options), ConfigError)).field, field);
    for (const work of [
      () => client.identity.get(options),
      () => client.roles.list(options),
      () => client.members.list({}, options).page(),
      () => client.members.list({}, options).collect(),
      () => client.request("GET", ROLES, {}, options),
    ]) {
      assert.equal((await failure(work, ConfigError)).field, field);
    }
  }
  await failure(async () => client.withOptions({ signal: AbortSignal.abort() }), ConfigError);
  assert.deepEqual(emulator.requests, []);
});

test("options that are left out", async (t) => {
  const { client } = await enterprise(t);
  for (const options of [undefined, {}, { signal: undefined, timeout: undefined, maxRetries: undefined }]) {
    assert.ok((await client.identity.get(options)).org_id);
    assert.equal((await client.members.list(undefined, options).page()).total, 120);
  }
});

test("a client is what it was made as", (t) => {
  const client = new Client({ apiKey: "apk_user_x" });
  assert.throws(() => (client.members = null), TypeError);
  assert.throws(() => (client.baseUrl = "https://elsewhere.example.com"), TypeError);
  assert.equal(client.nothing, undefined);
  class Ours extends Client {
    greet() {
      return this.baseUrl;
    }
  }
  assert.equal(new Ours({ apiKey: "apk_user_x" }).greet(), "https://api.devin.ai");
});

test("clients side by side keep to themselves", async (t) => {
  const first = await enterprise(t, { seed: 1, members: 10 });
  const second = await enterprise(t, { seed: 2, members: 20 });
  const [one, two] = await Promise.all([first.client.members.list().collect(), second.client.members.list().collect()]);
  assert.deepEqual([one.length, two.length], [10, 20]);
});

test("proxies: of the environment, one's own, or none", LONG, async (t) => {
  const asked = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"api_key_id":"apk-1","user_id":null,"user_email":null,"org_id":"org-by-proxy"}');
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => proxy.close());
  t.after(() => proxy.closeAllConnections());
  const url = `http://127.0.0.1:${proxy.address().port}`;
  const settings = { apiKey: "apk_user_x", baseUrl: "http://devin.invalid", allowInsecureHttp: true, maxRetries: 0 };

  assert.equal((await new Client({ ...settings, proxy: url }).identity.get()).org_id, "org-by-proxy");
  assert.deepEqual(asked, ["http://devin.invalid/v2/enterprise/self"]);

  t.after(() => delete process.env.http_proxy);
  process.env.http_proxy = url;
  assert.equal((await new Client(settings).identity.get()).org_id, "org-by-proxy");
  assert.equal(asked.length, 2);
  await failure(new Client({ ...settings, proxy: false }).identity.get());
  assert.equal(asked.length, 2);
});

test("a request of one's own", async (t) => {
  const { emulator, client } = await enterprise(t);
  const answer = await client.request("GET", "/v2/enterprise/members", {
    query: { limit: 1, tag: ["a", "b"], on: true, left: undefined },
  });
  assert.deepEqual([answer.status, answer.attempts], [200, 1]);
  assert.ok(answer.elapsed > 0 && answer.headers instanceof Headers);
  assert.equal(answer.headers.get("Content-Type"), "application/json");
  assert.equal(JSON.parse(answer.text).total, 120);
  const [request] = emulator.requests;
  assert.equal(request.query, "limit=1&tag=a&tag=b&on=true");
  assert.equal(request.headers["x-request-id"], answer.requestId);
});

test("a request of one's own sends JSON", async (t) => {
  const { emulator, client } = await enterprise(t);
  await client.request("PATCH", `/v2/enterprise/organizations/${ORG}`, { body: { max_acu_limit: null } });
  assert.equal(emulator.requests[0].body, '{"max_acu_limit":null}');
  assert.match(emulator.requests[0].headers["content-type"], /^application\/json/);
  await client.request("GET", ROLES, { body: undefined });
  assert.equal(emulator.requests[1].body, "");
});

test("a request for what there is not", async (t) => {
  const { client } = await enterprise(t);
  const error = await failure(client.request("GET", "/v2/enterprise/new-thing"), NotFoundError);
  assert.equal(error.status, 404);
});

test("connections are kept for the next call", async (t) => {
  let connections = 0;
  const server = createServer((_, response) =>
    response.end('{"api_key_id":"apk-1","user_id":null,"user_email":null,"org_id":"org-1"}'),
  );
  server.on("connection", () => connections++).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const client = new Client({ apiKey: "apk_user_x", baseUrl: `http://127.0.0.1:${server.address().port}` });
  for (let call = 0; call < 10; call++) await client.identity.get();
  await client.withOptions({ timeout: 10_000 }).identity.get({ maxRetries: 0 });
  assert.equal(connections, 1);
});
