// No key in any output.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { APIConnectionError, AuthenticationError, Client, ConfigError } from "devin-v2";
import { startEmulator } from "devin-v2/testing";

import { enterprise, failure, program, ROLES, run } from "./support.mjs";

const HEAD = "Q0FOQVJZ";
const KEY = `apk_user_${HEAD}9f8e7d6c5b4a39281706f5e4d3c2b1a0`;
const TAIL = KEY.slice(-8);

/** Neither the key, nor its beginning, nor its end. */
function clean(...texts) {
  for (const text of texts) assert.ok(!`${text}`.includes(HEAD) && !`${text}`.includes(TAIL), `${text}`.slice(0, 300));
}

/** All that there is to see of a value. */
function views(value) {
  // Who has an error's getters called asks for its body, which is all that the service said.
  const all = { showHidden: true, depth: Infinity, showProxy: true, getters: !(value instanceof Error) };
  const texts = [
    inspect(value),
    inspect(value, all),
    inspect(value, { ...all, customInspect: false }),
    inspect([{ value }], { depth: Infinity }),
    JSON.stringify(value),
    JSON.stringify({ value }, null, 2),
    String(value),
    `${Object.prototype.toString.call(value)}`,
  ];
  const seen = new Set();
  const walk = (one) => {
    if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) return;
    seen.add(one);
    for (const name of Reflect.ownKeys(one)) {
      if (name === "body" && value instanceof Error) continue;
      let inner;
      try {
        inner = value[name] ?? one[name];
      } catch {
        continue; // Getters of prototypes need an object of theirs.
      }
      if (typeof inner === "string") texts.push(inner);
      else walk(inner);
    }
    walk(Object.getPrototypeOf(one));
  };
  walk(value);
  return texts;
}

async function mine(t, options = {}) {
  const emulator = await startEmulator({ seed: 7, members: 60, apiKey: KEY });
  t.after(() => emulator.close());
  return { emulator, client: new Client({ apiKey: KEY, baseUrl: emulator.url, maxRetries: 0, ...options }) };
}

test("clients, resources, lists and answers", async (t) => {
  const { client } = await mine(t);
  const listing = client.members.list({ limit: 50 });
  const page = await listing.page();
  const resources = Object.getOwnPropertyNames(client).map((name) => client[name]);
  assert.ok(resources.length > 10);
  for (const one of [
    client,
    client.withOptions({ timeout: 5_000 }),
    ...resources,
    listing,
    page,
    await client.identity.get(),
  ]) {
    clean(...views(one));
  }
  clean(...views(await listing.collect()), ...views(listing));
  const answer = await client.request("GET", ROLES);
  clean(...views(answer), ...answer.headers.values());
});

test("a client shows its address and which key it is", async (t) => {
  const { emulator, client } = await mine(t);
  assert.match(inspect(client), new RegExp(`^Client\\(${emulator.url}, apk_user_…#[0-9a-f]{8}\\)$`));
  assert.equal(`${client}`, inspect(client));
  const { baseUrl, key, ...others } = JSON.parse(JSON.stringify(client));
  assert.deepEqual([baseUrl, others], [emulator.url, {}]);
  assert.ok(inspect(client).includes(key));
  const other = new Client({ apiKey: `${KEY}0`, baseUrl: emulator.url });
  assert.notEqual(JSON.stringify(other), JSON.stringify(client));
});

test("what is copied of a client has no key", async (t) => {
  const { client } = await mine(t);
  assert.deepEqual(Object.keys(client), []);
  assert.deepEqual({ ...client }, {});
  clean(JSON.stringify(structuredClone({ ...client })));
  assert.throws(() => structuredClone({ client: client.members.list }), Error);
});

for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
  test(`errors that send back what was sent: ${status}`, async (t) => {
    const { emulator, client } = await mine(t);
    // Some proxies do.
    const body = { detail: `Authorization: Bearer ${KEY} is not liked`, [KEY]: KEY };
    emulator.fault({ kind: "status", status, path: ROLES, body, headers: { "x-echo": KEY } });
    const error = await failure(client.roles.list());
    assert.equal(error.status, status);
    clean(...views(error), error.message, error.stack, error.detail, error.hint);
    assert.ok(error.body.includes(KEY), "the body is all that came, and is not shown");
  });
}

