// What is tried again, and what is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { APIStatusError, RateLimitError } from "devin-v2";

import { enterprise, failure, LONG, ROLES } from "./support.mjs";

const ORGANIZATIONS = "/v2/enterprise/organizations";

const PASSING = [
  ...[408, 429, 500, 502, 503, 504].map((status) => ({ kind: "status", status })),
  { kind: "html" },
  { kind: "reset" },
  { kind: "cut_body", after: 3 },
];

for (const fault of PASSING) {
  test(`tried again: ${Object.values(fault).join(" ")}`, async (t) => {
    const { emulator, client } = await enterprise(t);
    emulator.fault({ path: ROLES, times: 2, ...fault });
    assert.ok((await client.roles.list()).length > 0);
    assert.equal(emulator.requests.length, 3);
    assert.equal(
      new Set(emulator.requests.map(({ headers }) => headers["x-request-id"])).size,
      1,
      "one id for all of it",
    );
    emulator.fault({ path: ROLES, times: 2, ...fault });
    assert.equal((await client.request("GET", ROLES)).attempts, 3);
  });
}

for (const status of [400, 401, 403, 404, 409, 410, 422]) {
  test(`no use to try again: ${status}`, async (t) => {
    const { emulator, client } = await enterprise(t);
    emulator.fault({ kind: "status", status, path: ROLES, times: null });
    const error = await failure(client.roles.list());
    assert.ok(error instanceof APIStatusError);
    assert.deepEqual([error.status, error.attempts, emulator.requests.length], [status, 1, 1]);
  });
}

for (const [method, work] of [
  ["POST", (client) => client.organizations.create({ display_name: "New" })],
  [
    "PATCH",
    (client) => client.members.migrateRoles({ source_role_id: "account_member", target_role_id: "account_admin" }),
  ],
]) {
  test(`a ${method} that may have taken effect is not repeated`, async (t) => {
    const { emulator, client } = await enterprise(t);
    for (const fault of [
      { kind: "status", status: 500 },
      { kind: "status", status: 503 },
      { kind: "html" },
      { kind: "reset", execute: true },
      { kind: "cut_body", after: 0 },
    ]) {
      emulator.reset();
      emulator.fault({ method, times: null, ...fault });
      const error = await failure(work(client));
      assert.deepEqual([error.attempts, emulator.requests.length], [1, 1]);
    }
  });
}

test("a change whose answer got lost has taken effect", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "reset", method: "POST", path: ORGANIZATIONS, execute: true });
  await failure(client.organizations.create({ display_name: "Ghost" }));
  const names = (await client.organizations.list().collect()).map((row) => row.org_name);
  assert.equal(names.filter((name) => name === "Ghost").length, 1);
});

test("a POST is repeated after 429, which says that nothing was done", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 429, method: "POST", path: ORGANIZATIONS });
  assert.ok((await client.organizations.create({ display_name: "New" })).org_id);
  assert.deepEqual(
    emulator.requests.map(({ body }) => body),
    Array(2).fill('{"display_name":"New"}'),
  );
});

test("PUT and DELETE are repeated", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 503, method: "PUT" });
  emulator.fault({ kind: "status", status: 503, method: "DELETE" });
  await client.groups.add({ group_names: ["Data Science"] });
  await client.playbooks.delete("playbook-7c6b5a4938271605f4e3d2c1b0a99887");
  assert.deepEqual(
    emulator.requests.map(({ method }) => method),
    ["PUT", "PUT", "DELETE", "DELETE"],
  );
});

test("no more than maxRetries", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const maxRetries of [0, 1, 3]) {
    emulator.reset();
    emulator.fault({ kind: "status", status: 503, path: ROLES, times: null });
    const error = await failure(client.roles.list({ maxRetries }));
    assert.deepEqual([error.attempts, emulator.requests.length, error.status], [maxRetries + 1, maxRetries + 1, 503]);
  }
});

test("Retry-After is obeyed", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 429, path: ROLES, headers: { "retry-after": "1" } });
  const answer = await client.request("GET", ROLES);
  assert.equal(answer.attempts, 2);
  assert.ok(answer.elapsed >= 1_000, `${answer.elapsed} ms`);
});

test("a Retry-After that is too long is not waited for", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetryAfter: 30_000 });
  emulator.fault({ kind: "status", status: 429, path: ROLES, headers: { "retry-after": "120" }, times: null });
  const error = await failure(client.roles.list(), RateLimitError);
  assert.deepEqual([error.retryAfter, error.attempts, error.waited], [120_000, 1, 0]);
});

test("each page of a list has retries of its own", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const skip of ["0", "50", "100"]) {
    emulator.fault({ kind: "status", status: 503, path: "/v2/enterprise/members", query: { skip }, times: 3 });
  }
  const rows = await client.members.list({ limit: 50 }).collect();
  assert.deepEqual([rows.length, emulator.requests.length], [120, 12]);
});
