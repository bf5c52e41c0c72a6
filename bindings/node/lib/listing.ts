import { abortable, type Fill } from "./caller.js";
import { handed, withPartial, type Handed } from "./errors.js";
import { read, type Text } from "./json.js";
import type { Cancel, List } from "./native.js";

/** A row that does not fit its type. The rows around it are not affected. */
export interface BadRow {
  /** Its place among the rows, from 0. */
  readonly index: number;
  /** The row as the service sent it. It may hold personal data. */
  readonly json: string;
  /** Where it does not fit, such as `pull_requests[0].url`. */
  readonly path: string;
  /** Why, without the value. */
  readonly reason: string;
}

/** How far a listing has come, and whether it can be trusted to be whole. */
export interface Report {
  /**
   * Whether every row that the service counts was given exactly once. Where the service gives no total (audit log):
   * whether the listing came to its regular end.
   */
  readonly complete: boolean;
  /** Rows that the service says there are, from where the listing started; `null` if it does not say. */
  readonly expected: number | null;
  /** Different rows seen so far, bad ones included. */
  readonly seen: number;
  /** Rows that came again and were left out. */
  readonly duplicates: number;
  /** Rows that did not fit their type: the first 1,000. */
  readonly badRows: readonly BadRow[];
  /** How many rows did not fit. */
  readonly badRowCount: number;
  /** Pages read so far. */
  readonly pages: number;
  /** Whether the total changed while the pages were read. */
  readonly totalChanged: boolean;
  /**
   * Where to go on: pass it as `resume` with the same filters. `null` once the end was reached. In the middle of a page
   * it can lie before rows that were given: they come again rather than never.
   */
  readonly resume: string | null;
}

const NOTHING: Report = {
  complete: false,
  expected: null,
  seen: 0,
  duplicates: 0,
  badRows: [],
  badRowCount: 0,
  pages: 0,
  totalChanged: false,
  resume: null,
};

/** Rows that have come: an array, and what there is to say about it. */
export class Rows<T> extends Array<T> {
  /** Rows that did not fit their type. */
  declare readonly badRows: readonly BadRow[];
  /** Whether these are all rows of a list, if they were collected. */
  declare readonly report: Report | undefined;

  /** What `map`, `filter` and the like make. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** @internal Makes it of `rows` itself, which are not copied. */
  static of_<T>(rows: T[], badRows: readonly BadRow[], report?: Report): Rows<T> {
    const made = Object.setPrototypeOf(rows, Rows.prototype) as Rows<T>;
    Object.defineProperty(made, "badRows", { value: badRows, enumerable: false });
    Object.defineProperty(made, "report", { value: report, enumerable: false });
    return made;
  }
}

/** What the native half says of a page beside its rows. */
interface About {
  /** The member of the answer that holds its rows. */
  readonly list: string;
  readonly total: number | null;
  readonly skip: number | null;
  readonly limit: number | null;
  readonly hasMore: boolean;
  readonly next: string | null;
  readonly requestId: string;
  readonly badRows: readonly BadRow[];
}

/** One page of a list. */
export class Page<T> implements Iterable<T> {
  /** The rows that fit, in the order of the service. */
  readonly rows: readonly T[];
  /** Those that did not. */
  readonly badRows: readonly BadRow[];
  /** Rows in the whole list; `null` where the service does not say. */
  readonly total: number | null;
  /** Rows before this page; `null` where the service does not say. */
  readonly skip: number | null;
  /** The size of pages that the service went by; `null` where it does not say. */
  readonly limit: number | null;
  /** Whether more rows follow. Where the service does not say (audit log), whether this page held any. */
  readonly hasMore: boolean;
  /** The next page: pass it as `resume`. `null` on the last one. */
  readonly next: string | null;
  /** The id of the request, for support to find it by. */
  readonly requestId: string;

  /** @internal */
  constructor(rows: readonly T[], about: About) {
    this.rows = rows;
    this.badRows = about.badRows;
    this.total = about.total;
    this.skip = about.skip;
    this.limit = about.limit;
    this.hasMore = about.hasMore;
    this.next = about.next;
    this.requestId = about.requestId;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.rows[Symbol.iterator]();
  }
}

