// Memory after 100,000 calls.

import assert from "node:assert/strict";
import { test } from "node:test";

import { program, run, server } from "./support.mjs";

// MiB: less than 150 bytes for each of 45,000 calls. Allocators keep some of what they were given back.
const LIMIT = 6;

test("nothing leaks", { timeout: 600_000 }, async (t) => {
  // Room for new objects comes and goes in large pieces, which would hide what grows: it is kept small.
  const flags = ["--expose-gc", "--max-semi-space-size=1"];
  const done = await run([...flags, program("leak.mjs")], { env: await server(t), timeout: 580_000 });
  assert.deepEqual([done.code, done.stderr], [0, ""]);
  const growth = Object.fromEntries(
    done.stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")),
  );
  assert.equal(Object.keys(growth).length, 7);
  for (const [name, grown] of Object.entries(growth)) assert.ok(Number(grown) < LIMIT, `${name} grew: ${done.stdout}`);
  t.diagnostic(JSON.stringify(growth));
});
