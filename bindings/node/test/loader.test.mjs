// Where the native half is missing or does not fit, the error says which package it is and what to do.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { PACKAGE, run } from "./support.mjs";

const ABOUT = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** Starts with the package's name: the system and the processor, on Linux the C library, too. */
const NAME = new RegExp(`devin-v2-${process.platform}-${process.arch}[a-z-]*`);

const PLATFORMS = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "linux-x64-gnu",
  "linux-x64-musl",
  "win32-x64-msvc",
];

/** What the published package names, whether or not this one was packed for publishing. */
const OPTIONAL = Object.fromEntries(PLATFORMS.map((platform) => [`devin-v2-${platform}`, ABOUT.version]));

/** A project with the package in it, but without its native half. */
function project(t, optionalDependencies = OPTIONAL) {
  const folder = mkdtempSync(join(tmpdir(), "devin-v2-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, "node_modules/devin-v2");
  mkdirSync(copy, { recursive: true });
  cpSync(join(PACKAGE, "dist"), join(copy, "dist"), { recursive: true, filter: (path) => !path.endsWith(".node") });
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...ABOUT, optionalDependencies }));
  return folder;
}

/** A platform's package that holds `source` in place of native code. */
function platform(folder, name, source) {
  const own = join(folder, "node_modules", name);
  mkdirSync(own, { recursive: true });
  for (const suffix of ["", "-emulator"]) writeFileSync(join(own, `${name}${suffix}.node`), source);
  writeFileSync(join(own, "package.json"), JSON.stringify({ name, version: "0.0.0", main: `${name}.node` }));
}

const FORMS = {
  import: ["--input-type=module", "--eval", 'await import("devin-v2")'],
  require: ["--eval", 'require("devin-v2")'],
  "the emulator": ["--eval", 'require("devin-v2/testing")'],
};

for (const [form, args] of Object.entries(FORMS)) {
  test(`without the platform's package: ${form}`, async (t) => {
    const done = await run(args, { cwd: project(t) });
    assert.equal(done.code, 1);
    const [name] = done.stderr.match(NAME) ?? [done.stderr];
    assert.ok(done.stderr.includes(`can't load the package ${name}, `), done.stderr);
    assert.ok(done.stderr.includes(`npm install ${name}`) && done.stderr.includes("--omit=optional"), "what to do");
    assert.match(done.stderr, /\[cause\]: Error: Cannot find module/);
  });
}

test("on a platform that there is no package for", async (t) => {
  const done = await run(FORMS.require, { cwd: project(t, { "devin-v2-plan9-mips": ABOUT.version }) });
  assert.equal(done.code, 1);
  assert.match(done.stderr, NAME);
  assert.match(done.stderr, /no such package.*devin-v2-plan9-mips/);
});

test("with a file that is none for this machine", async (t) => {
  const folder = project(t);
  const [name] = (await run(FORMS.require, { cwd: folder })).stderr.match(NAME);
  platform(folder, name, "not native code");
  const done = await run(FORMS.require, { cwd: folder });
  assert.equal(done.code, 1);
  assert.ok(done.stderr.includes(`can't load the package ${name}`) && done.stderr.includes("[cause]"), done.stderr);
});

test("the error can be caught", async (t) => {
  const source =
    'try { require("devin-v2") } catch (error) { console.log(error instanceof Error, Boolean(error.cause)) }';
  const done = await run(["--eval", source], { cwd: project(t) });
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, "true true\n", ""]);
});
