// AbortSignal: before a call, during it, between its attempts, and in the middle of a list.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";

import { APITimeoutError, APIUserAbortError, NotFoundError, RefusedError } from "devin-v2";

import { ADA, enterprise, failure, LONG, MEMBERS, ORG, sleep, until } from "./support.mjs";

const SELF = "/v2/enterprise/self";

/** A call that is not ended would take a minute. */
const HANG = { delay: 60_000, times: null };
const SOON = 10_000;

const listeners = (signal) => getEventListeners(signal, "abort").length;

/** What takes a signal, by the path that it asks for. */
const CALLS = {
  "a call": [SELF, (client, signal) => client.identity.get({ signal })],
  "a call with arguments": [`${MEMBERS}/*`, (client, signal) => client.members.get(ADA, { signal })],
  "a call that changes something": [
    `/v2/enterprise/organizations/${ORG}`,
    (client, signal) => client.organizations.update(ORG, { display_name: "New" }, { signal }),
  ],
  "a list in one piece": ["/v2/enterprise/roles", (client, signal) => client.roles.list({ signal })],
  "a page": [MEMBERS, (client, signal) => client.members.list({}, { signal }).page()],
  "a collected list": [MEMBERS, (client, signal) => client.members.list({}, { signal }).collect()],
  "a loop": [
    MEMBERS,
    async (client, signal) => {
      for await (const row of client.members.list({}, { signal })) assert.ok(row);
    },
  ],
  "a request of one's own": [SELF, (client, signal) => client.request("GET", SELF, {}, { signal })],
};

for (const [name, [path, work]] of Object.entries(CALLS)) {
  test(`${name}: aborted before, it is never sent`, async (t) => {
    const { emulator, client } = await enterprise(t);
    const reason = new Error("enough");
    const error = await failure(work(client, AbortSignal.abort(reason)), APIUserAbortError);
    assert.equal(error.cause, reason);
    assert.deepEqual([error.attempts, error.kind, error.requestId], [0, "cancelled", undefined]);
    await sleep(50);
    assert.deepEqual(emulator.requests, []);
  });

  test(`${name}: aborted while it is under way`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t);
    emulator.fault({ path, ...HANG });
    const controller = new AbortController();
    const answer = work(client, controller.signal);
    answer.catch(() => {});
    await until(() => emulator.requests.length === 1, "the request");
    assert.equal(listeners(controller.signal), 1);
    const reason = { mine: true };
    const began = performance.now();
    controller.abort(reason);
    const error = await failure(answer, APIUserAbortError);
    assert.ok(performance.now() - began < SOON);
    assert.equal(error.cause, reason);
    assert.equal(error.attempts, 1);
    assert.equal(listeners(controller.signal), 0);
  });

  test(`${name}: aborted while it waits to try again`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t);
    emulator.fault({ kind: "status", status: 429, path, headers: { "retry-after": "50" }, times: null });
    const controller = new AbortController();
    const answer = work(client, controller.signal);
    answer.catch(() => {});
    await until(() => emulator.requests.length === 1, "the request");
    await sleep(200); // Until the answer is here, and the waiting has begun.
    const began = performance.now();
    controller.abort();
    const error = await failure(answer, APIUserAbortError);
    assert.ok(performance.now() - began < SOON);
    assert.equal(error.cause.name, "AbortError");
    assert.deepEqual([error.attempts, emulator.requests.length], [1, 1]);
    assert.equal(listeners(controller.signal), 0);
  });

  test(`${name}: nothing is left at the signal`, async (t) => {
    const { emulator, client } = await enterprise(t);
    const { signal } = new AbortController();
    await work(client, signal);
    assert.equal(listeners(signal), 0, "after an answer");
    emulator.fault({ kind: "status", status: 404, path });
    await failure(work(client, signal), NotFoundError);
    assert.equal(listeners(signal), 0, "after an error");
  });
}

