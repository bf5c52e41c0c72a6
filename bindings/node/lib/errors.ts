/** What calls reject with: everything is a `DevinError`. */

import type { Rows } from "./listing.js";

/** What is known about a failure beside its message. */
export interface Failure {
  readonly kind?: string;
  readonly operation?: string | null;
  readonly field?: string | null;
  readonly status?: number | null;
  readonly requestId?: string | null;
  readonly attempts?: number;
  readonly waited?: number;
  readonly retryAfter?: number | null;
  readonly detail?: string | null;
  readonly hint?: string | null;
  readonly body?: string | null;
  readonly cause?: unknown;
}

let keep: (error: object, partial: Rows<unknown>) => void;

/**
 * Why a call failed. Base of all errors of this package.
 *
 * The message is one line that says what happened and what to do; it never holds the key.
 */
export class DevinError extends Error {
  /** The kind's stable name, such as `rate_limited`: the same in every language of this SDK. */
  readonly kind: string;
  /** The operation's stable name, such as `api_keys.revoke`, where one is involved: the same in every language, too. */
  readonly operation: string | undefined;
  /** The argument or setting that is the reason, if one is. */
  readonly field: string | undefined;
  /** The status of the answer, if there was one. */
  readonly status: number | undefined;
  /** The id of the request, for support to find it by; `undefined` if nothing was sent. */
  readonly requestId: string | undefined;
  /** How often the request was sent; 0 if it never was. */
  readonly attempts: number;
  /** Milliseconds that the call waited between its attempts, all together. */
  readonly waited: number;
  /** Milliseconds that the service asked to wait before another attempt (`Retry-After`). */
  readonly retryAfter: number | undefined;
  /** What the service said about it, shortened, without keys. */
  readonly detail: string | undefined;
  /** What to do about it, where that is known. */
  readonly hint: string | undefined;
  // Out of reach of whatever shows an error's fields, hidden ones included.
  readonly #body: string | undefined;
  #partial: Rows<unknown> | undefined;

  /** Errors are made by the SDK. */
  constructor(message: string, failure: Failure = {}) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.kind = failure.kind ?? "";
    this.operation = failure.operation ?? undefined;
    this.field = failure.field ?? undefined;
    this.status = failure.status ?? undefined;
    this.requestId = failure.requestId ?? undefined;
    this.attempts = failure.attempts ?? 0;
    this.waited = failure.waited ?? 0;
    this.retryAfter = failure.retryAfter ?? undefined;
    this.detail = failure.detail ?? undefined;
    this.hint = failure.hint ?? undefined;
    this.#body = failure.body ?? undefined;
  }

  /** The body of the answer. It may hold personal data, and keys: keep it out of logs. It is not listed or inspected. */
  get body(): string | undefined {
    return this.#body;
  }

  /** What `collect()` had read before it failed, with a report and the place to `resume` from. It is not listed either. */
  get partial(): Rows<unknown> | undefined {
    return this.#partial;
  }

  /** Name, message and fields, for logs and other threads; neither body nor rows nor cause. */
  toJSON(): Record<string, unknown> {
    // Its own fields are those that are listed.
    return Object.fromEntries([["name", this.name], ["message", this.message], ...Object.entries(this)]);
  }

  static {
    keep = (error, partial) => {
      if (#partial in error) error.#partial = partial;
    };
    // As with JavaScript's own errors, it belongs to the class and is not listed with the fields.
    named(this, "DevinError");
  }
}

function named(of: { readonly prototype: object }, name: string): void {
  Object.defineProperty(of.prototype, "name", { value: name, configurable: true, writable: true });
}

/** The client cannot be made from these settings. */
export class ConfigError extends DevinError {
  static {
    named(this, "ConfigError");
  }
}

/**
 * The call was refused before anything was sent: an id that would lead elsewhere, a limit out of bounds, a missing
 * confirmation, a redirect that may not be followed. Nothing was changed.
 */
export class RefusedError extends DevinError {
  static {
    named(this, "RefusedError");
  }
}

/** No connection could be made, or it broke before the answer was complete. */
export class APIConnectionError extends DevinError {
  static {
    named(this, "APIConnectionError");
  }
}

/** The attempt or the whole call took longer than allowed, or the service said so itself (408). */
export class APITimeoutError extends APIConnectionError {
  static {
    named(this, "APITimeoutError");
  }
}

/** The call's signal was aborted; `cause` is the signal's reason. */
export class APIUserAbortError extends DevinError {
  static {
    named(this, "APIUserAbortError");
  }
}

/** The service answered with an error. */
export class APIStatusError extends DevinError {
  declare readonly status: number;

  static {
    named(this, "APIStatusError");
  }
}

/** The service did not accept the request (400 and 4xx that have no class of their own). */
export class BadRequestError extends APIStatusError {
  static {
    named(this, "BadRequestError");
  }
}

/** The key is missing, invalid or used from an address that is not allowed (401). */
export class AuthenticationError extends APIStatusError {
  static {
    named(this, "AuthenticationError");
  }
}

/** The key is not allowed to do this (403). */
export class PermissionDeniedError extends APIStatusError {
  static {
    named(this, "PermissionDeniedError");
  }
}

