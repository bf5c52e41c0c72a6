// Between the generated methods and the native half: arguments out, answers in, signals.

import { APIUserAbortError, handed, misconfigured, refusal, type Handed } from "./errors.js";
import { checkNames, entries, kindOf, read, writeMembers, type Text } from "./json.js";
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

/** The options that can be those of a client, too. */
const OPTIONS = ["timeout", "attemptTimeout", "maxRetries", "strict"] satisfies (keyof RequestOptions)[];
export const CALL_OPTIONS: readonly string[] = ["signal", ...OPTIONS];

/** Options for the native half. */
export function writeOptions(options: unknown): string {
  const members = entries(options, "", misconfigured);
  checkNames(members, OPTIONS, "an option of calls", misconfigured);
  return `{${writeMembers(members, "", misconfigured).join(",")}}`;
}

/** A call's options: the signal, and the rest for the native half. */
function split(options: RequestOptions | undefined): { signal?: AbortSignal | undefined; others?: string } {
  if (options === undefined) return {};
  const members = entries(options, "", misconfigured);
  checkNames(members, CALL_OPTIONS, "an option of calls", misconfigured);
  const others = members.filter(([name]) => name !== "signal");
  const signal: unknown = members.find(([name]) => name === "signal")?.[1];
  if (signal !== undefined && !isSignal(signal)) {
    const hint = kindOf(signal) === "an AbortController" ? "Pass its signal: controller.signal." : "Pass controller.signal.";
    throw misconfigured("signal", `must be an AbortSignal (got ${kindOf(signal)})`, hint);
  }
  return others.length > 0
    ? { signal, others: `{${writeMembers(others, "", misconfigured).join(",")}}` }
    : { signal };
}

/** Whether a value does what a signal does, of whatever realm or library. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== "object" || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === "boolean" && typeof addEventListener === "function" && typeof removeEventListener === "function"
  );
}

/** The arguments of an operation: those by position, `ids`, and those by name. */
function writeArguments(operation: string, ids: object, params: unknown): string {
  const refuse = refusal(operation);
  const named = params === undefined ? [] : entries(params, "", refuse);
  const twice = named.find(([name, value]) => value !== undefined && Object.hasOwn(ids, name));
  if (twice) throw refuse(twice[0], "is given twice", "Leave it out of the object: it is an argument of its own.");
  return `{${writeMembers([...named, ...Object.entries(ids)], "", refuse).join(",")}}`;
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
  work: (cancel: Cancel | undefined) => Handed<T> | Promise<Handed<T>>,
): Promise<T> {
  if (signal === undefined) return handed(await work(undefined));
  if (signal.aborted) {
    throw new APIUserAbortError("the call was aborted before it was sent", { kind: "cancelled", cause: signal.reason });
  }
  const watch = Watch.of(signal);
  watch.enter();
  try {
    return handed(await work(watch.cancel), signal.reason);
  } finally {
    watch.leave();
  }
}

/** Makes the calls of a client's resources. */
export class Caller {
  readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  /** A call that answers with one value. */
  call<T>(operation: string, ids: object, params: unknown, options?: RequestOptions, fill?: Fill<T>): Promise<T> {
    return this.#answer(operation, ids, params, options, (text) => {
      const value = read(text) as T;
      fill?.(value);
      return value;
    });
  }

  /** A call that answers with a bare array. */
  rows<T>(operation: string, ids: object, params: unknown, options?: RequestOptions, fill?: Fill<T>): Promise<Rows<T>> {
    return this.#answer(operation, ids, params, options, (text) => {
      const { rows, badRows } = read(text) as { rows: T[]; badRows: BadRow[] };
      if (fill) rows.forEach(fill);
      return Rows.of_(rows, badRows);
    });
  }

  /** A paged list. Errors in its arguments are reported when it is read. */
  list<T>(operation: string, ids: object, params: unknown, options?: RequestOptions, fill?: Fill<T>): Listing<T> {
    try {
      const given = writeArguments(operation, ids, params);
      const { signal, others } = split(options);
      return new Listing((cancel) => this.core.list(operation, given, others, cancel), signal, fill);
    } catch (error) {
      return new Listing<T>(() => {
        throw error;
      });
    }
  }

  /** A request to a path outside the document. */
  async request(request: object, options?: RequestOptions): Promise<Text> {
    const { signal, others } = split(options);
    const given = JSON.stringify(request);
    return abortable(signal, (cancel) => this.core.request(given, others, cancel));
  }

  /** One async function for all of it: what most calls cost here is the promises on the way. */
  async #answer<T>(
    operation: string,
    ids: object,
    params: unknown,
    options: RequestOptions | undefined,
    parse: (text: Text) => T,
  ): Promise<T> {
    const given = writeArguments(operation, ids, params);
    const { signal, others } = split(options);
    return parse(
      signal === undefined
        ? handed(await this.core.call(operation, given, others, undefined))
        : await abortable(signal, (cancel) => this.core.call(operation, given, others, cancel)),
    );
  }
}
