// A program ends when it has nothing left to do, and at once when it is told to. It says nothing then.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LONG, program, run } from "./support.mjs";

/** Requests in flight would take a minute. */
const SOON = 30_000;

async function ends(name, expected = "") {
  const done = await run([program("exit.mjs"), name], { timeout: SOON });
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, expected, ""], name);
}

for (const name of [
  "unused",
  "loaded",
  "called",
  "collected",
  "halfRead",
  "leftLoop",
  "pagesAhead",
  "runningEmulator",
  "closedTwice",
]) {
  test(`by itself: ${name}`, LONG, () => ends(name));
}

test("not before what is pending is done", LONG, () => ends("pending", "done\n"));

test("calls while the process ends", LONG, () => ends("beforeExit", "called\n"));

// What comes back at the very moment at which Node ends hits one run in a few.
for (const name of ["inFlight", "listInFlight", "busy", "inExitHandler", "thrown", "abortedInFlight"]) {
  test(`at once, many times: ${name}`, LONG, async () => {
    for (let time = 0; time < 6; time++) await ends(name);
  });
}
