// Finds and loads the native half: one package per platform, of which npm installs the one that fits.

import { existsSync } from "node:fs";
import { join } from "node:path";

/** Ends the calls that it was given to. */
export interface Cancel {
  cancel(): void;
}

/** The core's client. Arguments and answers are JSON text. */
export interface Core {
  readonly baseUrl: string;
  readonly keyFingerprint: string;
  withOptions(options: string): Core;
  call(operation: string, args: string, options: string | undefined, cancel: Cancel | undefined): Promise<string>;
  list(operation: string, args: string, options: string | undefined, cancel: Cancel | undefined): List;
  request(request: string, options: string | undefined, cancel: Cancel | undefined): Promise<string>;
}

/** A list of which nothing was fetched yet. */
export interface List {
  page(): Promise<string>;
  items(): Items;
}

/** The rows of a list: batches as JSON arrays, an empty one at the end. */
export interface Items {
  next(): Promise<string>;
  report(): string;
  close(): void;
}

/** A running emulator. */
export interface NativeEmulator {
  readonly url: string;
  readonly apiKey: string;
  fault(fault: string): void;
  requests(): string;
  clearRequests(): void;
  reset(): void;
  close(): void;
}

interface Native {
  readonly Cancel: new () => Cancel;
  readonly Core: new (settings: string) => Core;
  readonly Emulator: new (settings: string) => NativeEmulator;
  emulate(args: string[]): number;
  version(): string;
}

/** Whether this is a Linux whose C library is musl. */
function isMusl(): boolean {
  // The report would look up the host's names, too, which takes long.
  const report: unknown = process.report?.getReport?.();
  if (typeof report === "object" && report !== null && "header" in report) {
    const header = report.header as { glibcVersionRuntime?: string };
    return !header.glibcVersionRuntime;
  }
  return existsSync("/etc/alpine-release");
}

/** What the platform is called in the names of packages. */
function platform(): string {
  const { arch, platform } = process;
  if (platform === "linux") return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
  if (platform === "win32") return `win32-${arch}-msvc`;
  return `${platform}-${arch}`;
}

/** The platforms that there are packages for. */
const PLATFORMS: ReadonlySet<string> = new Set([
  "darwin-arm64",
  "darwin-x64",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "linux-x64-gnu",
  "linux-x64-musl",
  "win32-x64-msvc",
]);

function load(): Native {
  const name = platform();
  const wanted = `devin-v2-${name}`;
  const beside = join(__dirname, `${wanted}.node`);
  let cause: unknown;
  try {
    const native = require(existsSync(beside) ? beside : wanted) as Native;
    const { version } = require("../package.json") as { version: string };
    if (native.version() === version) return native;
    cause = new Error(`${wanted} is of version ${native.version()}, devin-v2 of ${version}`);
  } catch (error) {
    cause = error;
  }
  const remedy = PLATFORMS.has(name)
    ? `It is an optional dependency: install again without --no-optional or --omit=optional, without a lock file or node_modules that came from another platform, or add it by itself: npm install ${wanted}`
    : `There is no such package: devin-v2 is built for ${[...PLATFORMS].join(", ")}.`;
  throw new Error(`devin-v2 can't load the package ${wanted}, which holds its native code for this platform. ${remedy}`, {
    cause,
  });
}

export const native: Native = load();
