// Programs that were bundled or traced run elsewhere: without the project, with nothing but what the tool wrote, and the
// native half where a tool leaves that to the user.
//
// TOOLS is the folder with the tools of tools/package.json, PROJECT one that has the package installed.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const { TOOLS, PROJECT } = process.env;
const INSTALLED = join(PROJECT, "node_modules");
const here = dirname(fileURLToPath(import.meta.url));
const tools = createRequire(join(TOOLS, "package.json"));

/** A tool as an ES module. */
async function tool(name) {
  const loaded = await import(pathToFileURL(tools.resolve(name)));
  return loaded;
}

/** A project that has the package and finds the tools. */
function project(t, name, source = "bundled") {
  const folder = join(TOOLS, "projects", name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(here, source), folder, { recursive: true });
  cpSync(INSTALLED, join(folder, "node_modules"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true }));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Copies what a tool wrote to an empty folder and deletes the project. */
function move(t, from, folder, { native = false } = {}) {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "devin-v2-")));
  t.after(() => rmSync(elsewhere, { recursive: true, force: true }));
  cpSync(from, elsewhere, { recursive: true, verbatimSymlinks: true });
  if (native) cpSync(join(folder, "node_modules/@devin-v2"), join(elsewhere, "node_modules/@devin-v2"), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  return elsewhere;
}

function node(program, { runtime = process.execPath, cwd = tmpdir() } = {}) {
  return spawnSync(runtime, [program], { cwd, encoding: "utf8", env: { PATH: process.env.PATH }, timeout: 60_000 });
}

/** Runs a moved program. */
function passes(program, options) {
  const { status, stdout, stderr } = node(program, options);
  assert.deepEqual([status, stdout, stderr.slice(-2_000)], [0, "12 members\n", ""]);
}

/** Moves a bundle and runs it: without the native half it says what to copy, with it it works. */
function bundle(t, folder, file) {
  const elsewhere = move(t, join(folder, "out"), folder);
  const { status, stderr } = node(join(elsewhere, file));
  assert.equal(status, 1);
  const [message] = stderr.match(/^Error: .*/m) ?? [stderr.slice(0, 1_000)];
  assert.match(message, /^Error: devin-v2: @devin-v2\/\S+, the native code for this platform, is not installed\./);
  assert.match(message, /copy node_modules\/@devin-v2\/\S+ to a node_modules folder beside the bundle/);
  cpSync(join(INSTALLED, "@devin-v2"), join(elsewhere, "node_modules/@devin-v2"), { recursive: true });
  passes(join(elsewhere, file));
}

for (const format of ["esm", "cjs"]) {
  const file = format === "esm" ? "app.mjs" : "app.cjs";

  test(`esbuild, ${format}`, async (t) => {
    const { build } = await tool("esbuild");
    const folder = project(t, `esbuild-${format}`);
    const options = { bundle: true, platform: "node", format, logLevel: "silent", outfile: join(folder, "out", file) };
    const { warnings } = await build({ entryPoints: [join(folder, "app.mjs")], ...options });
    assert.deepEqual(warnings, []);
    bundle(t, folder, file);
  });

  test(`rollup, ${format}`, async (t) => {
    const { rollup } = await tool("rollup");
    const { default: commonjs } = await tool("@rollup/plugin-commonjs");
    const { default: resolve } = await tool("@rollup/plugin-node-resolve");
    const folder = project(t, `rollup-${format}`);
    const warnings = [];
    const built = await rollup({
      input: join(folder, "app.mjs"),
      plugins: [resolve({ preferBuiltins: true }), commonjs()],
      onwarn: ({ code, message }) => code !== "CIRCULAR_DEPENDENCY" && warnings.push(message),
    });
    await built.write({ file: join(folder, "out", file), format, inlineDynamicImports: true });
    await built.close();
    assert.deepEqual(warnings, []);
    bundle(t, folder, file);
  });

  test(`webpack, ${format}`, async (t) => {
    const { default: webpack } = await tool("webpack");
    const folder = project(t, `webpack-${format}`);
    const module = format === "esm";
    const stats = await new Promise((done, failed) => {
      webpack(
        {
          context: folder,
          mode: "production",
          target: "node20",
          entry: "./app.mjs",
          experiments: { outputModule: module },
          output: { path: join(folder, "out"), filename: file, ...(module && { library: { type: "module" } }) },
        },
        (error, stats) => (error ? failed(error) : done(stats)),
      );
    });
    assert.deepEqual([...stats.compilation.errors, ...stats.compilation.warnings].map(String), []);
    bundle(t, folder, file);
  });
}

test("vite, noExternal", async (t) => {
  const { build } = await tool("vite");
  const folder = project(t, "vite");
  await build({
    root: folder,
    logLevel: "warn",
    ssr: { noExternal: true },
    build: { ssr: "app.mjs", outDir: "out", rollupOptions: { output: { entryFileNames: "app.mjs" } } },
  });
  bundle(t, folder, "app.mjs");
});

test("bun build takes the native half along", async (t) => {
  const folder = project(t, "bun-build");
  const args = ["build", "app.mjs", "--target=node", "--outdir=out"];
  const built = spawnSync(join(TOOLS, "node_modules/.bin/bun"), args, { cwd: folder, encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  passes(join(move(t, join(folder, "out"), folder), "app.js"));
});

test("ncc takes the native half along", async (t) => {
  const folder = project(t, "ncc");
  const args = [tools.resolve("@vercel/ncc/dist/ncc/cli.js"), "build", "app.mjs", "--out", "out"];
  const built = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  const elsewhere = move(t, join(folder, "out"), folder);
  passes(join(elsewhere, readdirSync(elsewhere).find((name) => /^index\.m?js$/.test(name))));
});

test("nft traces the native half", async (t) => {
  const { nodeFileTrace } = await tool("@vercel/nft");
  const folder = project(t, "nft");
  const { fileList } = await nodeFileTrace([join(folder, "app.mjs")], { base: folder });
  const traced = join(folder, "traced");
  for (const file of fileList) cpSync(join(folder, file), join(traced, file));
  passes(join(move(t, traced, folder), "app.mjs"));
});

test("nft leaves the emulator out of programs that don't use it", async (t) => {
  const { nodeFileTrace } = await tool("@vercel/nft");
  const folder = project(t, "nft-without");
  writeFileSync(join(folder, "small.mjs"), 'import "devin-v2";\n');
  const { fileList } = await nodeFileTrace([join(folder, "small.mjs")], { base: folder });
  const native = [...fileList].filter((file) => file.endsWith(".node")).map((file) => file.split("/").at(-1));
  assert.deepEqual(native, ["devin-v2.node"]);
});

test("Next.js, standalone", { timeout: 300_000 }, async (t) => {
  const folder = project(t, "next", "bundled/next");
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", NODE_TEST_CONTEXT: undefined };
  const built = spawnSync(process.execPath, [tools.resolve("next/dist/bin/next"), "build"], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  const elsewhere = move(t, join(folder, ".next/standalone"), folder);
  const program = join(elsewhere, relative(TOOLS, folder), "server.js");
  const server = spawn(process.execPath, [program], { env: { PATH: process.env.PATH, PORT: "0", HOSTNAME: "127.0.0.1" } });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  try {
    while (!/127\.0\.0\.1:(\d+)/.test(said)) await once(server.stdout, "data");
    const [, port] = said.match(/127\.0\.0\.1:(\d+)/);
    const response = await fetch(`http://127.0.0.1:${port}/members`);
    assert.deepEqual([response.status, await response.text()], [200, '{"members":12,"typed":true}'], said);
  } finally {
    server.kill();
  }
});
