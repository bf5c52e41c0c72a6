// Lays out the packages that npm gets, and packs them: node pack.mjs VERSION NATIVE OUT
//
// NATIVE holds a folder with the two native libraries for each platform that is packed, by the names below.
// `devin-v2` is TypeScript's output; the native half is a package per platform. With all platforms it is packed for a
// registry, from which npm installs the one that fits; otherwise for those who install both files.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PLATFORMS = {
  "darwin-arm64": { os: ["darwin"], cpu: ["arm64"] },
  "darwin-x64": { os: ["darwin"], cpu: ["x64"] },
  "linux-arm64-gnu": { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
  "linux-arm64-musl": { os: ["linux"], cpu: ["arm64"], libc: ["musl"] },
  "linux-x64-gnu": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  "linux-x64-musl": { os: ["linux"], cpu: ["x64"], libc: ["musl"] },
  "win32-x64-msvc": { os: ["win32"], cpu: ["x64"] },
};

const here = dirname(fileURLToPath(import.meta.url));
const [version, ...folders] = process.argv.slice(2);
const [native, out] = folders.map((path) => resolve(path));
const about = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const { license, engines, keywords, homepage, repository, bugs } = about;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** Makes a folder with this description and these files, from name to source. */
function layOut(description, files) {
  const folder = join(out, description.name);
  mkdirSync(folder, { recursive: true });
  description.files.push("LICENSE-*");
  writeFileSync(join(folder, "package.json"), JSON.stringify(description, null, 2) + "\n");
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(join(here, "../..", name), join(folder, name));
  for (const [name, source] of Object.entries(files)) cpSync(source, join(folder, name), { recursive: true });
  return folder;
}

function pack(folder) {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", out], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
}

const name = (platform) => `@devin-v2/${platform}`;
const built = Object.keys(PLATFORMS).filter((platform) => existsSync(join(native, platform)));

for (const platform of built) {
  const library = (stem) => {
    const found = readdirSync(join(native, platform)).find((each) => each.replace(/^lib/, "").startsWith(`${stem}.`));
    return join(native, platform, found);
  };
  const description = `The native half of devin-v2 for ${platform}.`;
  const readme = join(out, "README.md");
  writeFileSync(readme, `# ${name(platform)}\n\n${description} \`devin-v2\` loads it. Both have to be of the same version.\n`);
  const shared = { version, description, keywords, license, homepage, repository, bugs, engines };
  const half = { name: name(platform), ...shared, type: "commonjs", main: "devin-v2.node", files: ["*.node"], ...PLATFORMS[platform] };
  const libraries = { "devin-v2.node": library("devin_v2_node"), "emulator.node": library("devin_v2_node_emulator") };
  pack(layOut(half, { ...libraries, "README.md": readme }));
  rmSync(readme);
}

const { devDependencies: _, name: title, ...rest } = about;
const published = { name: title, version, ...rest };
const halves = Object.fromEntries(built.map((platform) => [name(platform), version]));
if (built.length === Object.keys(PLATFORMS).length) {
  published.optionalDependencies = halves;
} else {
  // From a checkout, the packages are on no registry, where anyone could take their names. npm never asks for peers that
  // are optional, but for pnpm and Yarn they have to be named.
  published.peerDependencies = halves;
  published.peerDependenciesMeta = Object.fromEntries(Object.keys(halves).map((half) => [half, { optional: true }]));
}
const sources = { dist: join(here, "dist"), examples: join(here, "examples"), "README.md": join(here, "README.md") };
const folder = layOut(published, sources);

// `import` gives what `require` gives. Static exports are for tools that read them; to get at those, Node would load a parser
// of CommonJS first (2 ms), so that it has a file of its own, which the other one mentions for tools that trace files.
for (const module of ["index", "testing"]) {
  const list = ["--print", `Object.keys(require(${JSON.stringify(join(folder, "dist", module))})).join(", ")`];
  const names = execFileSync(process.execPath, list, { encoding: "utf8", env: { ...process.env, NODE_PATH: out } }).trim();
  const mention = `new URL("./${module}.node.mjs", import.meta.url);`;
  writeFileSync(join(folder, "dist", `${module}.mjs`), `export { ${names} } from "./${module}.js";\n${mention}\n`);
  const required = `export const { ${names} } = require("./${module}.js");`;
  const create = 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);';
  writeFileSync(join(folder, "dist", `${module}.node.mjs`), `${create}\n${required}\n`);
}

// For bundlers alone: ES modules that look the native half up when they run. Node always takes the CommonJS files, so that
// there is one copy of the classes.
const esm = join(folder, "dist/esm");
writeFileSync(join(esm, "package.json"), JSON.stringify({ type: "module", sideEffects: false }) + "\n");
for (const module of ["native.js", "native-emulator.js"]) {
  const code = readFileSync(join(esm, module), "utf8");
  writeFileSync(join(esm, module), `import { require } from "./require.mjs";\n${code}`);
}
for (const unused of ["require.mjs", "require.d.mts", "esm/index.mjs", "esm/testing.mjs", "esm/emulator.js"]) {
  rmSync(join(folder, "dist", unused));
}
pack(folder);
