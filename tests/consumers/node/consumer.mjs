import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { Client, RefusedError } from "devin-v2";

const { version } = createRequire(import.meta.url)("devin-v2/package.json");
assert.equal(version, process.env.EXPECTED_VERSION);

const client = new Client();
const members = await client.members.list().collect();
console.log(members.length, "members with", import.meta.resolve("devin-v2"));
assert.equal(members.length, 120);

await assert.rejects(client.apiKeys.revoke(""), (error) => {
  console.log(error.message);
  return error instanceof RefusedError && error.field === "api_key_id";
});
