// Finds and loads the native half: one package per platform, of which npm installs the one that fits.

import { closeSync, existsSync, openSync, readSync } from "node:fs";
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
  /** Gives what there is to say of a page. `early` gets its text before: see `Listing.page`. */
  page(early: (text: string) => void): Promise<string>;
  items(): Items;
}

/** The rows of a list: batches as JSON arrays, an empty one at the end. */
export interface Items {
  next(): Promise<string>;
  report(): string;
  close(): void;
}

interface Native {
  readonly Cancel: new () => Cancel;
  readonly Core: new (settings: string) => Core;
  version(): string;
  /** The date of the billing day that many days after that of a date. */
  billingDay(date: string, days: number): string;
  billingDayContaining(time: string): string;
  /** Milliseconds since 1970. */
  billingDayStart(date: string): number;
  /** The dates of the first and the last day. */
  billingDays(given: string): [string, string];
}

/** The start of the running program's file, which names the loader of its C library. */
function programStart(): string {
  try {
    const file = openSync(process.execPath, "r");
    try {
      const start = Buffer.alloc(2048);
      return start.toString("latin1", 0, readSync(file, start, 0, start.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}

/** Whether this is a Linux whose C library is musl. */
function isMusl(): boolean {
  const start = programStart();
  if (start.includes("/ld-musl-")) return true;
  if (start.includes("/ld-linux")) return false;
  // Asked last: the report takes a third of the time of loading all this, and looks up the names of connected hosts.
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

/** Loads a file of the platform's package. `suffix` is that of its name. */
export function load<T extends { version(): string }>(suffix: string): T {
  const wanted = `devin-v2-${platform()}`;
  const about = require("../package.json") as { version: string; optionalDependencies?: Record<string, string> };
  const packages = Object.keys(about.optionalDependencies ?? {});
  const beside = join(__dirname, `${wanted}${suffix}.node`);
  let cause: unknown;
  try {
    const native = require(existsSync(beside) ? beside : `${wanted}/${wanted}${suffix}.node`) as T;
    if (native.version() === about.version) return native;
    cause = new Error(`${wanted} is of version ${native.version()}, devin-v2 of ${about.version}`);
  } catch (error) {
    cause = error;
  }
  const remedy = packages.includes(wanted)
    ? `It is an optional dependency: install again without --no-optional or --omit=optional, without a lock file or node_modules that came from another platform, or add it by itself: npm install ${wanted}`
    : `There is no such package: those that are: ${packages.join(", ")}.`;
  throw new Error(`devin-v2 can't load the package ${wanted}, which holds its native code for this platform. ${remedy}`, {
    cause,
  });
}

export const native: Native = load("");
