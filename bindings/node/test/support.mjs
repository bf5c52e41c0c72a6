// What the tests share. They run against the installed package, and need nothing but it and loopback.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { DevinError } from "devin-v2";
import { startEmulator } from "devin-v2/testing";

import "./environment.cjs";

export const ADA = "email|65f1c0ffee65f1c0ffee65f1";
export const ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";
export const MEMBERS = "/v2/enterprise/members";
export const ROLES = "/v2/enterprise/roles";
export const SESSIONS = "/v2/enterprise/sessions";

/** Ends a test that hangs, long after a slow machine would be done. */
export const LONG = { timeout: 120_000 };

export const require = createRequire(import.meta.url);

/** Where the package was installed. */
export const PACKAGE = dirname(require.resolve("devin-v2/package.json"));

/** The emulator as a program. */
export const EMULATOR = join(PACKAGE, JSON.parse(readFileSync(join(PACKAGE, "package.json"))).bin["devin-v2-emulator"]);

export { sleep };

/** An emulator for one test, and a client of it that tries again at once. */
export async function enterprise(t, settings = {}, options = {}) {
  const emulator = await startEmulator({ seed: 7, members: 120, ...settings });
  t.after(() => emulator.close());
  return { emulator, client: emulator.client({ retryBaseDelay: 1, ...options }) };
}

/** The error of the package that `work`, a promise or a function, fails with: of exactly this class, if one is given. */
export async function failure(work, Kind) {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    assert.ok(error instanceof DevinError && (!Kind || error.constructor === Kind), `${error?.stack ?? error}`);
    return error;
  }
  return assert.fail("this had to fail");
}

/** Waits until `condition` holds. */
export async function until(condition, what) {
  const end = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < end, `${what} did not happen`);
    await sleep(5);
  }
}

/** The path of a program that tests start. */
export function program(name) {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

/** Runs Node with these arguments until it ends by itself. */
export async function run(args, { env = {}, timeout = 60_000, cwd, bare = false } = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    // What is started is no test of this run.
    env: bare ? env : { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (said[name] += text));
  const began = performance.now();
  const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  const elapsed = performance.now() - began;
  assert.notEqual(signal, "SIGKILL", `${args.join(" ")} did not end by itself: ${said.stdout}${said.stderr}`);
  return { code, signal, elapsed, ...said };
}

/** An emulator in a process of its own, as the environment that leads a client to it. */
export async function server(t, ...args) {
  const child = spawn(process.execPath, [EMULATOR, "--exit-with-stdin", ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const { url, api_key } = JSON.parse(await line(child.stdout));
  return { DEVIN_V2_BASE_URL: url, DEVIN_V2_API_KEY: api_key };
}

/** The first line that comes. */
export async function line(stream) {
  let text = "";
  stream.setEncoding("utf8");
  while (!text.includes("\n")) {
    const [more] = await once(stream, "data");
    text += more;
  }
  return text.slice(0, text.indexOf("\n"));
}
