// Times of the service as `Date`. The machine's own zone is no part of that.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toDate } from "devin-v2";

import { enterprise, ORG } from "./support.mjs";

process.env.TZ = "America/New_York";

const SNAPSHOT = "snapshot-1f2e3d4c5b6a79880716253443526170";

test("this machine is not in UTC", () => {
  assert.notEqual(new Date("2026-01-15T09:30:00").toISOString(), "2026-01-15T09:30:00.000Z");
});

for (const [text, expected] of Object.entries({
  "2026-01-15T09:30:00Z": "2026-01-15T09:30:00.000Z",
  "2026-01-15T10:30:00+01:00": "2026-01-15T09:30:00.000Z",
  "2026-01-15T10:30:00+0100": "2026-01-15T09:30:00.000Z",
  "2026-01-15T10:30:00+01": "2026-01-15T09:30:00.000Z",
  "2026-01-15T04:00:00-05:30": "2026-01-15T09:30:00.000Z",
  "2026-01-15T09:30:00": "2026-01-15T09:30:00.000Z",
  "2026-01-15T09:30": "2026-01-15T09:30:00.000Z",
  "2026-01-15 09:30:00": "2026-01-15T09:30:00.000Z",
  "2026-01-15 09:30:00Z": "2026-01-15T09:30:00.000Z",
  "2026-01-15t09:30:00z": "2026-01-15T09:30:00.000Z",
  "2026-01-15T09:30:00.123456": "2026-01-15T09:30:00.123Z",
  "2026-01-15T09:30:00.123456789Z": "2026-01-15T09:30:00.123Z",
  "2026-01-15T09:30:00.5Z": "2026-01-15T09:30:00.500Z",
  "2026-07-15T09:30:00": "2026-07-15T09:30:00.000Z",
  // Within the hour that New York's clocks skip.
  "2026-03-08T02:30:00": "2026-03-08T02:30:00.000Z",
  "2026-01-15": "2026-01-15T00:00:00.000Z",
  "2024-02-29T23:59:59Z": "2024-02-29T23:59:59.000Z",
  // Cut off, never rounded.
  "2026-01-15T09:30:00.9999999999999Z": "2026-01-15T09:30:00.999Z",
  "2026-01-15T09:30:00.12Z": "2026-01-15T09:30:00.120Z",
  // A leap second is the second before it.
  "2016-12-31T23:59:60Z": "2016-12-31T23:59:59.000Z",
  "2016-12-31T23:59:60.75Z": "2016-12-31T23:59:59.750Z",
  "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
  "0099-03-01T00:00:00Z": "0099-03-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999999999Z": "9999-12-31T23:59:59.999Z",
})) {
  test(`${text} is ${expected}`, () => {
    const date = toDate(text);
    assert.ok(date instanceof Date);
    assert.equal(date.toISOString(), expected);
  });
}

test("what is no time", () => {
  for (const text of [
    "",
    "yesterday",
    "17",
    "March 7",
    "2026",
    "2026-13-01T00:00:00Z",
    "2026-01-15T25:00:00Z",
    "2026-01-15T09:30:00X",
    "2026-02-30T00:00:00Z",
    "2026-02-29",
    "2026-04-31T12:00:00+02:00",
    "2026-00-10T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-15T24:00:00Z",
    "2026-01-15T09:60:00Z",
    "2026-01-15T09:30:61Z",
    "2026-01-15T09:30:00+24:00",
    "2026-01-15T09:30:00+02:60",
    "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "10000-01-01T00:00:00Z",
  ]) {
    assert.throws(() => toDate(text), RangeError, text);
  }
});

test("nothing stays nothing", () => {
  assert.equal(toDate(null), null);
  assert.equal(toDate(undefined), undefined);
});

test("the time that the service sends without a zone", async (t) => {
  const { client } = await enterprise(t);
  const { created_at } = (await client.snapshots.get(SNAPSHOT)).org;
  assert.doesNotMatch(created_at, /Z$|\+/);
  assert.equal(toDate(created_at).toISOString().slice(0, 23), created_at.slice(0, 23).padEnd(23, ".000"));
});

test("times of all kinds are sent as the same instant", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const start_date of ["2026-02-01T08:00:00Z", "2026-02-01T17:00:00+09:00", new Date("2026-02-01T08:00:00Z")]) {
    await client.consumption.daily({ start_date, end_date: "2026-03-01T08:00:00Z" });
  }
  assert.deepEqual(
    [...new Set(emulator.requests.map((request) => new URLSearchParams(request.query).get("start_date")))],
    ["2026-02-01T08:00:00Z"],
  );
});

test("billing days start at 08:00 UTC", async (t) => {
  const { emulator, client } = await enterprise(t);
  const used = await client.consumption.daily({ billing_days: ["2026-02-01", "2026-02-28"], org_ids: [ORG] });
  const query = new URLSearchParams(emulator.requests[0].query);
  assert.deepEqual([query.get("start_date"), query.get("end_date")], ["2026-02-01T08:00:00Z", "2026-03-01T08:00:00Z"]);
  const days = Object.keys(used.consumption_by_date);
  assert.ok(days.length > 0 && days.every((day) => /^2026-02-\d\d$/.test(day)));
});
