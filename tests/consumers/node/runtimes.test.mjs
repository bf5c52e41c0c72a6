// The installed package in other versions of Node, in Bun and in Deno.
//
// TOOLS is the folder with the tools of tools/package.json, PROJECT one that has the package and its tests.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const { TOOLS, PROJECT } = process.env;
const here = dirname(fileURLToPath(import.meta.url));

// Slow, and of the package rather than of Node.
const LEFT_OUT = ["backpressure", "doc-examples", "examples", "leak", "readme"];
const TESTS = readdirSync(join(PROJECT, "test"))
  .filter((name) => name.includes(".test.") && !LEFT_OUT.includes(name.split(".")[0]))
  .map((name) => join(PROJECT, "test", name));

function run(program, args) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: PROJECT, encoding: "utf8", env });
  return { status, stdout, stderr };
}

for (const version of [20, 22, 24]) {
  const own = process.versions.node.startsWith(`${version}.`) && "its tests run in this version anyway";
  test(`Node ${version}`, { skip: own }, () => {
    const node = join(TOOLS, `node_modules/node-${version}/bin/node`);
    assert.match(run(node, ["--version"]).stdout, new RegExp(`^v${version}\\.`));
    const { status, stdout } = run(node, ["--test", "--test-concurrency=2", "--test-reporter=spec", ...TESTS]);
    const failed = stdout.slice(stdout.indexOf("failing tests:"));
    assert.equal(status, 0, failed);
    assert.match(stdout, /^ℹ pass [1-9]\d\d/m);
  });
}

const WORKS = { status: 0, stdout: "12 members\n", stderr: "" };
const bin = (name) => join(TOOLS, "node_modules/.bin", name);

test("Bun and Deno", async (t) => {
  for (const name of ["app.mjs", "required.cjs"]) cpSync(join(here, "bundled", name), join(PROJECT, name));

  await t.test("Bun", () => assert.deepEqual(run(bin("bun"), ["app.mjs"]), WORKS));

  const deno = (...flags) => run(bin("deno"), ["run", "--no-prompt", ...flags, "app.mjs"]);
  await t.test("Deno", () => assert.deepEqual(deno("--allow-ffi", "--allow-env"), WORKS));
  await t.test("Deno without a flag that it needs", () => {
    const { status, stderr } = deno("--allow-env");
    assert.equal(status, 1);
    assert.match(stderr, /devin-v2: No permission to load @devin-v2\/\S+\. Run the program with --allow-ffi\./);
    assert.match(stderr, /Caused by: NotCapable/);
  });
});
