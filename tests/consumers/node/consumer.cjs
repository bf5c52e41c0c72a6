const assert = require("node:assert/strict");

const { Client, RefusedError } = require("devin-v2");

async function main() {
  assert.equal(require("devin-v2/package.json").version, process.env.EXPECTED_VERSION);

  const client = new Client();
  const members = await client.members.list().collect();
  console.log(members.length, "members with", require.resolve("devin-v2"));
  assert.equal(members.length, 120);

  await assert.rejects(client.apiKeys.revoke(""), (error) => {
    console.log(error.message);
    return error instanceof RefusedError && error.field === "api_key_id";
  });
}

main();