/** There is no such thing (404, 410). */
export class NotFoundError extends APIStatusError {
  static {
    named(this, "NotFoundError");
  }
}

/** What was asked for clashes with the state of the service (409). */
export class ConflictError extends APIStatusError {
  static {
    named(this, "ConflictError");
  }
}

/** The service found fields of the request invalid (422); `detail` names them. */
export class UnprocessableEntityError extends APIStatusError {
  static {
    named(this, "UnprocessableEntityError");
  }
}

/** Too many requests (429), and the retries did not help; `retryAfter` says how long to wait. */
export class RateLimitError extends APIStatusError {
  static {
    named(this, "RateLimitError");
  }
}

/** The service failed (5xx), and the retries did not help. */
export class InternalServerError extends APIStatusError {
  static {
    named(this, "InternalServerError");
  }
}

/** The answer could not be read as what the document promises. `body` has all of it. */
export class APIResponseValidationError extends DevinError {
  static {
    named(this, "APIResponseValidationError");
  }
}

/** The pages of a list contradict each other, so that going on would lose rows or never end. */
export class PagingError extends DevinError {
  static {
    named(this, "PagingError");
  }
}

const KINDS: Readonly<Record<string, new (message: string, failure: Failure) => DevinError>> = {
  config: ConfigError,
  refused: RefusedError,
  connect: APIConnectionError,
  timeout: APITimeoutError,
  cancelled: APIUserAbortError,
  authentication: AuthenticationError,
  permission: PermissionDeniedError,
  not_found: NotFoundError,
  conflict: ConflictError,
  validation: BadRequestError,
  rate_limited: RateLimitError,
  server: InternalServerError,
  decode: APIResponseValidationError,
  paging: PagingError,
};

/** A failure as the native half hands it over: as a value, since its exceptions may be of another realm. */
export interface NativeFailure extends Failure {
  readonly message: string;
  readonly causes: readonly string[];
}

/** What the native half hands over: a value, or a list of the one failure. */
export type Handed<T> = T | readonly [NativeFailure];

/** The value that the native half handed over. A failure is thrown; `reason` is that of the call's signal. */
export function handed<T>(given: Handed<T>, reason?: unknown): T {
  // No value of it is a list.
  if (Array.isArray(given)) throw failed(given[0] as NativeFailure, reason);
  return given as T;
}

function failed(failure: NativeFailure, reason: unknown): DevinError {
  let Kind = KINDS[failure.kind ?? ""] ?? DevinError;
  if (Kind === BadRequestError && failure.status === 422) Kind = UnprocessableEntityError;
  let cause: unknown;
  for (const message of [...failure.causes].reverse()) {
    cause = new Error(message, cause === undefined ? undefined : { cause });
  }
  if (failure.kind === "cancelled") cause = reason;
  const { message, ...others } = inJavaScript(failure);
  return new Kind(message, { ...others, cause });
}

const SETTINGS =
  /\b(?:allow_insecure_http|api_key|attempt_timeout|base_url|ca_certificate|connect_timeout|max_(?:body_bytes|concurrency|retries|retry_after)|retry_base_delay|user_agent_suffix)\b/g;

/** A name of the core as it is here. */
function camelCase(name: string): string {
  return name.replace(/_./g, ([, letter]: string) => letter!.toUpperCase());
}

/** What the core says, by the names that things have here. */
function inJavaScript(failure: NativeFailure): NativeFailure {
  const { kind, operation, message, field, hint } = failure;
  const named = (text: string) => text.replace(SETTINGS, camelCase);
  const advice = hint ? named(hint) : hint;
  let text = message;
  if (operation && text.startsWith(`${operation}: `)) text = camelCase(operation) + text.slice(operation.length);
  // The service's own names, which others may tell of, stay as they are.
  text = kind === "config" || kind === "timeout" ? named(text) : text.replace(hint || "", () => advice ?? "");
  return { ...failure, message: text, field: field && kind === "config" ? named(field) : field, hint: advice };
}

/** A name that a caller chose, without the key that it may hold by mistake. */
export function redacted(name: string): string {
  return name.replace(/(apk_user_|apk_|cog_)[-\w+/=.~%|]+/gi, "$1…");
}

/** The error for an argument that is not sent. */
export function refusal(operation: string): (field: string, problem: string, hint: string) => RefusedError {
  return (field, problem, hint) => {
    const at = redacted(field);
    const message = `${camelCase(operation)}: ${at || "the argument"} ${problem}. ${hint}`;
    return new RefusedError(message, { kind: "refused", operation, field: at || null, hint });
  };
}

/** The error for a setting or option that can't be used. */
export function misconfigured(field: string, problem: string, hint: string): ConfigError {
  const at = redacted(field);
  return new ConfigError(`${at || "the options"} ${problem}. ${hint}`, { kind: "config", field: at || null, hint });
}

/** Puts what had been read into the error that ended the reading. */
export function withPartial(error: unknown, partial: Rows<unknown>): unknown {
  if (typeof error === "object" && error !== null) keep(error, partial);
  return error;
}
