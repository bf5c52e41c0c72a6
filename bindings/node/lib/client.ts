import { CALL_OPTIONS, Caller, writeOptions, type RequestOptions } from "./caller.js";
import { handed, misconfigured, refusal } from "./errors.js";
import { Resources } from "./generated/resources.js";
import { checkNames, entries, kindOf, read, readExactly, write, writeMembers } from "./json.js";
import { native, type Core } from "./native.js";

/** What a client is made of. Everything may be left out. */
export interface ClientOptions {
  /** The key, `apk_user_…`. Otherwise it is taken from the environment: `DEVIN_V2_API_KEY`, then `DEVIN_API_KEY`. */
  apiKey?: string | undefined;
  /** The service's address; otherwise `DEVIN_V2_BASE_URL`, then `DEVIN_BASE_URL`, then the public one. */
  baseUrl?: string | undefined;
  /** Milliseconds that a call may take in all, with all attempts and the waits between them. */
  timeout?: number | undefined;
  /** Milliseconds that one attempt may take. */
  attemptTimeout?: number | undefined;
  /** Milliseconds that making a connection may take. */
  connectTimeout?: number | undefined;
  /** How often a call is tried again if that is safe and may help. */
  maxRetries?: number | undefined;
  /** Milliseconds before the first further attempt, at most; they double with each. */
  retryBaseDelay?: number | undefined;
  /** The longest `Retry-After` that is waited for, in milliseconds. */
  maxRetryAfter?: number | undefined;
  /** Requests under way at the same time. */
  maxConcurrency?: number | undefined;
  /** Pages of a list that are fetched ahead. */
  prefetch?: number | undefined;
  /** The largest answer, in bytes. */
  maxBodyBytes?: number | undefined;
  /** Whether a row that does not fit its type fails the call instead of being kept beside the others. */
  strict?: boolean | undefined;
  /** Certificates (PEM) of authorities to trust beside the usual ones. */
  caCertificate?: string | undefined;
  /** The proxy's URL; `false` for none. Otherwise those of the environment are used. */
  proxy?: string | false | undefined;
  /** Allows plain HTTP to other machines. The key can be read on the way. */
  allowInsecureHttp?: boolean | undefined;
  /** Put behind the SDK's own name in `User-Agent`. */
  userAgentSuffix?: string | undefined;
}

const SETTINGS = [
  "apiKey",
  "baseUrl",
  "timeout",
  "attemptTimeout",
  "connectTimeout",
  "maxRetries",
  "retryBaseDelay",
  "maxRetryAfter",
  "maxConcurrency",
  "prefetch",
  "maxBodyBytes",
  "strict",
  "caCertificate",
  "proxy",
  "allowInsecureHttp",
  "userAgentSuffix",
] satisfies (keyof ClientOptions)[];

/** All variables that the core reads. The process's own are not those of a worker that was given others. */
const VARIABLES = [
  "DEVIN_V2_API_KEY",
  "DEVIN_API_KEY",
  "DEVIN_V2_BASE_URL",
  "DEVIN_BASE_URL",
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
  "REQUEST_METHOD",
];

function environment(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value: unknown = process.env[name];
    if (value !== undefined) found[name] = String(value);
  }
  return found;
}

function writeSettings(options: unknown): string {
  const members = entries(options, "", misconfigured);
  checkNames(members, SETTINGS, "an option of clients", misconfigured);
  return `{${writeMembers(members, "", misconfigured).join(",")}}`;
}

/** A value of a query parameter. */
type QueryValue = string | number | bigint | boolean;

/** A request of one's own. */
export interface OwnRequest {
  /** Query parameters; of a list, each value is sent, and what is `undefined` is left out. */
  query?: Record<string, QueryValue | readonly QueryValue[] | undefined> | undefined;
  /** The body, sent as JSON; a BigInt as an integer of all its digits. */
  body?: unknown;
  /** The phrase that allows an operation that needs one. */
  confirm?: string | undefined;
}

/** The answer to a request of one's own, as it arrived. */
export interface OwnResponse {
  /** The status. */
  readonly status: number;
  /** The headers, by lower-case name. */
  readonly headers: Headers;
  /** The body as text. */
  readonly text: string;
  /** The id of the request, for support to find it by. */
  readonly requestId: string;
  /** How often the request was sent. */
  readonly attempts: number;
  /** Milliseconds that the call took, waits included. */
  readonly elapsed: number;
  /** Parses the body as JSON. Integers beyond 2^53 become BigInt. */
  json<T = unknown>(): T;
}

