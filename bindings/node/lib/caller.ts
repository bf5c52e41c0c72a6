// Between the generated methods and the native half: arguments out, answers in, signals.

import { APIUserAbortError, fromNative, RefusedError } from "./errors.js";
import { Listing, Rows, type BadRow } from "./listing.js";
import { native, type Cancel, type Core } from "./native.js";

/** What a single call may have of its own. */
export interface RequestOptions {
  /** Ends the call: before it was sent, while it is under way, or while it waits to try again. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that the call may take in all, with all attempts and the waits between them. */
  timeout?: number | undefined;
  /** Milliseconds that one attempt may take. */
  attemptTimeout?: number | undefined;
  /** How often the call is tried again if that is safe and may help. */
  maxRetries?: number | undefined;
  /** Whether a row that does not fit its type fails the call instead of being kept beside the others. */
  strict?: boolean | undefined;
}

/** Mends what the service left out. */
export type Fill<T> = (value: T) => void;

/** The options that the native half takes, as JSON. */
function written(options: RequestOptions | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { signal: _, ...others } = options;
  for (const _ in others) return JSON.stringify(others);
  return undefined;
}

/** Where a value holds what JSON has no word for: a number or date that is none, or half of a surrogate pair. */
function unspeakable(value: unknown, at = ""): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : at;
  if (typeof value === "string") return /\p{Surrogate}/u.test(value) ? at : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? at : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = unspeakable(inner, Array.isArray(value) ? `${at}[${name}]` : at === "" ? name : `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Arguments as JSON. `NaN` would become null, which is a value of its own: "no limit", for one. */
function spoken(operation: string, args: object, text = JSON.stringify(args)): string {
  const field = text.includes("null") || text.includes("\\ud") ? unspeakable(args) : undefined;
  if (field === undefined) return text;
  const hint = "Pass one that is finite and valid.";
  throw new RefusedError(`${operation}: ${field} is not a number, date or text that can be sent. ${hint}`, {
    kind: "refused",
    operation,
    field,
    hint,
  });
}

/** The calls of one signal. They share a listener: Node warns of a leak where a signal has more than ten. */
class Watch {
  static readonly #all = new WeakMap<AbortSignal, Watch>();
  readonly cancel: Cancel = new native.Cancel();
  readonly #signal: AbortSignal;
  readonly #abort = () => this.cancel.cancel();
  #calls = 0;

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  static of(signal: AbortSignal): Watch {
    const known = Watch.#all.get(signal);
    if (known) return known;
    const made = new Watch(signal);
    Watch.#all.set(signal, made);
    return made;
  }

  enter(): void {
    if (this.#calls++ === 0) this.#signal.addEventListener("abort", this.#abort, { once: true });
  }

  leave(): void {
    if (--this.#calls === 0) this.#signal.removeEventListener("abort", this.#abort);
  }
}

/** Runs `work` until it is done or `signal` is aborted. Nothing is left behind at the signal. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  work: (cancel: Cancel | undefined) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) {
    throw new APIUserAbortError("the call was aborted before it was sent", { kind: "cancelled", cause: signal.reason });
  }
  const watch = signal && Watch.of(signal);
  watch?.enter();
  try {
    return await work(watch?.cancel);
  } catch (error) {
    throw fromNative(error, signal?.reason);
  } finally {
    watch?.leave();
  }
}

/** Makes the calls of a client's resources. */
export class Caller {
  readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  /** A call that answers with one value. */
  call<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Promise<T> {
    return this.#answer(operation, args, options, (text) => {
      const value = JSON.parse(text) as T;
      fill?.(value);
      return value;
    });
  }

  /** A call that answers with a bare array. */
  rows<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Promise<Rows<T>> {
    return this.#answer(operation, args, options, (text) => {
      const { rows, badRows } = JSON.parse(text) as { rows: T[]; badRows: BadRow[] };
      if (fill) rows.forEach(fill);
      return Rows.of_(rows, badRows);
    });
  }

  /** A paged list. */
  list<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Listing<T> {
    const given = JSON.stringify(args);
    const own = written(options);
    const start = (cancel: Cancel | undefined) =>
      this.core.list(operation, spoken(operation, args, given), own, cancel);
    return new Listing(start, options?.signal, fill);
  }

  /** A request of the caller's own making. */
  async request(request: object, options?: RequestOptions): Promise<string> {
    const given = spoken("request", request);
    return abortable(options?.signal, async (cancel) => this.core.request(given, written(options), cancel));
  }

  /** One async function for all of it: what most calls cost here is the promises on the way. */
  async #answer<T>(
    operation: string,
    args: object,
    options: RequestOptions | undefined,
    read: (text: string) => T,
  ): Promise<T> {
    const given = spoken(operation, args);
    const signal = options?.signal;
    let text: string;
    if (signal === undefined) {
      try {
        text = await this.core.call(operation, given, written(options), undefined);
      } catch (error) {
        throw fromNative(error);
      }
    } else {
      text = await abortable(signal, (cancel) => this.core.call(operation, given, written(options), cancel));
    }
    return read(text);
  }
}
