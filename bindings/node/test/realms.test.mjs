// Realms and environments: the package in a realm of its own, values of another one, workers, and what is made of errors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import vm from "node:vm";
import { MessageChannel, SHARE_ENV, Worker } from "node:worker_threads";

import { BadRequestError, Client } from "devin-v2";

import { enterprise, failure, program, ROLES, require } from "./support.mjs";

const KEY = "apk_user_U0VDUkVUU0VDUkVU";

/** Loads the package's JavaScript in a context, as test runners do; its native half is of the main realm. */
function loadIn(context) {
  const cache = new Map();
  const load = (file) => {
    if (cache.has(file)) return cache.get(file).exports;
    const module = { exports: {} };
    cache.set(file, module);
    const outer = createRequire(file);
    const inner = (id) => {
      const found = outer.resolve(id);
      return /\.(?:node|json)$/.test(found) || !isAbsolute(found) ? outer(id) : load(found);
    };
    const code = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
    vm.runInContext(code, context)(module.exports, inner, module, file, dirname(file));
    return module.exports;
  };
  return load(require.resolve("devin-v2"));
}

test("the package in a realm of its own", async (t) => {
  const { emulator } = await enterprise(t);
  const context = vm.createContext({ process, Buffer, console, AbortController, AbortSignal, Headers });
  const devin = loadIn(context);
  const client = new devin.Client({ baseUrl: emulator.url, apiKey: emulator.apiKey, maxRetries: 0 });
  const caught = (work) => work.then(assert.fail, (error) => error);

  emulator.fault({ kind: "status", status: 400, path: ROLES, body: { email: "ada@example.com", key: KEY } });
  const error = await caught(client.roles.list());
  assert.ok(error instanceof devin.BadRequestError && error instanceof vm.runInContext("Error", context));
  assert.deepEqual([error.name, error.status], ["BadRequestError", 400]);
  for (const shown of [error.message, error.stack, inspect(error), JSON.stringify(error)]) {
    assert.ok(!shown.includes("ada@example.com") && !shown.includes(KEY.slice(9)), shown);
  }
  assert.ok((await caught(client.members.get(""))) instanceof devin.RefusedError);
  assert.throws(() => new devin.Client({ apiKey: "apk_user_x", timeout: 0 }), devin.ConfigError);
  assert.throws(() => client.withOptions({ maxRetries: 99 }), devin.ConfigError);
  assert.equal((await client.members.list({ limit: 50 }).collect()).length, 120);

  emulator.fault({ kind: "status", status: 500, path: "/v2/enterprise/members", query: { skip: "50" } });
  const broken = await caught(client.members.list({ limit: 50 }).collect());
  assert.ok(broken instanceof devin.InternalServerError && broken.partial.length === 50);
});

test("values of another realm", async (t) => {
  const { emulator, client } = await enterprise(t);
  const context = vm.createContext({});
  const of = (code) => vm.runInContext(code, context);
  await client.consumption.daily(
    of(`({ start_date: new Date("2026-02-01T08:00:00Z"), end_date: "2026-03-01T08:00:00Z", org_ids: ["org-1"] })`),
  ).catch(() => {});
  assert.match(emulator.requests[0].query, /start_date=2026-02-01T08%3A00%3A00Z/);
  assert.match((await failure(client.consumption.daily(of("({ start_date: new Date(NaN) })")))).message, /invalid Date/);
  assert.match((await failure(client.members.list(of("new Map()")).page())).message, /got a Map/);
  assert.match((await failure(client.members.get(of("new Set()")))).message, /is a Set/);
  assert.match((await failure(client.members.get(of("new Uint8Array(1)")))).message, /is a Uint8Array/);
  assert.match((await failure(client.identity.get(of("({ timeout: NaN })")))).message, /timeout is NaN/);
  assert.ok((await client.identity.get(of("({ timeout: 5000 })"))).org_id);
});

/** What a worker with these options sees. */
async function inWorker(options) {
  const worker = new Worker(program("environment.mjs"), options);
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

test("a worker's environment is its own", async (t) => {
  t.after(() => delete process.env.DEVIN_V2_API_KEY);
  t.after(() => delete process.env.DEVIN_BASE_URL);
  process.env.DEVIN_V2_API_KEY = "apk_user_main";
  process.env.DEVIN_BASE_URL = "https://main.example.com";
  const main = String(new Client());
  const own = { DEVIN_API_KEY: "apk_user_worker", DEVIN_V2_BASE_URL: "https://worker.example.com" };
  assert.equal(await inWorker({}), main);
  assert.equal(await inWorker({ env: SHARE_ENV }), main);
  assert.equal(await inWorker({ env: own }), String(new Client({ apiKey: "apk_user_worker", baseUrl: own.DEVIN_V2_BASE_URL })));
  assert.equal(await inWorker({ env: {} }), "ConfigError");
  const set = new Client({ apiKey: "apk_user_set" }).toString();
  assert.equal(await inWorker({ workerData: { DEVIN_V2_API_KEY: "apk_user_set" } }), set);
  delete process.env.DEVIN_V2_API_KEY;
  assert.equal(await inWorker({ env: own }), String(new Client({ apiKey: "apk_user_worker", baseUrl: own.DEVIN_V2_BASE_URL })));
});

test("what is made of an error keeps name, message and status, and has no body", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({ kind: "status", status: 400, path: ROLES, body: { detail: "Because", who: "private words" } });
  const error = await failure(client.roles.list(), BadRequestError);
  const fields = { name: "BadRequestError", message: error.message, status: 400, operation: "roles.list", detail: "Because" };

  assert.ok(!("cause" in error.toJSON()));
  const json = JSON.parse(JSON.stringify({ error })).error;
  assert.deepEqual({ ...json, ...fields }, json);
  assert.equal(error.toJSON().requestId, error.requestId);

  const shown = inspect(error);
  assert.ok(shown.startsWith(`BadRequestError: ${error.message}`) && shown.includes("status: 400"), shown);

  // The platform clones message and stack of errors, of which the first line has the name.
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  const posted = new Promise((resolve) => port2.once("message", resolve));
  port1.postMessage({ error, fields: error.toJSON() });
  const arrived = await posted;
  for (const clone of [structuredClone(error), arrived.error]) {
    assert.ok(clone instanceof Error);
    assert.equal(clone.message, error.message);
    assert.ok(clone.message.includes("(400)") && clone.stack.startsWith(`BadRequestError: ${error.message}`));
  }
  for (const clone of [structuredClone(error.toJSON()), arrived.fields]) assert.deepEqual({ ...clone, ...fields }, clone);

  for (const text of [JSON.stringify(error), shown, inspect(arrived, { depth: 9, showHidden: true }), inspect(error.toJSON())]) {
    assert.ok(!text.includes("private words"), text);
  }
});
