/**
 * A Devin v2 Enterprise API server inside of your process, for your tests: no account, no key, no network.
 *
 * ```ts
 * import { startEmulator } from "devin-v2/testing";
 *
 * await using emulator = await startEmulator({ seed: 7, members: 120 });
 * const client = emulator.client();
 * emulator.fault({ kind: "status", status: 503, path: "/v2/enterprise/members" });
 * console.log((await client.members.list().collect()).length); // 120: tried again
 * ```
 *
 * @module
 */

import { Client, type ClientOptions } from "./client.js";
import { ConfigError, misconfigured } from "./errors.js";
import { checkNames, entries, writeMembers } from "./json.js";
import { native, type NativeEmulator } from "./native-emulator.js";

/** What an emulator starts with. Everything may be left out. */
export interface EmulatorOptions {
  /** Everything random follows from it (7). */
  seed?: number | undefined;
  /** 1 to 10,000 (3). */
  organizations?: number | undefined;
  /** 1 to 100,000 (120). */
  members?: number | undefined;
  /** 0 to 10,000,000, over the 90 days before `now` (1,000). */
  sessions?: number | undefined;
  /** The initial personal key, `apk_user_…`; made from the seed if left out. */
  apiKey?: string | undefined;
  /** The emulator's clock, which stands still (`2026-03-01T12:00:00Z`). */
  now?: string | Date | undefined;
  /** The address to listen on (127.0.0.1). */
  host?: string | undefined;
  /** The port; 0 lets the system choose one (0). */
  port?: number | undefined;
}

/** What a fault does, and to which requests. */
export interface Fault {
  /**
   * What happens: `status` (`status`, `headers`, `body`, `body_text`), `cut_body` (`after`), `reset`, `malformed_json`,
   * `html` (`status`), `unknown_enum` (`field`, `value`), `extra_field` (`name`, `value`), `null_field` (`name`),
   * `remove_field` (`name`), `replace_field` (`name`, `value`), `redirect` (`status`, `location`), `invalid_utf8`,
   * `empty_body`, `content_type` (`value`), or `none`: only the delay. Those on fields take `row`, to meet only one, and
   * `envelope`, to meet the list around them.
   */
  kind?: string | undefined;
  /** The method to meet; every method if left out. */
  method?: string | undefined;
  /** The path to meet, as sent; `*` meets one segment, a last `**` the rest. */
  path?: string | undefined;
  /** Query parameters that must be there. */
  query?: Record<string, string> | undefined;
  /** How many requests that match are let through first (0). */
  skip?: number | undefined;
  /** How many it meets after that (1); `null` for all. */
  times?: number | null | undefined;
  /** Milliseconds to wait before the request is handled (0). */
  delay?: number | undefined;
  /** Whether the request takes effect before the fault does; left out, as the effect needs it. */
  execute?: boolean | undefined;
  /** What the kind takes, as above. */
  [effect: string]: unknown;
}

/** A request that arrived, as it was sent. */
export interface ArrivedRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The path as sent: not decoded. */
  readonly path: string;
  /** The query as sent, without the question mark; `null` if there was none. */
  readonly query: string | null;
  /** The headers by lower-case name. Of `authorization` only the kind of the key is kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, at most its first 64 KiB. */
  readonly body: string;
  /** The status that it was answered with; missing as long as it has no answer, and if it never got one. */
  readonly status?: number;
}

const SETTINGS = [
  "seed",
  "organizations",
  "members",
  "sessions",
  "apiKey",
  "now",
  "host",
  "port",
] satisfies (keyof EmulatorOptions)[];

/** What of a fault says which requests it meets, and when. */
const MATCHER = ["method", "path", "query", "skip", "times", "delay", "execute"];

/** Delays are whole there, and their name says their unit. */
function inMilliseconds(name: string, value: unknown): [string, unknown] {
  if (name !== "delay") return [name, value];
  return ["delay_ms", typeof value === "number" ? Math.round(value) : value];
}

/** The native half gives text in place of nothing if something is wrong. */
function done(problem: string | null | undefined): void {
  if (typeof problem === "string") throw new ConfigError(problem, { kind: "config" });
}

/** Those that were not closed: one that only its clients know of runs on. */
const running = new Set<NativeEmulator>();

/**
 * A whole enterprise in memory that behaves like the service: all operations, the same data for the same seed, changes
 * that show up in lists and in the audit log. It runs until it is closed, or the process ends.
 */
export class Emulator implements AsyncDisposable, Disposable {
  readonly #native: NativeEmulator;

  /** @internal */
  constructor(options: EmulatorOptions) {
    const settings = entries(options, "", misconfigured);
    checkNames(settings, SETTINGS, "an option of emulators", misconfigured);
    const started = native.Emulator.start(`{${writeMembers(settings, "", misconfigured).join(",")}}`);
    if (typeof started === "string") throw new ConfigError(started, { kind: "config" });
    this.#native = started;
    running.add(this.#native);
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    return this.#native.url;
  }

  /** The personal key of an enterprise admin, valid until it is revoked. */
  get apiKey(): string {
    return this.#native.apiKey;
  }

  /** The requests that arrived since the start or `clearRequests()` (the last 10,000), oldest first. */
  get requests(): ArrivedRequest[] {
    const requests = this.#native.requests();
    if (requests === null) throw new ConfigError("the emulator was closed", { kind: "config" });
    return JSON.parse(requests) as ArrivedRequest[];
  }

  /** A client of this emulator. */
  client(options: ClientOptions = {}): Client {
    const mine = [["baseUrl", this.url], ["apiKey", this.apiKey], ...entries(options, "", misconfigured)];
    return new Client(Object.fromEntries(mine) as ClientOptions);
  }

  /** Scripts a fault. Of several that match a request, the one added first counts. */
  fault(fault: Fault): void {
    const given = entries(fault, "", misconfigured).filter(([, value]) => value !== undefined);
    const matcher = given.filter(([name]) => MATCHER.includes(name)).map(([name, value]) => inMilliseconds(name, value));
    const effect = [["kind", "none"], ...given.filter(([name]) => !MATCHER.includes(name))] as [string, unknown][];
    const text = writeMembers([...matcher, ["effect", Object.fromEntries(effect)]], "", misconfigured);
    done(this.#native.fault(`{${text.join(",")}}`));
  }

  /** Forgets the requests that arrived. */
  clearRequests(): void {
    done(this.#native.clearRequests());
  }

  /** Back to the seed: state, faults and remembered requests. */
  reset(): void {
    done(this.#native.reset());
  }

  /** Stops it. */
  close(): void {
    running.delete(this.#native);
    this.#native.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/** Starts an emulator in this process. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return new Emulator(options);
}
