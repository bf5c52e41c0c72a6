// Between the generated methods and the native half: arguments out, answers in, signals.

import { APIUserAbortError, fromNative } from "./errors.js";
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

/** Runs `work` until it is done or `signal` is aborted. Nothing is left behind at the signal. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  cancel: Cancel | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) {
    throw new APIUserAbortError("the call was aborted before it was sent", { kind: "cancelled", cause: signal.reason });
  }
  const abort = () => cancel?.cancel();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await work();
  } catch (error) {
    throw fromNative(error, signal?.reason);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Makes the calls of a client's resources. */
export class Caller {
  readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  /** A call that answers with one value. */
  async call<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Promise<T> {
    const text = await this.#text(operation, args, options);
    const value = JSON.parse(text) as T;
    fill?.(value);
    return value;
  }

  /** A call that answers with a bare array. */
  async rows<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Promise<Rows<T>> {
    const text = await this.#text(operation, args, options);
    const { rows, badRows } = JSON.parse(text) as { rows: T[]; badRows: BadRow[] };
    if (fill) rows.forEach(fill);
    return Rows.of_(rows, badRows);
  }

  /** A paged list. */
  list<T>(operation: string, args: object, options?: RequestOptions, fill?: Fill<T>): Listing<T> {
    const given = JSON.stringify(args);
    const own = written(options);
    return new Listing((cancel) => this.core.list(operation, given, own, cancel), options?.signal, fill);
  }

  /** A request of the caller's own making. */
  async request(request: object, options?: RequestOptions): Promise<string> {
    const signal = options?.signal;
    const cancel = signal && new native.Cancel();
    return abortable(signal, cancel, async () =>
      this.core.request(JSON.stringify(request), written(options), cancel),
    );
  }

  async #text(operation: string, args: object, options: RequestOptions | undefined): Promise<string> {
    const signal = options?.signal;
    if (signal === undefined) {
      try {
        return await this.core.call(operation, JSON.stringify(args), written(options), undefined);
      } catch (error) {
        throw fromNative(error);
      }
    }
    const cancel = new native.Cancel();
    return abortable(signal, cancel, async () =>
      this.core.call(operation, JSON.stringify(args), written(options), cancel),
    );
  }
}
