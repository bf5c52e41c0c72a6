// Errors: a class for each kind of failure, and what is in them.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { inspect } from "node:util";

import * as devin from "devin-v2";

import { ADA, enterprise, failure, MEMBERS, require } from "./support.mjs";

const PATH = `${MEMBERS}/*`;
const HERE = import.meta.url;

const STATUSES = {
  400: devin.BadRequestError,
  401: devin.AuthenticationError,
  403: devin.PermissionDeniedError,
  404: devin.NotFoundError,
  408: devin.APITimeoutError,
  409: devin.ConflictError,
  410: devin.NotFoundError,
  418: devin.BadRequestError,
  422: devin.UnprocessableEntityError,
  429: devin.RateLimitError,
  500: devin.InternalServerError,
  502: devin.InternalServerError,
  503: devin.InternalServerError,
  504: devin.InternalServerError,
  529: devin.InternalServerError,
};

for (const [status, Kind] of Object.entries(STATUSES)) {
  test(`${status} is ${Kind.name}`, async (t) => {
    const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
    emulator.fault({ kind: "status", status: Number(status), path: PATH, body: { detail: "Because" } });
    const error = await failure(client.members.get(ADA), Kind);
    assert.ok(error instanceof devin.DevinError && error instanceof Error);
    assert.equal(error instanceof devin.APIStatusError, status !== "408");
    assert.equal(error.name, Kind.name);
    assert.deepEqual(
      [error.status, error.operation, error.attempts, error.detail],
      [Number(status), "members.get", 1, "Because"],
    );
    assert.equal(error.requestId, emulator.requests[0].headers["x-request-id"]);
    assert.equal(error.body, '{"detail":"Because"}');
    assert.ok(error.kind && typeof error.waited === "number");
    assert.ok(error.message.startsWith("members.get: ") && error.message.includes(error.requestId));
    assert.ok(!error.message.includes("\n"), "one line");
    assert.equal((await client.members.get(ADA)).user_id, ADA, "the next call works");
  });
}

test("the body is there, but neither listed nor shown", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 404, path: PATH, body: { detail: "Because", who: "private words" } });
  const error = await failure(client.members.get(ADA), devin.NotFoundError);
  assert.ok(error.body.includes("private words"));
  assert.ok(!Object.keys(error).includes("body"));
  for (const shown of [
    inspect(error),
    inspect(error, { depth: Infinity }),
    JSON.stringify(error),
    `${error}`,
    error.stack,
  ]) {
    assert.ok(!shown.includes("private words"));
  }
  assert.ok(inspect(error).includes("members.get") && JSON.parse(JSON.stringify(error)).status === 404);
});

test("how the classes stand to each other", () => {
  const parents = Object.entries(devin)
    .filter(([name]) => name.endsWith("Error"))
    .map(([name, Kind]) => [name, Object.getPrototypeOf(Kind).name]);
  assert.deepEqual(Object.fromEntries(parents), {
    DevinError: "Error",
    ConfigError: "DevinError",
    RefusedError: "DevinError",
    APIConnectionError: "DevinError",
    APITimeoutError: "APIConnectionError",
    APIUserAbortError: "DevinError",
    APIStatusError: "DevinError",
    BadRequestError: "APIStatusError",
    AuthenticationError: "APIStatusError",
    PermissionDeniedError: "APIStatusError",
    NotFoundError: "APIStatusError",
    ConflictError: "APIStatusError",
    UnprocessableEntityError: "APIStatusError",
    RateLimitError: "APIStatusError",
    InternalServerError: "APIStatusError",
    APIResponseValidationError: "DevinError",
    PagingError: "DevinError",
  });
  for (const [name] of parents) assert.equal(devin[name].prototype.name, name);
});

test("the classes are the same for import and require", async (t) => {
  const { client } = await enterprise(t);
  const required = require("devin-v2");
  for (const name of Object.keys(required)) assert.equal(devin[name], required[name], name);
  const error = await failure(client.members.get("email|0"));
  assert.ok(error instanceof required.NotFoundError && error instanceof devin.NotFoundError);
  const { emulator } = await enterprise(t);
  const other = new required.Client({ baseUrl: emulator.url, apiKey: emulator.apiKey });
  assert.ok(other instanceof devin.Client && other.members.list() instanceof devin.Listing);
  assert.ok((await failure(other.members.get("email|0"))) instanceof devin.NotFoundError);
});

/** Whether the stack leads to a function of this file, with its line. */
function leadsTo(error, name) {
  const frames = error.stack.split("\n").filter((frame) => frame.includes(HERE));
  assert.match(frames[0] ?? error.stack, new RegExp(`\\b${name} \\(.*errors\\.test\\.mjs:\\d+:\\d+\\)`));
}

const CALLS = {
  async called(client) {
    return await client.members.get("email|0");
  },
  async refused(client) {
    return await client.members.get("");
  },
  async page(client) {
    return await client.members.listOrganizations("email|0").page();
  },
  async collected(client) {
    return await client.members.listOrganizations("email|0").collect();
  },
  async looped(client) {
    for await (const row of client.members.listOrganizations("email|0")) assert.ok(row);
  },
  async requested(client) {
    return await client.request("GET", "/v2/enterprise/new-thing");
  },
  async withSignal(client) {
    return await client.members.get("email|0", { signal: new AbortController().signal });
  },
  async aborted(client) {
    return await client.members.get("email|0", { signal: AbortSignal.abort() });
  },
  async configured(client) {
    return client.withOptions({ maxRetries: 99 });
  },
  async made() {
    return new devin.Client({ apiKey: "" });
  },
};

