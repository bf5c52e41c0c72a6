// Where the native half is missing or can't be loaded, the error says why and what to do, and has the cause.

import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { PACKAGE, run } from "./support.mjs";

const HALVES = join(dirname(PACKAGE), "@devin-v2");
const [PLATFORM] = readdirSync(HALVES);
const NAME = `@devin-v2/${PLATFORM}`;
const ABOUT = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** The description of a package from a registry, whichever this one is. */
const PUBLISHED = { ...ABOUT, optionalDependencies: { [NAME]: ABOUT.version } };

/** The description of a package from a checkout. */
const { optionalDependencies: _, ...OWN } = ABOUT;

const ELF = { skip: process.platform !== "linux" && "only Linux's loader ends the process" };

/** A project with the package and, unless `without` it, a copy of its native half. */
function project(t, { about = PUBLISHED, without = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "devin-v2-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, "node_modules/devin-v2");
  mkdirSync(copy, { recursive: true });
  cpSync(join(PACKAGE, "dist"), join(copy, "dist"), { recursive: true });
  writeFileSync(join(copy, "package.json"), JSON.stringify(about));
  const half = join(folder, "node_modules", NAME);
  if (!without) cpSync(join(HALVES, PLATFORM), half, { recursive: true });
  return { folder, half, file: join(half, "devin-v2.node") };
}

const FORMS = {
  import: ["--input-type=module", "--eval", 'await import("devin-v2")'],
  require: ["--eval", 'require("devin-v2")'],
  "the emulator": ["--eval", 'require("devin-v2/testing")'],
};

/** What the program says when it can't load the package: one line of message, and the cause. */
async function message(folder, args = FORMS.require) {
  const done = await run(args, { cwd: folder });
  assert.equal(done.code, 1, done.stderr);
  const [text] = done.stderr.match(/^Error: devin-v2.*/m) ?? [];
  assert.ok(text, done.stderr);
  return { text, cause: done.stderr.includes("[cause]: ") && !done.stderr.includes("[cause]: undefined") };
}

async function says(folder, pattern, args) {
  const { text, cause } = await message(folder, args);
  assert.match(text, pattern);
  assert.ok(cause, "no cause");
}

for (const [form, args] of Object.entries(FORMS)) {
  test(`missing: ${form}`, async (t) => {
    const { folder } = project(t, { without: true });
    const { text, cause } = await message(folder, args);
    assert.ok(cause);
    assert.ok(text.includes(`${NAME}, the native code for this platform, is not installed.`), text);
    assert.ok(text.includes(`"npm install ${NAME}@${ABOUT.version}"`) && text.includes("--omit=optional"), text);
  });
}

test("missing: a package from a checkout names the tarball, and nothing that a registry could have", async (t) => {
  const { folder } = project(t, { about: OWN, without: true });
  const { text } = await message(folder);
  assert.ok(text.includes(`"npm install devin-v2-${PLATFORM}-${ABOUT.version}.tgz"`), text);
  assert.ok(!text.includes(`npm install @`), text);
});

test("on a platform that there is no package for", async (t) => {
  const { folder } = project(t);
  const done = await run(["--eval", 'Object.defineProperty(process, "arch", { value: "mips" }); require("devin-v2")'], {
    cwd: folder,
  });
  assert.equal(done.code, 1);
  assert.match(done.stderr, /Error: devin-v2 has no native code for \S*-mips\S*\. It runs on darwin-arm64, .*win32-x64-msvc\./);
});

for (const size of [0, 40, 4_096, 1_000_000]) {
  test(`truncated to ${size} bytes`, ELF, async (t) => {
    const { folder, file } = project(t);
    truncateSync(file, size);
    await says(folder, new RegExp(`${NAME} is damaged: its file is truncated \\(${size}.* Delete node_modules`));
  });
}

test("truncated by one byte", ELF, async (t) => {
  const { folder, file } = project(t);
  truncateSync(file, readFileSync(file).length - 1);
  await says(folder, /is truncated/);
});

test("the emulator's file is truncated", ELF, async (t) => {
  const { folder, half } = project(t);
  truncateSync(join(half, "emulator.node"), 100_000);
  await says(folder, /is truncated/, FORMS["the emulator"]);
});

test("not native code", async (t) => {
  const { folder, file } = project(t);
  writeFileSync(file, "x".repeat(10_000));
  await says(folder, new RegExp(`${NAME} (is damaged: its file is not an ELF library|can't be loaded: .*)\\. Delete`));
});

test("native code for another processor", ELF, async (t) => {
  const { folder, file } = project(t);
  const bytes = readFileSync(file);
  bytes.writeUInt16LE(243, 18); // RISC-V
  writeFileSync(file, bytes);
  await says(folder, new RegExp(`${NAME} is damaged: its file is not for ${process.arch}\\. Delete`));
});

test("a file is missing", async (t) => {
  const { folder, file } = project(t);
  rmSync(file);
  await says(folder, new RegExp(`${NAME} is damaged: its native code can't be found .* Delete node_modules`));
});

test("another version", async (t) => {
  const { folder } = project(t);
  const loader = join(folder, "node_modules/devin-v2/dist/native.js");
  const source = readFileSync(loader, "utf8");
  writeFileSync(loader, source.replace(`VERSION = "${ABOUT.version}"`, 'VERSION = "99.0.0"'));
  const pattern = `${NAME} is version ${ABOUT.version}, but devin-v2 is version 99\\.0\\.0\\. Run "npm install ${NAME}@99`;
  await says(folder, new RegExp(pattern));
});

// What loaders of other systems say.
for (const [said, pattern] of [
  ["libc.so.6: version `GLIBC_2.38' not found (required by x.node)", /needs glibc 2\.38 or later\. Use a newer system\.$/],
  ["libgcc_s.so.1: cannot open shared object file: No such file or directory", /needs libgcc_s\.so\.1, which .* Install it\.$/],
  ["Error loading shared library libgcc_s.so.1: No such file or directory", /needs libgcc_s\.so\.1, which .* Install it\.$/],
  ["x.node is not a valid Win32 application.", /can't be loaded: x\.node is not a valid Win32 application\. Delete node_modules/],
]) {
  test(`the system can't load it: ${said}`, async (t) => {
    const { folder } = project(t);
    const fails = `() => { throw Object.assign(new Error(${JSON.stringify(said)}), { code: "ERR_DLOPEN_FAILED" }) }`;
    await says(folder, pattern, ["--eval", `require("node:module")._extensions[".node"] = ${fails}; require("devin-v2")`]);
  });
}

test("addons are disabled", async (t) => {
  const { folder } = project(t);
  for (const form of ["require", "import"]) {
    const pattern = /can't load \S+: native addons are disabled\. Run it without --no-addons; .* --allow-addons/;
    await says(folder, pattern, ["--no-addons", ...FORMS[form]]);
  }
});

test("Node's permissions", async (t) => {
  const { folder } = project(t);
  const now = process.allowedNodeEnvironmentFlags.has("--permission");
  const flag = now ? "--permission" : "--experimental-permission";
  await says(folder, /addons are disabled\. .* --allow-addons/, [flag, "--allow-fs-read=*", ...FORMS.require]);
});

test("where the C library can't be told, both are tried", { skip: process.platform !== "linux" }, async (t) => {
  const other = PLATFORM.endsWith("-gnu") ? PLATFORM.replace("-gnu", "-musl") : PLATFORM.replace("-musl", "-gnu");
  const args = ["--eval", 'process.execPath = "/dev/null"; console.log(typeof require("devin-v2").Client)'];
  const { folder, half } = project(t);
  const works = async () => assert.equal((await run(args, { cwd: folder })).stdout, "function\n");
  await works();
  renameSync(half, join(dirname(half), other));
  await works();
  mkdirSync(half);
  await works(); // a package without its file beside the one that fits
  rmSync(join(dirname(half), other), { recursive: true });
  rmSync(half, { recursive: true });
  await says(folder, /@devin-v2\/linux-\S+-gnu, the native code for this platform, is not installed/, args);
});

test("the error can be caught", async (t) => {
  const source =
    'try { require("devin-v2") } catch (error) { console.log(error instanceof Error, error.cause instanceof Error) }';
  const { folder } = project(t, { without: true });
  const done = await run(["--eval", source], { cwd: folder });
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, "true true\n", ""]);
});