test("nothing is left at the signal of a call that was refused", async (t) => {
  const { client } = await enterprise(t);
  const { signal } = new AbortController();
  await failure(client.members.get("", { signal }), RefusedError);
  await failure(client.members.list({ limit: 0 }, { signal }).page(), RefusedError);
  await failure(client.members.list({ limit: 0 }, { signal }).collect(), RefusedError);
  assert.equal(listeners(signal), 0);
});

test("AbortSignal.timeout", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: SELF, ...HANG });
  const error = await failure(client.identity.get({ signal: AbortSignal.timeout(200) }), APIUserAbortError);
  assert.equal(error.cause.name, "TimeoutError");
  assert.ok(!(error instanceof APITimeoutError), "it is the caller's limit, not the client's");
});

test("a timeout of the client with a signal at hand is a timeout", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: SELF, ...HANG });
  const { signal } = new AbortController();
  const error = await failure(client.identity.get({ signal, timeout: 200 }), APITimeoutError);
  assert.notEqual(error.cause, signal.reason ?? null);
  assert.equal(listeners(signal), 0);
});

test("in the middle of a list, the rows before it are kept", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: MEMBERS, query: { skip: "50" }, ...HANG });
  const controller = new AbortController();
  const members = client.members.list({ limit: 50 }, { signal: controller.signal });
  const answer = members.collect();
  answer.catch(() => {});
  await until(() => members.report.seen === 50, "the first page");
  controller.abort();
  const error = await failure(answer, APIUserAbortError);
  assert.equal(error.partial.length, 50);
  assert.equal(listeners(controller.signal), 0);
  emulator.reset();
  const rest = await client.members.list({ limit: 50, resume: error.partial.report.resume }).collect();
  assert.equal(new Set([...error.partial, ...rest].map((row) => row.user_id)).size, 120);
});

test("a loop that aborts its own list ends", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { prefetch: 1 });
  const controller = new AbortController();
  let read = 0;
  const error = await failure(async () => {
    for await (const row of client.members.list({ limit: 1 }, { signal: controller.signal })) {
      assert.ok(row);
      if (++read === 3) controller.abort();
    }
  }, APIUserAbortError);
  assert.ok(read < 6 && error.cause === controller.signal.reason);
  await sleep(100);
  const arrived = emulator.requests.length;
  await sleep(200);
  assert.equal(emulator.requests.length, arrived);
});

test("between two rows no listener stays", async (t) => {
  const { client } = await enterprise(t);
  const { signal } = new AbortController();
  const rows = client.members.list({ limit: 50 }, { signal })[Symbol.asyncIterator]();
  await rows.next();
  assert.equal(listeners(signal), 0);
  await rows.return();
});

test("many calls share a signal, and Node does not warn", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxConcurrency: 100 });
  emulator.fault({ path: SELF, ...HANG });
  const warned = [];
  const listen = (warning) => warned.push(warning);
  process.on("warning", listen);
  t.after(() => process.off("warning", listen));
  const controller = new AbortController();
  const { signal } = controller;
  const done = await Promise.all(Array.from({ length: 30 }, () => client.roles.list({ signal })));
  assert.ok(done.every((roles) => roles.length > 0));
  assert.equal(listeners(signal), 0);
  const hanging = Array.from({ length: 30 }, () => failure(client.identity.get({ signal }), APIUserAbortError));
  await until(() => emulator.requests.length === 60, "all requests");
  controller.abort();
  await Promise.all(hanging);
  assert.equal(listeners(signal), 0);
  await sleep(10);
  assert.deepEqual(warned, []);
});

test("an aborted call leaves the client usable", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxConcurrency: 1 });
  emulator.fault({ path: SELF, delay: 60_000 });
  await failure(client.identity.get({ signal: AbortSignal.timeout(100) }), APIUserAbortError);
  assert.ok((await client.identity.get({ timeout: 30_000 })).org_id, "its place is free again");
});

test("aborting after the answer changes nothing", async (t) => {
  const { client } = await enterprise(t);
  const controller = new AbortController();
  const ada = await client.members.get(ADA, { signal: controller.signal });
  controller.abort();
  assert.equal(ada.user_id, ADA);
  await failure(client.members.get(ADA, { signal: controller.signal }), APIUserAbortError);
});