for (const [name, work] of Object.entries(CALLS)) {
  test(`the stack leads to the caller's line: ${name}`, async (t) => {
    const { client } = await enterprise(t);
    const error = await failure(() => work(client));
    leadsTo(error, name);
    assert.ok(error.stack.startsWith(`${error.name}: ${error.message}`));
  });
}

test("the causes of a failed connection form a chain", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const baseUrl = `http://127.0.0.1:${taken.address().port}`;
  await new Promise((resolve) => taken.close(resolve));
  const client = new devin.Client({ baseUrl, apiKey: "apk_user_x", maxRetries: 0 });
  const error = await failure(client.members.get(ADA), devin.APIConnectionError);
  assert.deepEqual(
    [error.status, error.attempts, error.body, error.operation],
    [undefined, 1, undefined, "members.get"],
  );
  const chain = [];
  for (let { cause } = error; cause !== undefined; cause = cause.cause) {
    assert.ok(cause instanceof Error);
    chain.push(cause.message);
  }
  assert.ok(chain.length > 1 && /refused/i.test(chain.at(-1)), `${chain}`);
  assert.match(inspect(error), /\[cause\]/);
});

test("an answer of the service has no cause", async (t) => {
  const { client } = await enterprise(t);
  const error = await failure(client.members.get("email|0"), devin.NotFoundError);
  assert.ok(!("cause" in error) && error.detail && error.hint);
});

test("Retry-After is told", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({ kind: "status", status: 429, path: PATH, headers: { "retry-after": "7" } });
  emulator.fault({ kind: "status", status: 503, path: PATH });
  assert.equal((await failure(client.members.get(ADA), devin.RateLimitError)).retryAfter, 7_000);
  assert.equal((await failure(client.members.get(ADA), devin.InternalServerError)).retryAfter, undefined);
});

test("waiting is told", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 2, retryBaseDelay: 50 });
  emulator.fault({ kind: "status", status: 503, path: PATH, times: null });
  const began = performance.now();
  const error = await failure(client.members.get(ADA), devin.InternalServerError);
  assert.equal(error.attempts, 3);
  assert.ok(error.waited >= 0 && error.waited <= performance.now() - began);
});

test("a call that takes too long", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({ path: PATH, delay: 60_000, times: null });
  for (const work of [
    () => client.members.get(ADA, { timeout: 100 }),
    () => client.withOptions({ timeout: 100 }).members.get(ADA),
    () => emulator.client({ timeout: 100 }).members.get(ADA),
    () => client.request("GET", `${MEMBERS}/ada`, {}, { timeout: 100 }),
  ]) {
    const error = await failure(work, devin.APITimeoutError);
    assert.ok(error instanceof devin.APIConnectionError);
    assert.deepEqual([error.status, error.attempts, error.kind], [undefined, 1, "timeout"]);
  }
});

test("an attempt that takes too long is tried again", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: PATH, delay: 60_000, times: 2 });
  const error = await failure(client.members.get(ADA, { attemptTimeout: 100, maxRetries: 1 }), devin.APITimeoutError);
  assert.equal(error.attempts, 2);
  emulator.reset();
  emulator.fault({ path: PATH, delay: 60_000 });
  assert.equal((await client.members.get(ADA, { attemptTimeout: 1_000 })).user_id, ADA);
});

test("an answer that is too large", async (t) => {
  const { emulator } = await enterprise(t);
  const client = emulator.client({ maxBodyBytes: 100 });
  const error = await failure(client.members.list().page(), devin.APIResponseValidationError);
  assert.match(error.message, /100/);
});

test("settings go by the names that they have here, what the service sent by its own", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({ path: PATH, delay: 60_000 });
  emulator.fault({ kind: "status", status: 429, path: PATH, body: { detail: "max_concurrency is 3" } });
  emulator.fault({ kind: "remove_field", path: PATH, name: "user_id" });
  assert.match(
    (await failure(client.members.get(ADA, { attemptTimeout: 100 }), devin.APITimeoutError)).message,
    /attemptTimeout/,
  );
  const limited = await failure(client.members.get(ADA), devin.RateLimitError);
  assert.ok(limited.message.includes("max_concurrency is 3") && limited.message.includes("(maxConcurrency)"));
  assert.ok(limited.hint.includes("(maxConcurrency)") && limited.detail.includes("max_concurrency"));
  const spoilt = await failure(client.members.get(ADA), devin.APIResponseValidationError);
  assert.match(spoilt.message, /`user_id`/);
});

test("a key that is not valid", async (t) => {
  const { emulator } = await enterprise(t);
  const error = await failure(
    emulator.client({ apiKey: "apk_user_other" }).members.get(ADA),
    devin.AuthenticationError,
  );
  assert.deepEqual([error.status, error.attempts], [401, 1]);
});

test("errors can be made for tests of one's own", () => {
  const cause = new Error("why");
  const error = new devin.RateLimitError("too many", { status: 429, retryAfter: 2_000, cause });
  assert.ok(error instanceof devin.APIStatusError);
  assert.deepEqual([error.message, error.status, error.retryAfter, error.cause], ["too many", 429, 2_000, cause]);
});