test("errors of answers that can't be read", async (t) => {
  const { emulator, client } = await mine(t);
  for (const body_text of [KEY, `{"detail": "${KEY}`, `[{"role_id": "${KEY}"}]`, `{"${KEY}": 1}`]) {
    emulator.fault({ kind: "status", status: 200, path: ROLES, body_text });
    const answer = await client.roles.list({ strict: true }).catch((error) => error);
    assert.ok(answer instanceof Error);
    clean(...views(answer), answer.message, answer.stack);
  }
});

test("errors of connections", async () => {
  const client = new Client({ apiKey: KEY, baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
  const error = await failure(client.roles.list(), APIConnectionError);
  clean(...views(error), error.stack, ...views(error.cause));
});

test("errors of settings", () => {
  for (const settings of [
    { timeout: 0 },
    { baseUrl: "ftp://x" },
    { maxRetries: 99 },
    { colour: "red" },
    { apiKey: `${KEY}\n` },
    { apiKey: ` ${KEY} ` },
    { apiKey: [KEY] },
    { apiKey: { KEY } },
    { baseUrl: `https://${KEY}@devin.example.com` },
    { proxy: `ftp://user:${KEY}@proxy.example.com` },
    { caCertificate: KEY },
    { userAgentSuffix: `${KEY}\n` },
  ]) {
    let error;
    try {
      new Client({ apiKey: KEY, ...settings });
    } catch (caught) {
      error = caught;
    }
    assert.ok(error instanceof ConfigError, inspect(error));
    clean(...views(error), error.message, error.stack);
  }
  for (const slip of [KEY, [KEY]]) {
    assert.throws(
      () => new Client(slip),
      (error) => {
        clean(...views(error), error.stack);
        return true;
      },
    );
  }
});

test("a key where an id belongs is a slip that happens", async (t) => {
  const { emulator, client } = await mine(t);
  for (const work of [
    () => client.apiKeys.revoke(KEY),
    () => client.members.get(KEY),
    () => client.apiKeys.revoke(`${KEY}/`),
    () => client.apiKeys.list({ org_id: KEY, colour: KEY }).page(),
    () => client.members.list({ resume: KEY }).page(),
    () => client.apiKeys.revokeAll({ confirm: KEY }),
    () => client.identity.get({ timeout: KEY }),
  ]) {
    const error = await failure(work);
    clean(...views(error), error.message, error.stack);
  }
  for (const { headers } of emulator.requests) assert.equal(headers.authorization, "Bearer apk_user_…");
});

test("a key that is not valid", async (t) => {
  const { emulator } = await enterprise(t);
  const client = new Client({ apiKey: KEY, baseUrl: emulator.url });
  const error = await failure(client.roles.list(), AuthenticationError);
  clean(...views(error), error.stack);
});

test("emulators show none of their own", async (t) => {
  const { emulator } = await mine(t);
  await emulator.client().identity.get();
  assert.equal(emulator.apiKey, KEY);
  clean(inspect(emulator, { showHidden: true, depth: Infinity }), JSON.stringify(emulator), `${emulator}`);
  clean(JSON.stringify(emulator.requests));
});

for (const how of ["rejection", "exception", "console", "warning", "config"]) {
  test(`what a program prints that ends by an error: ${how}`, async (t) => {
    const { emulator } = await mine(t);
    emulator.fault({ kind: "status", status: 401, path: ROLES, body: { detail: `${KEY} is not liked` } });
    const done = await run([program("unhandled.mjs"), how], {
      env: { DEVIN_V2_API_KEY: KEY, DEVIN_V2_BASE_URL: emulator.url },
    });
    assert.equal(done.code, how === "console" || how === "warning" ? 0 : 1, done.stderr);
    assert.match(done.stderr, how === "config" ? /ConfigError: / : /AuthenticationError: roles\.list: /);
    assert.match(done.stderr, /unhandled\.mjs:\d+/, "where it was");
    clean(done.stdout, done.stderr);
  });
}
