import { Caller, type RequestOptions } from "./caller.js";
import { fromNative } from "./errors.js";
import { Resources } from "./generated/resources.js";
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

/** A request of one's own. */
export interface OwnRequest {
  /** Query parameters; of a list, each value is sent, and what is `undefined` is left out. */
  query?: Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined> | undefined;
  /** The body, sent as JSON. */
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
}

/** `inspect.custom` of `node:util`, whose types not everyone has. */
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Errors of `make` lead to the line that called `entry`. */
function guarded<T>(entry: Function, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const made = fromNative(error);
    Error.captureStackTrace?.(made, entry);
    throw made;
  }
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
      handed !== undefined ? handed : guarded(Client, () => new native.Core(JSON.stringify(options)));
    handed = undefined;
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
    const core = guarded(this.withOptions, () => this.#core.withOptions(JSON.stringify(options)));
    handed = core;
    try {
      return new Client();
    } finally {
      handed = undefined;
    }
  }

  /**
   * Sends a request of your own, for what this version does not know. The guards, limits and retries are those of all
   * calls.
   */
  async request(
    method: string,
    path: string,
    { query, body, confirm }: OwnRequest = {},
    options?: RequestOptions,
  ): Promise<OwnResponse> {
    const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]),
    );
    const text = await this.#caller.request({ method, path, query: pairs, body, confirm }, options);
    const { headers, ...answer } = JSON.parse(text) as Omit<OwnResponse, "headers"> & { headers: [string, string][] };
    return { ...answer, headers: new Headers(headers) };
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
let handed: Core | undefined;
