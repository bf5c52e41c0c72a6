// Every example of the package's README runs as it stands.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { startEmulator } from "devin-v2/testing";

import { LONG, PACKAGE, run } from "./support.mjs";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));

/** The README of the package that is tested: beside the tests in a checkout, in the package where it is installed. */
const README = [join(PACKAGE, "README.md"), join(PROJECT, "README.md")].find(existsSync);

/** What the README says is at hand. */
const CLIENT = 'import { Client as Client_ } from "devin-v2"; const client = new Client_();';

/** The blocks of a text, each with its heading, what stands behind its fence, and the line that it begins on. */
function* blocks(text) {
  let heading = "top";
  let block;
  for (const [index, line] of text.split("\n").entries()) {
    if (block === undefined) {
      if (line.startsWith("#")) heading = line.replace(/^#+ /, "");
      if (line.startsWith("```")) block = { heading, info: line.slice(3), line: index + 2, code: "" };
    } else if (line === "```") {
      yield block;
      block = undefined;
    } else {
      block.code += `${line}\n`;
    }
  }
  assert.equal(block, undefined, "a block has no end");
}

/** A block as a program, in lines that are as many as those of the README, so that its errors name them. */
function program({ code, line }) {
  const isModule = !code.includes("require(");
  const needed = isModule && !code.includes("const client = ") ? CLIENT : "";
  return { name: isModule ? "block.mjs" : "block.cjs", text: `${needed}${"\n".repeat(line - 1)}${code}` };
}

const all = [...blocks(readFileSync(README, "utf8"))];
const shown = all.filter(({ info }) => info === "js");

test("all code is run", () => {
  for (const { info, line } of all) {
    assert.ok(["js", "console"].includes(info), `line ${line} is of a kind that is not run: ${info}`);
  }
  assert.ok(shown.length >= 14, `${shown.length} blocks`);
  assert.ok(shown.some(({ code }) => code.includes("require(")) && shown.some(({ code }) => code.includes("import ")));
});

for (const block of shown) {
  test(`line ${block.line}: ${block.heading}`, LONG, async (t) => {
    const emulator = await startEmulator({ sessions: 200 });
    t.after(() => emulator.close());
    // Within the project, so that it finds the package as its users' programs do.
    const folder = mkdtempSync(join(PROJECT, ".readme-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const { name, text } = program(block);
    writeFileSync(join(folder, name), text);
    const env = { DEVIN_V2_API_KEY: emulator.apiKey, DEVIN_V2_BASE_URL: emulator.url };
    const { code, stdout, stderr } = await run([join(folder, name)], { env });
    assert.equal(code, 0, stderr);
    assert.ok(stdout !== "" || block.code.includes("console.") === false, "it shows nothing");
    assert.ok(!`${stdout}${stderr}`.includes(emulator.apiKey), "it shows the key");
    // What a comment says is printed is printed.
    for (const [, said] of block.code.matchAll(/console\.log\(.*\); \/\/ (\d+|null|hibernating|9 acus_consumed)(?:$|:)/gm)) {
      assert.ok(stdout.split("\n").includes(said), `${said} is not in ${stdout}`);
    }
  });
}
