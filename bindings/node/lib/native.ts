// Finds and loads the native half: one package per platform, of which npm installs the one that fits.

import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/** The version of this package, and of the native code that fits it. */
const VERSION = "0.1.0";

import type { Handed } from "./errors.js";
import type { Text } from "./json.js";

/** Ends the calls that it was given to. */
export interface Cancel {
  cancel(): void;
}

/** What a call comes to. */
type Answer = Handed<Promise<Handed<Text>>>;

/** The core's client. Arguments and answers are JSON text. */
export interface Core {
  readonly baseUrl: string;
  readonly keyFingerprint: string;
  withOptions(options: string): Handed<Core>;
  call(operation: string, args: string, options: string | undefined, cancel: Cancel | undefined): Answer;
  list(operation: string, args: string, options: string | undefined, cancel: Cancel | undefined): Handed<List>;
  request(request: string, options: string | undefined, cancel: Cancel | undefined): Answer;
}

/** A list of which nothing was fetched yet. */
export interface List {
  /** Gives what there is to say of a page. `early` gets its text before: see `Listing.page`. */
  page(early: (text: Text) => void): Promise<Handed<Text>>;
  items(): Items;
}

/** The rows of a list: batches as JSON arrays, an empty one at the end. */
export interface Items {
  next(): Promise<Handed<Text>>;
  report(): string;
  close(): void;
}

interface Native {
  readonly Cancel: new () => Cancel;
  readonly Core: { create(settings: string, environment: Readonly<Record<string, string>>): Handed<Core> };
  version(): string;
  /** The date of the billing day that many days after that of a date. */
  billingDay(date: string, days: number): Handed<string>;
  billingDayContaining(time: string): Handed<string>;
  /** Milliseconds since 1970. */
  billingDayStart(date: string): Handed<number>;
  /** The dates of the first and the last day, with a slash between them. */
  billingDays(given: string): Handed<string>;
}

/** Loads a platform's file, or gives its path. Throws if its package isn't installed. */
export type Access = (platform: string, load: boolean) => unknown;

// The names are literal for tools that trace files or copy them (nft, Next.js, ncc, Bun), and within `try` for those that
// would otherwise insist on the packages of all platforms.
function access(platform: string, load: boolean): unknown {
  try {
    switch (platform) {
      case "darwin-arm64":
        return load ? require("@devin-v2/darwin-arm64") : require.resolve("@devin-v2/darwin-arm64");
      case "darwin-x64":
        return load ? require("@devin-v2/darwin-x64") : require.resolve("@devin-v2/darwin-x64");
      case "linux-arm64-gnu":
        return load ? require("@devin-v2/linux-arm64-gnu") : require.resolve("@devin-v2/linux-arm64-gnu");
      case "linux-arm64-musl":
        return load ? require("@devin-v2/linux-arm64-musl") : require.resolve("@devin-v2/linux-arm64-musl");
      case "linux-x64-gnu":
        return load ? require("@devin-v2/linux-x64-gnu") : require.resolve("@devin-v2/linux-x64-gnu");
      case "linux-x64-musl":
        return load ? require("@devin-v2/linux-x64-musl") : require.resolve("@devin-v2/linux-x64-musl");
      case "win32-x64-msvc":
        return load ? require("@devin-v2/win32-x64-msvc") : require.resolve("@devin-v2/win32-x64-msvc");
      default:
        return undefined;
    }
  } catch (error) {
    throw error;
  }
}

const PLATFORMS = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "linux-x64-gnu",
  "linux-x64-musl",
  "win32-x64-msvc",
];

