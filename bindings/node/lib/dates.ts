import type { Timestamp } from "./generated/types.js";

/** Day, time of day with its fraction, and hours and minutes of the zone if it is not UTC. */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:z|([+-])(\d\d)(?::?(\d\d))?)?)?$/i;

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * A time that the service sent as a `Date`, whether it is text or a number of Unix milliseconds; `null` and `undefined`
 * stay what they are. A time without a zone is UTC, as everywhere in the SDK (`new Date` would take it for local time).
 * Digits beyond milliseconds are cut off, not rounded. Second 60, which only leap seconds have, is read as 59, as by the
 * rest of the SDK.
 *
 * @throws RangeError if it is not a valid date-time, or lies outside the years 1 to 9999 in UTC.
 */
export function toDate(time: Timestamp | number): Date;
export function toDate(time: Timestamp | number | null): Date | null;
export function toDate(time: Timestamp | number | null | undefined): Date | null | undefined;
export function toDate(time: Timestamp | number | null | undefined): Date | null | undefined {
  if (time === null || time === undefined) return time;
  if (typeof time === "number") {
    const date = new Date(time);
    if (date.getTime() >= FIRST && date.getTime() <= LAST) return date;
    throw new RangeError("this is not a time in Unix milliseconds between the years 1 and 9999");
  }
  const found = TIME.exec(time);
  if (found) {
    const part = (index: number) => Number(found[index] ?? 0);
    const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
    const milliseconds = Number((found[7] ?? "").slice(0, 3).padEnd(3, "0"));
    const zone = (found[8] === "-" ? -1 : 1) * (part(9) * 60 + part(10)) * 60_000;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    // Otherwise the month has no such day.
    const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    date.setUTCHours(hour, minute, Math.min(second, 59), milliseconds);
    date.setTime(date.getTime() - zone);
    const isTime = hour < 24 && minute < 60 && second <= 60 && part(9) < 24 && part(10) < 60;
    if (isDay && isTime && date.getTime() >= FIRST && date.getTime() <= LAST) return date;
  }
  throw new RangeError("this is not a time in ISO 8601 between the years 1 and 9999");
}
