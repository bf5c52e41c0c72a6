// What would hit the wrong thing is refused, and nothing is sent. (Ids in paths are checked in `operations.cjs`.)

import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "devin-v2";

import { ADA, enterprise, failure, ORG } from "./support.mjs";

const MANY = Array.from({ length: 101 }, (_, n) => `user${n}@example.com`);

/** What is refused: the field that is the reason, and the call. */
const SLIPS = {
  "no phrase": ["confirm", (client) => client.apiKeys.revokeAll()],
  "an empty phrase": ["confirm", (client) => client.apiKeys.revokeAll({ confirm: "" })],
  "another phrase": ["confirm", (client) => client.apiKeys.revokeAll({ confirm: "yes" })],
  "a phrase that is no text": ["confirm", (client) => client.apiKeys.revokeAll({ confirm: true })],
  "no phrase for limits": ["confirm", (client) => client.orgGroupLimits.update({ groups: {} })],
  "no phrase for an organization": ["confirm", (client) => client.organizations.delete(ORG)],
  "the phrase of another organization": [
    "confirm",
    (client) => client.organizations.delete(ORG, { confirm: "delete-organization:org-other" }),
  ],
  "an empty filter": ["email", (client) => client.members.list({ email: "" }).page()],
  "an empty filter of another list": ["org_id", (client) => client.apiKeys.list({ org_id: "" }).page()],
  "an empty filter in a list of them": ["user_ids", (client) => client.sessions.list({ user_ids: [""] }).page()],
  "a filter of nothing": ["session_ids", (client) => client.sessions.list({ session_ids: [] }).page()],
  "a filter that is null": ["email", (client) => client.members.list({ email: null }).page()],
  "limit 201": ["limit", (client) => client.members.list({ limit: 201 }).page()],
  "limit 0": ["limit", (client) => client.members.list({ limit: 0 }).page()],
  "limit 1.5": ["limit", (client) => client.members.list({ limit: 1.5 }).page()],
  "a limit as text": ["limit", (client) => client.members.list({ limit: "fifty" }).page()],
  "negative skip": ["skip", (client) => client.members.list({ skip: -1 }).page()],
  "page 0": ["page", (client) => client.apiKeys.list({ page: 0 }).page()],
  "no addresses": ["emails", (client) => client.members.invite({ emails: [] })],
  "101 addresses": ["emails", (client) => client.members.invite({ emails: MANY })],
  "a text in place of a list": ["emails", (client) => client.members.invite({ emails: "ada@example.com" })],
  "an object in a list": ["emails", (client) => client.members.invite({ emails: [{}] })],
  "a date without a zone": ["start_date", (client) => client.consumption.daily({ start_date: "2026-02-01" })],
  "an end before its start": [
    "end_date",
    (client) => client.consumption.daily({ start_date: "2026-02-02T08:00:00Z", end_date: "2026-02-01T08:00:00Z" }),
  ],
  "a date that is none": ["start_date", (client) => client.consumption.daily({ start_date: new Date(NaN) })],
  "billing days the wrong way round": [
    "billing_days",
    (client) => client.consumption.daily({ billing_days: ["2026-02-02", "2026-02-01"] }),
  ],
  "something required is missing": ["org_id", (client) => client.apiKeys.provision({})],
  "nothing where arguments belong": ["emails", (client) => client.members.invite()],
  "the place to go on in another list": [
    "resume",
    (client) => client.members.list({ resume: "sessions.list@skip=200" }).page(),
  ],
};

for (const [name, [field, slip]] of Object.entries(SLIPS)) {
  test(`${name} is refused`, async (t) => {
    const { emulator, client } = await enterprise(t);
    const error = await failure(() => slip(client), RefusedError);
    assert.deepEqual(emulator.requests, []);
    assert.deepEqual(
      [error.field, error.kind, error.attempts, error.requestId, error.status],
      [field, "refused", 0, undefined, undefined],
    );
    assert.ok(error.operation && error.hint, "it says where, and what to do");
    const called = error.operation.replace(/_./g, ([, letter]) => letter.toUpperCase());
    assert.ok(error.message.startsWith(`${called}: `) && !error.message.includes("\n"));
  });
}

test("the phrases let through", async (t) => {
  const { emulator, client } = await enterprise(t);
  const made = await client.organizations.create({ display_name: "Old" });
  const answer = await client.organizations.delete(made.org_id, { confirm: `delete-organization:${made.org_id}` });
  assert.equal(answer.status, "success");
  assert.equal((await client.apiKeys.revokeAll({ confirm: "revoke-all-api-keys" })).status, "success");
  for (const { query, body } of emulator.requests.slice(1))
    assert.deepEqual([query, body], [null, ""], "they stay here");
});

test("a refusal rejects, and never throws at once", async (t) => {
  const { client } = await enterprise(t);
  const answer = client.members.get("");
  assert.ok(answer instanceof Promise);
  await failure(answer, RefusedError);
});

test("ids with odd characters reach what they name", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
  for (const id of [ADA, "email|é日🎉", "a b", "a+b&c=d;e,f:g@h!$'()*~", "100%"]) {
    emulator.clearRequests();
    await client.members.get(id).catch(() => {});
    // One is refused as it could be taken for something encoded; what is sent has to say the same.
    for (const { path } of emulator.requests) {
      assert.equal(decodeURIComponent(path.slice("/v2/enterprise/members/".length)), id);
      assert.doesNotMatch(path, /[^\x21-\x7e]|[?#]/);
    }
  }
  emulator.clearRequests();
  assert.equal((await client.members.get(ADA)).user_id, ADA);
  assert.equal(emulator.requests[0].path, "/v2/enterprise/members/email%7C65f1c0ffee65f1c0ffee65f1");
});

const ELSEWHERE = [
  ["DELETE", "/v2/enterprise/api-keys/"],
  ["GET", "/v2/enterprise/members/../api-keys"],
  ["GET", "/v2/enterprise/members/%2e%2e/api-keys"],
  ["GET", "https://elsewhere.example.com/v2/enterprise/members"],
  ["GET", "v2/enterprise/members"],
  ["GET", "//elsewhere.example.com"],
  ["GET", "/v2/enterprise/members?limit=1"],
  ["GET", ""],
  ["G E T", "/v2/enterprise/members"],
  ["", "/v2/enterprise/members"],
];

for (const [method, path] of ELSEWHERE) {
  test(`a request of one's own passes the guards: ${method} ${path}`, async (t) => {
    const { emulator, client } = await enterprise(t);
    await failure(client.request(method, path), RefusedError);
    assert.deepEqual(emulator.requests, []);
  });
}

test("a request of one's own needs the phrase, too", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const confirm of [undefined, "yes"]) {
    const error = await failure(client.request("DELETE", "/v2/enterprise/api-keys", { confirm }), RefusedError);
    assert.match(error.message, /revoke-all-api-keys/);
  }
  assert.deepEqual(emulator.requests, []);
  const answer = await client.request("DELETE", "/v2/enterprise/api-keys", { confirm: "revoke-all-api-keys" });
  assert.equal(answer.status, 200);
});

test("arguments that JSON has no word for are an error of the call", async (t) => {
  const { emulator, client } = await enterprise(t);
  const circular = {};
  circular.self = circular;
  for (const body of [circular, { one: NaN }, { one: Symbol() }, { one: () => 1 }]) {
    await failure(client.request("POST", "/v2/enterprise/organizations", { body }), RefusedError);
    await failure(client.organizations.create(body), RefusedError);
  }
  assert.deepEqual(emulator.requests, []);
});
