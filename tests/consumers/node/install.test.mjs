// What the README says about installing works with each npm, also for the lock file that comes of it, and asks the registry
// for nothing of ours: whoever took such a name there would run code on every machine that installs the package.
//
// TOOLS is the folder with the tools of tools/package.json, TARBALLS the one with the packed packages.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const { TOOLS, TARBALLS } = process.env;
const tarballs = readdirSync(TARBALLS).filter((name) => name.endsWith(".tgz"));

/** A registry that has nothing, and the requests that arrive there. */
async function registry(t) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("latin1")) body += part;
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(404, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, requests };
}

function project(t) {
  const folder = mkdtempSync(join(tmpdir(), "devin-v2-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  for (const name of tarballs) copyFileSync(join(TARBALLS, name), join(folder, name));
  return folder;
}

async function run(folder, args, env = {}) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const [code] = await once(child, "close");
  assert.equal(code, 0, `${args.join(" ")}\n${said}`);
  return said;
}

for (const version of [9, 10, 11]) {
  test(`npm ${version}`, async (t) => {
    const folder = project(t);
    const { url, requests } = await registry(t);
    const npm = (...args) => {
      const env = { npm_config_registry: url, npm_config_cache: join(folder, "cache"), npm_config_fetch_retries: "0" };
      return run(folder, [join(TOOLS, `node_modules/npm-${version}/bin/npm-cli.js`), ...args], env);
    };
    const uses = async () => {
      const said = await run(folder, ["--eval", 'console.log(typeof (await import("devin-v2/testing")).Emulator)']);
      assert.equal(said, "function\n");
    };
    assert.match(await npm("--version"), new RegExp(`^${version}\\.`));

    await npm("install", ...tarballs.map((name) => `./${name}`));
    await uses();
    const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
    const locked = Object.keys(lock.packages).filter((path) => path !== "");
    assert.equal(locked.length, tarballs.length, `${locked}`);

    rmSync(join(folder, "node_modules"), { recursive: true });
    await npm("ci");
    await uses();
    assert.ok(existsSync(join(folder, "node_modules/@devin-v2")));

    await npm("update");
    await uses();
    assert.deepEqual(
      requests.filter((each) => each.includes("devin-v2")),
      [],
    );
  });
}