/** Reads the first `length` bytes of a file, and its size. */
function readStart(path: string, length: number): { bytes: Buffer; size: number } {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return { bytes: bytes.subarray(0, readSync(file, bytes, 0, length, 0)), size: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

/** The names of this platform: two, if its C library can't be told. */
function platforms(): string[] {
  const { arch, platform } = process;
  if (platform === "win32") return [`win32-${arch}-msvc`];
  if (platform !== "linux") return [`${platform}-${arch}`];
  let start: Buffer | undefined;
  try {
    // The program names the loader of its C library. process.report would tell, too, but takes milliseconds.
    start = readStart(process.execPath, 2048).bytes;
  } catch {
    // Not readable, as in Deno without --allow-read.
  }
  if (start?.includes("/ld-linux")) return [`linux-${arch}-gnu`];
  if (start?.includes("/ld-musl-")) return [`linux-${arch}-musl`];
  return [`linux-${arch}-gnu`, `linux-${arch}-musl`];
}

/** ELF's `e_machine`. */
const MACHINES: Record<string, number> = { arm64: 183, x64: 62 };

/**
 * What is wrong with a library on Linux, if anything. Its loader doesn't check for truncation: reading the missing pages
 * is a bus error, which ends the process. Those of other systems check.
 */
function damage(path: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const { bytes, size } = readStart(path, 64);
    if (bytes.length < 64) return `is truncated (${size} bytes)`;
    if (bytes.toString("latin1", 0, 4) !== "\x7fELF") return "is not an ELF library";
    if (bytes.readUInt16LE(18) !== MACHINES[process.arch]) return `is not for ${process.arch}`;
    const end = Number(bytes.readBigUInt64LE(40)) + bytes.readUInt16LE(58) * bytes.readUInt16LE(60);
    return size < end ? `is truncated (${size} of ${end} bytes)` : undefined;
  } catch {
    return undefined; // loading it tells more
  }
}

/** Whether this is a package from a registry, one from a checkout, or (`undefined`) part of a bundle. */
function isPublished(): boolean | undefined {
  try {
    const about = JSON.parse(readFileSync(require.resolve("devin-v2/package.json"), "utf8")) as object;
    return "optionalDependencies" in about;
  } catch {
    return undefined;
  }
}

const REINSTALL = "Delete node_modules and install again.";

/** How to get a platform's package. */
function installation(platform: string): string {
  const name = `@devin-v2/${platform}`;
  const registry = `npm install ${name}@${VERSION}`;
  switch (isPublished()) {
    case true:
      return (
        `Run "${registry}", or reinstall without --omit=optional, and without a lock file or node_modules from ` +
        `another platform.`
      );
    case false:
      return (
        `Run "npm install devin-v2-${platform}-${VERSION}.tgz" with the tarball that was packed together with ` +
        `devin-v2, or pack both on this platform with "cargo xtask dist node".`
      );
    default:
      return `Bundles don't contain native code: copy node_modules/${name} to a node_modules folder beside the bundle.`;
  }
}

/** Why a platform's package can't be found or loaded, and what to do about it. */
function explain(platform: string, path: string | undefined, error: unknown): string {
  const name = `@devin-v2/${platform}`;
  const { code, message, path: entry } = error as NodeJS.ErrnoException;
  if (code === "ERR_DLOPEN_DISABLED") {
    return (
      `Node.js can't load ${name}: native addons are disabled. ` +
      `Run it without --no-addons; with --permission, add --allow-addons.`
    );
  }
  const flag = /--allow-[a-z-]+/.exec(message)?.[0];
  if (flag) return `No permission to load ${name}. Run the program with ${flag}.`;
  if (path === undefined) {
    if (code === "MODULE_NOT_FOUND" && !entry) {
      return `${name}, the native code for this platform, is not installed. ${installation(platform)}`;
    }
    return `${name} is damaged: its native code can't be found (${message}). ${REINSTALL}`;
  }
  const glibc = /GLIBC_([\d.]+)' not found/.exec(message)?.[1];
  if (glibc) return `${name} needs glibc ${glibc} or later. Use a newer system.`;
  const missing = /loading shared library (\S+):|(\S+): cannot open shared object/.exec(message);
  const library = missing?.[1] ?? missing?.[2];
  if (library && library !== path) return `${name} needs ${library}, which this system lacks. Install it.`;
  return `${name} can't be loaded: ${message.replace(/\.$/, "")}. ${REINSTALL}`;
}

/** Loads one file of the platform's package. */
export function load<T extends { version(): string }>(access: Access): T {
  const names = platforms();
  const failures: { reason: string; path: string | undefined; cause: unknown }[] = [];
  for (const platform of names) {
    let path: string | undefined;
    try {
      path = access(platform, false) as string | undefined;
    } catch {
      // Not installed, or a bundle of Bun's, in which this is a path of build time.
    }
    const wrong = path && damage(path);
    if (wrong) {
      const reason = `@devin-v2/${platform} is damaged: its file ${wrong}. ${REINSTALL}`;
      failures.push({ reason, path, cause: new Error(`${path} ${wrong}`) });
      continue;
    }
    try {
      const native = access(platform, true) as T | undefined;
      if (!native) continue;
      const version = native.version();
      if (version === VERSION) return native;
      const reason = `@devin-v2/${platform} is version ${version}, but devin-v2 is version ${VERSION}. `;
      failures.push({ reason: reason + installation(platform), path, cause: new Error(`${path} is version ${version}`) });
    } catch (cause) {
      failures.push({ reason: explain(platform, path, cause), path, cause });
    }
  }
  // Of two, the one that is installed tells more.
  const failure = failures.find((each) => each.path !== undefined) ?? failures[0];
  if (failure) throw new Error(`devin-v2: ${failure.reason}`, { cause: failure.cause });
  throw new Error(`devin-v2 has no native code for ${names[0]}. It runs on ${PLATFORMS.join(", ")}.`);
}

export const native: Native = load(access);