/**
 * A paged list with its filters. Nothing is sent before it is read, and it can be read again.
 *
 * `for await` gives row after row and fetches pages as they are needed, a few ahead at most (`prefetch` of the client);
 * leaving the loop ends what is under way. Rows that come again are left out, and those that don't fit their type are
 * kept in `report`, as is whether the list was complete.
 */
export class Listing<T> implements AsyncIterable<T> {
  readonly #start: (cancel: Cancel | undefined) => Handed<List>;
  readonly #signal: AbortSignal | undefined;
  readonly #fill: Fill<T> | undefined;
  #report: Report = NOTHING;
  #onProgress: ((report: Report) => void) | undefined;

  /** @internal */
  constructor(start: (cancel: Cancel | undefined) => Handed<List>, signal?: AbortSignal, fill?: Fill<T>) {
    this.#start = start;
    this.#signal = signal;
    this.#fill = fill;
  }

  /** How far the last reading of it has come. */
  get report(): Report {
    return this.#report;
  }

  /** Calls `listener` with the report after each batch of rows (a page or a part of one) and at the end. */
  onProgress(listener: (report: Report) => void): this {
    this.#onProgress = listener;
    return this;
  }

  /** Fetches one page: the first, or the one that `resume` or the filters name. */
  async page(): Promise<Page<T>> {
    // The answer is parsed here while the core still checks it. Its rows count only if the core finds all of them good.
    let arrived: (parsed: () => Record<string, T[]>) => void;
    const answer = new Promise<() => Record<string, T[]>>((resolve) => (arrived = resolve));
    const early = (text: Text) => {
      try {
        const parsed = read(text) as Record<string, T[]>;
        arrived(() => parsed);
      } catch (error) {
        arrived(() => {
          throw error;
        });
      }
    };
    const text = await abortable(this.#signal, (cancel) => handed(this.#start(cancel)).page(early));
    const { rows: good, about } = read(text) as { rows?: T[]; about: About };
    const rows = good ?? (await answer)()[about.list]!;
    if (this.#fill) rows.forEach(this.#fill);
    return new Page(rows, about);
  }

  /** Reads all rows. If that fails, the error's `partial` holds those that came. */
  async collect(): Promise<Rows<T> & { readonly report: Report }> {
    const all: T[] = [];
    // Its own: another reading may be under way.
    const reading = { report: NOTHING };
    try {
      for await (const batch of this.#batches(reading)) {
        for (const row of batch) all.push(row);
      }
    } catch (error) {
      throw withPartial(error, Rows.of_(all, reading.report.badRows, reading.report));
    }
    const { report } = reading;
    return Rows.of_(all, report.badRows, report) as Rows<T> & { readonly report: Report };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const batch of this.#batches({ report: NOTHING })) {
      // Not `yield*`, which takes half as long again for each row.
      for (const row of batch) yield row;
    }
  }

  async *#batches(reading: { report: Report }): AsyncGenerator<T[], void, undefined> {
    const signal = this.#signal;
    const tell = (report: Report) => (this.#report = reading.report = report);
    tell(NOTHING);
    const items = await abortable(signal, (cancel) => handed(this.#start(cancel)).items());
    let report = tell(JSON.parse(items.report()) as Report);
    try {
      for (;;) {
        // Who leaves in the middle of a batch has not had its rows: neither is what follows the place to go on from, nor
        // was the list read to its end.
        const { resume } = report;
        let text: Text;
        try {
          text = await abortable(signal, () => items.next());
        } finally {
          report = tell(JSON.parse(items.report()) as Report);
        }
        const batch = read(text) as T[];
        if (batch.length === 0) {
          this.#onProgress?.(report);
          return;
        }
        if (this.#fill) batch.forEach(this.#fill);
        const soFar = tell({ ...report, resume, complete: false });
        this.#onProgress?.(soFar);
        yield batch;
        tell(report);
      }
    } finally {
      items.close();
    }
  }
}
