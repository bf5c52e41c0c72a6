// Rows and other answers are what the service sent: all of it, in plain objects.

import assert from "node:assert/strict";
import { test } from "node:test";

import { APIResponseValidationError, RefusedError } from "devin-v2";

import { ADA, enterprise, failure, LONG, MEMBERS, ROLES, SESSIONS } from "./support.mjs";

test("rows are plain objects with the names of the wire", async (t) => {
  const { client } = await enterprise(t);
  const ada = await client.members.get(ADA);
  assert.equal(Object.getPrototypeOf(ada), Object.prototype);
  assert.deepEqual([ada.user_id, ada.email, ada.enterprise_role], [ADA, "ada@example.com", "account_member"]);
  assert.deepEqual([ada.created_at, ada.saml_id], ["2025-09-15T16:20:05Z", null]);
  assert.deepEqual(structuredClone(ada), ada);
});

test("an answer is as it came", async (t) => {
  const { client } = await enterprise(t);
  for (const [path, mine] of [
    [`${MEMBERS}/${encodeURIComponent(ADA)}`, await client.members.get(ADA)],
    [`${MEMBERS}?limit=5`, (await client.members.list({ limit: 5 }).page()).rows],
    [ROLES, [...(await client.roles.list())]],
  ]) {
    const [where, query] = path.split("?");
    const answer = await client.request("GET", where, { query: Object.fromEntries(new URLSearchParams(query)) });
    const sent = JSON.parse(answer.text);
    assert.deepEqual(mine, sent.items ?? sent);
  }
});

test("fields that nobody knows are kept, in every kind of answer", async (t) => {
  const { emulator, client } = await enterprise(t);
  const value = { now: ["good", 1, null, { deep: true }] };
  emulator.fault({ kind: "extra_field", path: "/v2/enterprise/**", name: "mood", value, times: null });
  for (const row of [
    (await client.sessions.list({ limit: 2 }).page()).rows[1],
    (await client.sessions.list({ limit: 2 }).collect())[700],
    await client.members.get(ADA),
    (await client.roles.list())[0],
  ]) {
    assert.deepEqual(row.mood, value);
  }
});

test("enum values that nobody knows are kept", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "unknown_enum", path: SESSIONS, value: "hibernating", row: 0 });
  const page = await client.sessions.list({ limit: 2 }).page();
  assert.deepEqual([page.rows[0].status, page.rows.length, page.badRows], ["hibernating", 2, []]);
});

for (const kind of ["null_field", "remove_field"]) {
  test(`lists, counts and words that are promised are there after ${kind}`, async (t) => {
    const { emulator, client } = await enterprise(t);
    for (const name of ["action_items", "issues", "timeline"]) {
      emulator.reset();
      emulator.fault({ kind, path: `${SESSIONS}/insights`, name: `session_analysis.${name}`, times: null });
      const page = await client.sessions.listInsights({ limit: 50 }).page();
      const rows = [...page, ...(await client.sessions.listInsights({ limit: 200 }).collect())];
      const analyses = rows.map((row) => row.session_analysis).filter(Boolean);
      assert.deepEqual([page.rows.length, page.badRows], [50, []]);
      assert.ok(analyses.length > 50);
      for (const analysis of analyses) assert.deepEqual(analysis[name], []);
    }
    emulator.fault({ kind, path: MEMBERS, name: "sessions_created_count", times: null });
    emulator.fault({ kind, path: `${MEMBERS}/*`, method: "GET", name: "searches_created_count" });
    emulator.fault({ kind, path: `${MEMBERS}/*`, method: "DELETE", name: "status" });
    for (const row of await client.members.list().collect()) assert.equal(row.sessions_created_count, 0);
    assert.equal((await client.members.get(ADA)).searches_created_count, 0);
    assert.equal((await client.members.delete(ADA)).status, "success");
  });
}

test("what may not be left out is not made up", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "remove_field", path: MEMBERS, name: "email", row: 0 });
  emulator.fault({ kind: "remove_field", path: `${MEMBERS}/*`, name: "email" });
  const page = await client.members.list({ limit: 3 }).page();
  assert.deepEqual([page.rows.length, page.badRows.length], [2, 1]);
  const error = await failure(client.members.get(ADA), APIResponseValidationError);
  assert.ok(error.message.includes("email") && error.body.includes(ADA));
});

test("what may be null or missing is left as it is", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "remove_field", path: SESSIONS, name: "title" });
  emulator.fault({ kind: "null_field", path: SESSIONS, name: "title" });
  assert.ok(!("title" in (await client.sessions.list({ limit: 1 }).page()).rows[0]));
  assert.equal((await client.sessions.list({ limit: 1 }).page()).rows[0].title, null);
});

test("odd text", async (t) => {
  const { emulator, client } = await enterprise(t);
  const odd = 'a "quote" \\ \n\t\r\b\f\u0000\u001f\u007f \u2028\u2029 é 日本 🎉 \ufeff \ufffd </td><script> __proto__';
  emulator.fault({ kind: "replace_field", path: SESSIONS, name: "title", value: odd, times: null });
  emulator.fault({ kind: "replace_field", path: ROLES, name: "role_name", value: odd });
  assert.equal((await client.sessions.list({ limit: 1 }).page()).rows[0].title, odd);
  for await (const row of client.sessions.list({ limit: 200 })) assert.equal(row.title, odd);
  assert.equal((await client.roles.list())[0].role_name, odd);
});

test("odd text goes out as it is", async (t) => {
  const { emulator, client } = await enterprise(t);
  const odd = 'Zoë & "Söhne" \\ 日本 🎉\u2028<script>';
  const made = await client.organizations.create({ display_name: odd });
  assert.equal(JSON.parse(emulator.requests[0].body).display_name, odd);
  assert.equal((await client.organizations.get(made.org_id)).org_name, odd);
});

test("half of a surrogate pair is refused: it is no text", async (t) => {
  const { emulator, client } = await enterprise(t);
  const half = "half \ud83d of one";
  for (const [field, work] of [
    ["display_name", () => client.organizations.create({ display_name: half })],
    ["emails[0]", () => client.members.invite({ emails: [half] })],
    ["user_id", () => client.members.get(half)],
    ["email", () => client.members.list({ email: half }).page()],
    ["body.title", () => client.request("POST", "/v2/enterprise/new-thing", { body: { title: half } })],
  ]) {
    assert.equal((await failure(work, RefusedError)).field, field);
  }
  assert.deepEqual(emulator.requests, []);
  await client.organizations.create({ display_name: "a \\ud83d that is only written" });
  assert.equal(JSON.parse(emulator.requests[0].body).display_name, "a \\ud83d that is only written");
});

test("large text", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  const large = "0123456789é日🎉 ".repeat(400_000);
  emulator.fault({ kind: "replace_field", path: SESSIONS, name: "title", value: large, row: 1 });
  emulator.fault({ kind: "replace_field", path: `${MEMBERS}/*`, name: "name", value: large });
  const page = await client.sessions.list({ limit: 3 }).page();
  assert.ok(page.rows[1].title === large && page.rows[2].title !== large);
  assert.ok((await client.members.get(ADA)).name === large);
});

test("keys that mean something in JavaScript are only keys", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const name of ["__proto__", "constructor", "toString"]) {
    emulator.fault({ kind: "extra_field", path: `${MEMBERS}/*`, name, value: { polluted: true } });
    const ada = await client.members.get(ADA);
    assert.deepEqual(Object.getOwnPropertyDescriptor(ada, name)?.value, { polluted: true });
    assert.equal({}.polluted, undefined);
    assert.equal(ada.user_id, ADA);
  }
});
