// Every example in the documentation of operations runs as it stands: the emulator has what the document names.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startEmulator } from "devin-v2/testing";

import { PACKAGE } from "./support.mjs";

const DECLARED = readFileSync(join(PACKAGE, "dist/generated/resources.d.ts"), "utf8");
const CALLS = JSON.parse(readFileSync(new URL("calls.json", import.meta.url), "utf8"));

const Program = (async () => {}).constructor;

/** The examples of the declarations' comments. */
const EXAMPLES = [...DECLARED.matchAll(/\* @example\n *\* ```ts\n([^]*?)\n *\* ```/g)].map(([, commented]) =>
  commented.replace(/^ *\* ?/gm, ""),
);

let emulator;
let client;
before(async () => {
  emulator = await startEmulator();
  client = emulator.client();
});
after(() => emulator.close());

test("every operation has one", () => {
  const called = EXAMPLES.map((code) => /client\.(\w+\.\w+)\(/.exec(code)?.[1]);
  assert.deepEqual(called.sort(), CALLS.map(({ resource, method }) => `${resource}.${method}`).sort());
});

for (const code of EXAMPLES) {
  test(/client\.(\w+\.\w+)/.exec(code)[1], async () => {
    emulator.reset();
    const shown = [];
    const console = { log: (...values) => shown.push(values) };
    await new Program("client", "console", code)(client, console);
    assert.ok(shown.length > 0, "it shows nothing");
    assert.ok(emulator.requests.length > 0, "it sends nothing");
  });
}
