// Billing days. Which days something names is decided by the native half.

import { types } from "node:util";

import { handed } from "./errors.js";
import type { Timestamp } from "./generated/types.js";
import { native } from "./native.js";

/** A billing day: its date (`2026-02-01`) or a `BillingDay`. */
export type Day = string | BillingDay;

/** The start of a billing day, 08:00 UTC, as an end of a pair. */
type Border = Date | Timestamp;

/**
 * Whole billing days: a month (`"2026-02"`), a day, a billing cycle as the service sent it, or a pair.
 *
 * Dates and `BillingDay`s name days, so the last one of a pair is included. A time must be 08:00 UTC, and as an end it is
 * excluded.
 */
export type BillingDays =
  | Day
  | readonly [first: Day | Border, last: Day | Border]
  | { readonly start: Border; readonly end: Border };

/**
 * A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.
 *
 * @example
 * ```ts
 * const day = new BillingDay("2026-02-28");
 * console.log(String(day.plus(1)), day.start);
 * ```
 */
export class BillingDay {
  /** Its date, such as `2026-02-01`. */
  readonly date: string;

  /**
   * The billing day of this date.
   *
   * @throws RefusedError if it is not a date of the calendar.
   */
  constructor(date: Day) {
    this.date = handed(native.billingDay(String(date), 0));
  }

  /**
   * The billing day that an instant falls on.
   *
   * @throws RefusedError if it is not a time with a time zone.
   */
  static containing(time: Date | Timestamp): BillingDay {
    const text = types.isDate(time) && !Number.isNaN(time.getTime()) ? time.toISOString() : String(time);
    return new BillingDay(handed(native.billingDayContaining(text)));
  }

  /** The billing day of this moment. */
  static today(): BillingDay {
    return BillingDay.containing(new Date());
  }

  /** Its first instant: 08:00 UTC. */
  get start(): Date {
    return new Date(handed(native.billingDayStart(this.date)));
  }

  /** The first instant after it: the start of the next day. */
  get end(): Date {
    return this.plus(1).start;
  }

  /** The day `days` later; earlier if `days` is negative. */
  plus(days: number): BillingDay {
    return new BillingDay(handed(native.billingDay(this.date, days)));
  }

  /** The day `days` earlier. */
  minus(days: number): BillingDay {
    return this.plus(-days);
  }

  /** The number of days from `other` to this day. */
  since(other: Day): number {
    return (this.start.getTime() - new BillingDay(other).start.getTime()) / 86_400_000;
  }

  /** Its date. */
  toString(): string {
    return this.date;
  }

  /** Its date. */
  toJSON(): string {
    return this.date;
  }
}

/**
 * The single days of a month, a billing cycle or a pair, in order.
 *
 * @throws RefusedError if it names no billing days.
 */
export function billingDays(of: BillingDays): BillingDay[] {
  const [first, last] = handed(native.billingDays(JSON.stringify(of) ?? "null")).split("/") as [string, string];
  const start = new BillingDay(first);
  return Array.from({ length: new BillingDay(last).since(start) + 1 }, (_, index) => start.plus(index));
}