/** `inspect.custom` of `node:util`, whose types not everyone has. */
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Errors of `make` lead to the line that called `entry`. */
function guarded<T>(entry: Function, make: () => T): T {
  try {
    return make();
  } catch (error) {
    Error.captureStackTrace?.(error as Error, entry);
    throw error;
  }
}

const OWN_REQUEST = ["query", "body", "confirm"] satisfies (keyof OwnRequest)[];
const refuse = refusal("request");

function textOf(value: unknown, name: string): string {
  if (typeof value !== "string") throw refuse(name, `must be a string (got ${kindOf(value)})`, "Pass text.");
  write(value, name, refuse);
  return value;
}

/** The pairs of a query. */
function pairsOf(query: unknown): [string, string][] {
  const text = (value: unknown, at: string) => {
    if (typeof value === "string") return textOf(value, at);
    if (typeof value === "boolean" || typeof value === "bigint" || Number.isFinite(value)) return String(value);
    throw refuse(at, `is ${kindOf(value)}`, "Pass text, a finite number or a boolean, or leave it out.");
  };
  return entries(query, "query", refuse).flatMap(([name, value]): [string, string][] => {
    const at = `query.${name}`;
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [[name, text(value, at)]];
    if (value.length === 0) throw refuse(at, "is an empty array, so that it would not be sent", "Leave it out.");
    return Array.from(value, (one, index) => [name, text(one, `${at}[${index}]`)]);
  });
}

function writeRequest(method: unknown, path: unknown, own: unknown): object {
  const members = entries(own, "", refuse);
  const option = members.find(([name]) => CALL_OPTIONS.includes(name));
  if (option) throw refuse(option[0], "is an option of the call", "Pass options as the fourth argument.");
  checkNames(members, OWN_REQUEST, "a part of a request", refuse);
  const { query, body, confirm } = Object.fromEntries(members);
  return {
    method: textOf(method, "method"),
    path: textOf(path, "path"),
    query: query === undefined ? [] : pairsOf(query),
    body: write(body, "body", refuse),
    confirm: confirm === undefined ? undefined : textOf(confirm, "confirm"),
  };
}

/**
 * A client of the Devin v2 Enterprise API. Its resources are properties: `client.members.list()`.
 *
 * Connections are shared by all calls of a client, and kept for the next ones; make one client and keep it. It needs no
 * closing: connections that are idle don't keep the process alive.
 */
export class Client extends Resources {
  readonly #core: Core;
  readonly #caller: Caller;

  /** A client with these settings, or those of the environment. */
  constructor(options: ClientOptions = {}) {
    const core =
      next ?? guarded(Client, () => handed(native.Core.create(writeSettings(options), environment())));
    next = undefined;
    const caller = new Caller(core);
    super(caller);
    this.#core = core;
    this.#caller = caller;
    for (const name of Object.keys(this)) {
      Object.defineProperty(this, name, { enumerable: false, writable: false });
    }
  }

  /** The service's address. */
  get baseUrl(): string {
    return this.#core.baseUrl;
  }

  /** The same client with other options for its calls; connections are shared. */
  withOptions(options: Omit<RequestOptions, "signal">): Client {
    next = guarded(this.withOptions, () => handed(this.#core.withOptions(writeOptions(options))));
    try {
      return new Client();
    } finally {
      next = undefined;
    }
  }

  /**
   * Sends a request of your own, for what this version does not know. The guards, limits and retries are those of all
   * calls.
   */
  async request(
    method: string,
    path: string,
    request: OwnRequest = {},
    options?: RequestOptions,
  ): Promise<OwnResponse> {
    const answer = read(await this.#caller.request(writeRequest(method, path, request), options));
    const { headers, ...others } = answer as Omit<OwnResponse, "headers" | "json"> & { headers: [string, string][] };
    const json = <T>() => readExactly(others.text) as T;
    return Object.defineProperty({ ...others, headers: new Headers(headers), json }, "json", { enumerable: false });
  }

  /** The address and the key's fingerprint; never the key. */
  toJSON(): { baseUrl: string; key: string } {
    return { baseUrl: this.baseUrl, key: this.#core.keyFingerprint };
  }

  /** As `toJSON`, in one line. */
  override toString(): string {
    return `Client(${this.baseUrl}, ${this.#core.keyFingerprint})`;
  }

  /** @internal What `util.inspect` shows. */
  [INSPECT](): string {
    return this.toString();
  }
}

/** What the next client is made of, if it is another's. */
let next: Core | undefined;
