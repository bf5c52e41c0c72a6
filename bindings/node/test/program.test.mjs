// The emulator as a program: what `npx devin-v2-emulator` runs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { Client } from "devin-v2";

import { EMULATOR, line, LONG, PACKAGE, run } from "./support.mjs";

/** Starts it, and reads the line that says that it is ready. */
async function started(t, command, args, stdin = "ignore") {
  const child = spawn(command, args, { stdio: [stdin, "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  const { url, api_key } = JSON.parse(await line(child.stdout));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, complaints }));
  return { child, ended, client: new Client({ baseUrl: url, apiKey: api_key }), url };
}

for (const signal of ["SIGTERM", "SIGINT"]) {
  test(`it starts, answers, and ends with ${signal}`, LONG, async (t) => {
    const { child, ended, client, url } = await started(t, process.execPath, [
      EMULATOR,
      "--port",
      "0",
      "--members",
      "11",
    ]);
    assert.equal((await client.members.list().collect()).length, 11);
    // A connection that is open does not keep it.
    await (await fetch(`${url}/_emulator/requests`)).text();
    child.kill(signal);
    assert.deepEqual(await ended, { code: 0, signal: null, complaints: "" });
  });
}

test("it ends with its parent, if asked to", LONG, async (t) => {
  const { child, ended } = await started(t, process.execPath, [EMULATOR, "--exit-with-stdin"], "pipe");
  child.stdin.end();
  assert.equal((await ended).code, 0);
});

test("the command that npm puts in place", LONG, async (t) => {
  const command = join(
    dirname(PACKAGE),
    ".bin",
    process.platform === "win32" ? "devin-v2-emulator.cmd" : "devin-v2-emulator",
  );
  assert.ok(existsSync(command), `${command} is not there`);
  const { child, ended, client } = await started(t, command, ["--seed=3", "--members=5"], "pipe");
  assert.equal((await client.members.list().collect()).length, 5);
  child.kill("SIGTERM");
  assert.equal((await ended).code, 0);
});

test("--help", async () => {
  const done = await run([EMULATOR, "--help"]);
  assert.deepEqual([done.code, done.stderr], [0, ""]);
  for (const option of ["--seed", "--members", "--port", "--exit-with-stdin"]) assert.ok(done.stdout.includes(option));
});

for (const args of [["--nonsense"], ["--port", "many"], ["--members", "0"], ["--port"], ["nonsense"]]) {
  test(`arguments that cannot be: ${args.join(" ")}`, async () => {
    const done = await run([EMULATOR, ...args]);
    assert.notEqual(done.code, 0);
    assert.equal(done.stdout, "");
    assert.ok(done.stderr.startsWith("devin-v2-emulator: "), done.stderr);
    assert.ok(!done.stderr.includes("    at "), "a line of text, not a stack");
  });
}

test("a key that can't be one is not repeated", async () => {
  const done = await run([EMULATOR, "--api-key", "other_Q0FOQVJZ"]);
  assert.notEqual(done.code, 0);
  assert.ok(!done.stderr.includes("Q0FOQVJZ"));
});
