// What is left out, null and a value are three things. The body that arrived says which.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "devin-v2";

import { enterprise, failure, ORG } from "./support.mjs";

test("left out, null and a value are kept apart", async (t) => {
  const { emulator, client } = await enterprise(t);
  const update = (fields) => client.organizations.update(ORG, fields);
  await update({ max_acu_limit: 500 });
  assert.equal((await client.organizations.get(ORG)).max_cycle_acu_limit, 500);
  await update({ display_name: "Platform" });
  await update({ display_name: "Platform", max_acu_limit: undefined });
  assert.equal((await client.organizations.get(ORG)).max_cycle_acu_limit, 500, "as it was");
  await update({ max_acu_limit: null });
  assert.equal((await client.organizations.get(ORG)).max_cycle_acu_limit, null);
  await update({ max_acu_limit: 0 });
  assert.deepEqual(
    emulator.requests.filter(({ method }) => method === "PATCH").map(({ body }) => body),
    [
      '{"max_acu_limit":500}',
      '{"display_name":"Platform"}',
      '{"display_name":"Platform"}',
      '{"max_acu_limit":null}',
      '{"max_acu_limit":0}',
    ],
  );
});

test("the object that was passed is not changed", async (t) => {
  const { client } = await enterprise(t);
  const fields = Object.freeze({ display_name: "Platform", max_acu_limit: null });
  await client.organizations.update(ORG, fields);
  assert.deepEqual(fields, { display_name: "Platform", max_acu_limit: null });
});

test("null where it may not be is refused", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [field, work] of [
    ["display_name", () => client.organizations.create({ display_name: null })],
    ["email", () => client.members.list({ email: null }).page()],
    ["user_ids", () => client.members.updateRoles({ user_ids: null, role_id: "account_member" })],
  ]) {
    assert.equal((await failure(work, RefusedError)).field, field);
  }
  assert.deepEqual(emulator.requests, []);
});

test("a number that is none is not sent as null", async (t) => {
  const { emulator, client } = await enterprise(t);
  // As null it would lift the limit.
  for (const max_acu_limit of [NaN, Infinity, -Infinity]) {
    const error = await failure(client.organizations.update(ORG, { max_acu_limit }), RefusedError);
    assert.equal(error.field, "max_acu_limit");
  }
  const groups = { research: { org_ids: [ORG], max_cycle_acus: NaN } };
  await failure(client.orgGroupLimits.update({ groups }, { confirm: "replace-org-group-limits" }), RefusedError);
  assert.deepEqual(emulator.requests, []);
});

test("an empty list in a body is sent where it means something", async (t) => {
  const { emulator, client } = await enterprise(t);
  const confirm = "replace-org-group-limits";
  await client.orgGroupLimits.update({ groups: { research: { org_ids: [] } } }, { confirm });
  await client.orgGroupLimits.update({ groups: {} }, { confirm });
  assert.deepEqual(
    emulator.requests.map(({ body }) => JSON.parse(body)),
    [{ groups: { research: { org_ids: [] } } }, { groups: {} }],
  );
  assert.deepEqual((await client.orgGroupLimits.get()).groups, {});
});

test("an empty list that would name nobody or everybody is refused", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const [field, work] of [
    ["emails", () => client.members.invite({ emails: [] })],
    ["org_ids", () => client.sessions.list({ org_ids: [] }).page()],
    ["user_ids", () => client.metrics.usage({ user_ids: [] })],
  ]) {
    assert.equal((await failure(work, RefusedError)).field, field);
  }
  assert.deepEqual(emulator.requests, []);
});

test("what was read can be sent back", async (t) => {
  const { emulator, client } = await enterprise(t);
  const limits = await client.orgGroupLimits.get();
  await client.orgGroupLimits.update(limits, { confirm: "replace-org-group-limits" });
  assert.deepEqual(JSON.parse(emulator.requests[1].body), limits);
});

test("a list of objects as the whole body", async (t) => {
  const { emulator, client } = await enterprise(t);
  const permissions = [
    { connection_id: "git-connection-9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b", repo_path: ["acme", "api"] },
    { connection_id: "git-connection-9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b", group_prefix: ["acme"] },
  ];
  await client.organizations.addGitPermissions(ORG, permissions);
  assert.deepEqual(JSON.parse(emulator.requests[0].body), permissions);
});
