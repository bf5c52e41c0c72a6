// The server for tests, in the process. (As a program: program.test.mjs.)

import assert from "node:assert/strict";
import { test } from "node:test";

import { APIConnectionError, Client, ConflictError, NotFoundError } from "devin-v2";
import { Emulator, startEmulator } from "devin-v2/testing";

import { ADA, enterprise, failure, MEMBERS, ROLES } from "./support.mjs";

test("what there is", async (t) => {
  const { emulator, client } = await enterprise(t, { seed: 3, organizations: 2, members: 30, sessions: 17 });
  assert.ok(emulator instanceof Emulator);
  assert.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(emulator.apiKey, /^apk_user_/);
  assert.equal((await client.members.list().collect()).length, 30);
  assert.equal((await client.organizations.list().collect()).length, 2);
  assert.equal((await client.sessions.list().collect()).length, 17);
});

test("the same seed is the same data", async (t) => {
  const lists = [];
  for (const seed of [5, 5, 6]) {
    const { client } = await enterprise(t, { seed, members: 20 });
    lists.push([...(await client.members.list().collect())]);
  }
  assert.deepEqual(lists[0], lists[1]);
  assert.notDeepEqual(lists[0], lists[2]);
});

test("settings", async (t) => {
  const now = new Date("2025-06-01T12:00:00Z");
  for (const clock of [now, now.toISOString()]) {
    const { emulator, client } = await enterprise(t, {
      apiKey: "apk_user_mine",
      now: clock,
      host: "127.0.0.1",
      port: 0,
    });
    assert.equal(emulator.apiKey, "apk_user_mine");
    for (const row of await client.sessions.list().page()) assert.ok(new Date(row.created_at) <= now);
  }
});

for (const settings of [
  { members: 0 },
  { members: -1 },
  { members: 1.5 },
  { members: "many" },
  { organizations: 0 },
  { organizations: 10_001 },
  { sessions: -1 },
  { seed: -1 },
  { seed: NaN },
  { port: 70_000 },
  { host: "nowhere" },
  { now: "yesterday" },
  { now: "2025-06-01T12:00:00" },
  { now: new Date(NaN) },
  { apiKey: "other_key" },
  { colour: "red" },
]) {
  test(`settings that cannot be: ${JSON.stringify(settings)}`, async () => {
    await assert.rejects(startEmulator(settings), (error) => {
      assert.ok(error instanceof Error);
      return error.message.length > 10 && !error.message.includes("panicked");
    });
  });
}

test("a port that is taken", async (t) => {
  const { emulator } = await enterprise(t);
  await assert.rejects(startEmulator({ port: Number(new URL(emulator.url).port) }), /in use/i);
});

for (const fault of [
  { kind: "nonsense" },
  { kind: "status" },
  { kind: "status", status: 99 },
  { kind: "status", status: 200, colour: "red" },
  { kind: "status", status: 200, headers: { "bad name": "x" } },
  { kind: "extra_field", name: "x" },
  { kind: "redirect", status: 200, location: "/" },
  { kind: "none", delay: -1 },
  { times: -1 },
  { skip: -1 },
  { method: 7 },
]) {
  test(`faults that cannot be: ${JSON.stringify(fault)}`, async (t) => {
    const { emulator } = await enterprise(t);
    assert.throws(() => emulator.fault(fault), Error);
    assert.ok((await emulator.client({ maxRetries: 0 }).roles.list()).length > 0, "nothing was scripted");
  });
}

test("which requests a fault meets", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  emulator.fault({
    kind: "status",
    status: 404,
    method: "GET",
    path: MEMBERS,
    query: { limit: "7" },
    skip: 1,
    times: 1,
  });
  emulator.fault({ kind: "status", status: 409, path: "/v2/enterprise/organizations/*" });
  await client.roles.list();
  await client.members.list({ limit: 8 }).page();
  await client.members.list({ limit: 7 }).page();
  await failure(client.members.list({ limit: 7 }).page(), NotFoundError);
  await client.members.list({ limit: 7 }).page();
  await failure(client.organizations.get("org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"), ConflictError);
});

