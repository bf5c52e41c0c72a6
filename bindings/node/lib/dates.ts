import type { Timestamp } from "./generated/types.js";

/** The day, the time of day, and hours and minutes of the zone if it is not UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[t ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:z|([+-]\d\d):?(\d\d)?)?)?$/i;

/**
 * A time that the service sent as a `Date`, whether it is text or a number of Unix milliseconds; `null` and `undefined`
 * stay what they are. A time without a zone is UTC, as everywhere in the SDK (`new Date` would take it for local time).
 * Digits beyond milliseconds are lost.
 *
 * @throws RangeError if it is no time.
 */
export function toDate(time: Timestamp | number): Date;
export function toDate(time: Timestamp | number | null): Date | null;
export function toDate(time: Timestamp | number | null | undefined): Date | null | undefined;
export function toDate(time: Timestamp | number | null | undefined): Date | null | undefined {
  if (time === null || time === undefined) return time;
  if (typeof time === "number") {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) throw new RangeError("this is not a time in Unix milliseconds");
    return date;
  }
  const [, day, clock = "00:00", hours, minutes = "00"] = TIME.exec(time) ?? [];
  const date = new Date(`${day}T${clock}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
  if (Number.isNaN(date.getTime())) throw new RangeError("this is not a time in ISO 8601");
  return date;
}
