// What is bundled: a call, a typed error, the emulator, and the package by `import` and by `require` at once.

import assert from "node:assert/strict";

import { APIStatusError, Client, NotFoundError } from "devin-v2";
import { Emulator, startEmulator } from "devin-v2/testing";

import required from "./required.cjs";

async function main() {
  assert.equal(required.Client, Client, "import and require give different classes");
  assert.equal(required.Emulator, Emulator, "import and require give different classes");

  const emulator = await startEmulator({ members: 12 });
  const client = emulator.client();
  const members = await client.members.list().collect();
  await assert.rejects(client.members.get("email|000000000000000000000000"), (error) => {
    return error instanceof NotFoundError && error instanceof APIStatusError && error.status === 404;
  });
  emulator.close();
  console.log(`${members.length} members`);
}

main();