test("of several faults, the first counts, one after the other", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  for (const status of [404, 409]) emulator.fault({ kind: "status", status, path: ROLES });
  await failure(client.roles.list(), NotFoundError);
  await failure(client.roles.list(), ConflictError);
  assert.ok((await client.roles.list()).length > 0);
});

test("the requests that arrived", async (t) => {
  const { emulator, client } = await enterprise(t);
  await client.members.list({ limit: 3, email: "ada@example.com" }).page();
  await client.members.invite({ emails: ["grace@example.com"] });
  const [first, second] = emulator.requests;
  assert.deepEqual([first.method, first.path, first.body], ["GET", MEMBERS, ""]);
  assert.equal(new URLSearchParams(first.query).get("email"), "ada@example.com");
  assert.equal(first.headers.authorization, "Bearer apk_user_…");
  assert.deepEqual(
    [second.method, second.query, JSON.parse(second.body)],
    ["POST", null, { emails: ["grace@example.com"] }],
  );
  emulator.clearRequests();
  assert.deepEqual(emulator.requests, []);
});

test("changes show up, and are in the audit log", async (t) => {
  const { client } = await enterprise(t);
  const before = await client.auditLogs.list().collect();
  await client.members.delete(ADA);
  await failure(client.members.get(ADA), NotFoundError);
  assert.equal((await client.members.list().collect()).length, 119);
  assert.equal((await client.auditLogs.list().collect()).length, before.length + 1);
});

test("reset goes back to the seed", async (t) => {
  const { emulator, client } = await enterprise(t);
  const before = [...(await client.organizations.list().collect())];
  await client.organizations.create({ display_name: "New" });
  emulator.fault({ kind: "status", status: 404, path: ROLES, times: null });
  emulator.reset();
  assert.deepEqual(emulator.requests, []);
  assert.deepEqual([...(await client.organizations.list().collect())], before);
  assert.ok((await client.roles.list()).length > 0);
});

test("clients of it can have settings", async (t) => {
  const { emulator } = await enterprise(t);
  assert.ok(emulator.client() instanceof Client);
  const other = emulator.client({ apiKey: "apk_user_other", maxRetries: 0 });
  assert.equal((await failure(other.roles.list())).status, 401);
});

for (const how of ["close", "dispose", "asyncDispose"]) {
  test(`it stops: ${how}`, async () => {
    const emulator = await startEmulator({ members: 1, sessions: 0 });
    const client = emulator.client({ maxRetries: 0 });
    await client.roles.list();
    const stop = how === "close" ? "close" : Symbol[how];
    assert.equal(await emulator[stop](), undefined);
    await failure(client.roles.list(), APIConnectionError);
    for (const use of [
      () => emulator.requests,
      () => emulator.reset(),
      () => emulator.clearRequests(),
      () => emulator.fault({}),
    ]) {
      assert.throws(use, /closed/);
    }
    emulator.close();
    await emulator[Symbol.asyncDispose]();
  });
}

test("many at the same time", async (t) => {
  const running = await Promise.all(
    Array.from({ length: 20 }, (_, seed) => startEmulator({ seed, members: 1, sessions: 0 })),
  );
  t.after(() => running.forEach((emulator) => emulator.close()));
  assert.equal(new Set(running.map(({ url }) => url)).size, 20);
  await Promise.all(running.map(async (emulator) => assert.ok((await emulator.client().identity.get()).user_id)));
});

test("one that only a client knows of runs on", async () => {
  const client = (await startEmulator({ members: 1, sessions: 0 })).client({ maxRetries: 0 });
  // Enough garbage for it to be collected.
  for (let round = 0; round < 20; round++) {
    Array.from({ length: 100_000 }, (_, index) => ({ index }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok((await client.identity.get()).org_id);
});
