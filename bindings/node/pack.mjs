// Lays out the packages that npm gets, and packs them: node pack.mjs VERSION NATIVE OUT
//
// NATIVE holds a folder with the two native libraries for each platform that is packed, by the names below.
// `devin-v2` is TypeScript's output; the native half is a package per platform, of which npm installs the one that fits.

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
const { license, engines, keywords } = about;

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

const name = (platform) => `devin-v2-${platform}`;

for (const [platform, limits] of Object.entries(PLATFORMS)) {
  const libraries = join(native, platform);
  if (!existsSync(libraries)) continue;
  const file = `${name(platform)}.node`;
  const testing = `${name(platform)}-emulator.node`;
  const library = (suffix) => {
    const found = readdirSync(libraries).find((each) => each.replace(/^lib/, "").startsWith(`devin_v2_node${suffix}.`));
    return join(libraries, found);
  };
  const description = `The native half of devin-v2 for ${platform}.`;
  const readme = join(out, "README.md");
  writeFileSync(readme, `# ${name(platform)}\n\n${description} Install \`devin-v2\`, which brings it along.\n`);
  const half = { name: name(platform), version, description, keywords, license, engines, main: file, files: [file, testing], ...limits };
  pack(layOut(half, { [file]: library(""), [testing]: library("_emulator"), "README.md": readme }));
}

const { scripts: _, devDependencies: __, name: title, ...rest } = about;
const published = { name: title, version, ...rest };
published.optionalDependencies = Object.fromEntries(Object.keys(PLATFORMS).map((each) => [name(each), version]));
const folder = layOut(published, { dist: join(here, "dist"), "README.md": join(here, "README.md") });

// `import` gets its names from a list: to find them out by itself, Node would read all files a second time.
for (const module of ["index", "testing"]) {
  const list = ["--print", `Object.keys(require(${JSON.stringify(join(folder, "dist", module))})).join(", ")`];
  const names = execFileSync(process.execPath, list, { encoding: "utf8", env: { ...process.env, NODE_PATH: out } }).trim();
  const code = `import { createRequire } from "node:module";\nexport const { ${names} } = createRequire(import.meta.url)("./${module}.js");\n`;
  writeFileSync(join(folder, "dist", `${module}.mjs`), code);
}
pack(folder);
