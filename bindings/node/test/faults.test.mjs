// What servers, proxies and networks do, one by one: every kind of fault that the emulator has.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as devin from "devin-v2";

import { ADA, enterprise, failure, LONG, MEMBERS } from "./support.mjs";

const PATH = `${MEMBERS}/*`;

/** Of each fault: what it takes, the error, and the status of the answer if there is one. */
const FATAL = {
  status: [{ kind: "status", status: 500 }, devin.InternalServerError, 500],
  "status with a body that is no JSON": [{ kind: "status", status: 400, body_text: "no" }, devin.BadRequestError, 400],
  html: [{ kind: "html" }, devin.InternalServerError, 502],
  "html with 200": [{ kind: "html", status: 200 }, devin.APIResponseValidationError, 200],
  "html with 403": [{ kind: "html", status: 403 }, devin.PermissionDeniedError, 403],
  cut_body: [{ kind: "cut_body", after: 3 }, devin.APIConnectionError, 200],
  "cut_body before the first byte": [{ kind: "cut_body", after: 0 }, devin.APIConnectionError, 200],
  reset: [{ kind: "reset" }, devin.APIConnectionError, undefined],
  malformed_json: [{ kind: "malformed_json" }, devin.APIResponseValidationError, 200],
  invalid_utf8: [{ kind: "invalid_utf8" }, devin.APIResponseValidationError, 200],
  empty_body: [{ kind: "empty_body" }, devin.APIResponseValidationError, 200],
  remove_field: [{ kind: "remove_field", name: "user_id" }, devin.APIResponseValidationError, 200],
  null_field: [{ kind: "null_field", name: "user_id" }, devin.APIResponseValidationError, 200],
  replace_field: [{ kind: "replace_field", name: "user_id", value: 7 }, devin.APIResponseValidationError, 200],
  redirect: [{ kind: "redirect", location: "https://example.com/" }, devin.RefusedError, 307],
  "redirect with 302": [
    { kind: "redirect", status: 302, location: "//example.com/v2/enterprise/self" },
    devin.RefusedError,
    302,
  ],
};

for (const [name, [fault, Kind, status]] of Object.entries(FATAL)) {
  test(`${name} is ${Kind.name}`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
    for (const options of [undefined, { signal: new AbortController().signal }]) {
      emulator.reset();
      emulator.fault({ path: PATH, ...fault });
      const error = await failure(client.members.get(ADA, options), Kind);
      assert.deepEqual([error.status, error.operation, error.attempts], [status, "members.get", 1]);
      assert.ok(error.requestId && error.message.startsWith("members.get: "));
      assert.ok(!error.message.includes("ada@example.com") && !error.message.includes("\n"));
      if (Kind === devin.APIResponseValidationError) assert.equal(typeof error.body, "string", "all of it is at hand");
      if (Kind === devin.APIConnectionError) assert.ok(error.cause instanceof Error);
      assert.equal(emulator.requests.length, 1);
      assert.equal((await client.members.get(ADA)).user_id, ADA, "the next call works");
    }
  });

  // Fields of rows: see listing.test.mjs.
  if ("name" in fault) continue;

  test(`${name}, of a list and of one's own request`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t, {}, { maxRetries: 0 });
    const spoil = () => emulator.fault({ path: MEMBERS, ...fault });
    for (const work of [
      () => client.members.list({ limit: 50 }).page(),
      () => client.members.list({ limit: 50 }).collect(),
    ]) {
      spoil();
      const error = await failure(work, Kind);
      assert.deepEqual([error.status, error.operation], [status, "members.list"]);
    }
    spoil();
    const answer = await client.request("GET", MEMBERS).catch((error) => error);
    // What the body means is not looked at there.
    if (Kind === devin.APIResponseValidationError) assert.equal(answer.status, 200);
    else assert.equal(answer.constructor, Kind);
    assert.equal((await client.members.list().collect()).length, 120);
  });
}

test("content_type is no error: what counts is what can be read", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "content_type", path: PATH, value: "text/html" });
  assert.equal((await client.members.get(ADA)).user_id, ADA);
});

test("none only waits", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: PATH, delay: 200 });
  const began = performance.now();
  assert.equal((await client.members.get(ADA)).user_id, ADA);
  assert.ok(performance.now() - began >= 190);
});

test("extra_field and unknown_enum are no errors", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "extra_field", path: PATH, name: "mood", value: "good" });
  emulator.fault({ kind: "unknown_enum", path: PATH, field: "enterprise_role", value: "emperor" });
  assert.equal((await client.members.get(ADA)).mood, "good");
  assert.equal((await client.members.get(ADA)).enterprise_role, "emperor");
});

test("a redirect within the service is followed by what only reads", async (t) => {
  const { emulator, client } = await enterprise(t);
  const location = `${MEMBERS}/${encodeURIComponent(ADA)}`;
  emulator.fault({ kind: "redirect", path: PATH, location });
  assert.equal((await client.members.get("email|moved")).user_id, ADA);
  emulator.fault({ kind: "redirect", path: PATH, location });
  await failure(client.members.delete("email|moved"), devin.RefusedError);
  assert.deepEqual(
    emulator.requests.map(({ method }) => method),
    ["GET", "GET", "DELETE"],
  );
});

test("a redirect to elsewhere is not followed, so that the key stays", async (t) => {
  const { emulator, client } = await enterprise(t);
  const other = await enterprise(t);
  emulator.fault({ kind: "redirect", path: PATH, location: `${other.emulator.url}/v2/enterprise/self` });
  await failure(client.members.get(ADA), devin.RefusedError);
  assert.deepEqual(other.emulator.requests, []);
});

test("pages that contradict each other", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({
    kind: "replace_field",
    path: MEMBERS,
    query: { skip: "0" },
    name: "items",
    value: [],
    envelope: true,
    times: null,
  });
  const error = await failure(client.members.list({ limit: 50 }).collect(), devin.PagingError);
  assert.deepEqual([error.partial.length, error.partial.report.complete], [0, false]);
});
