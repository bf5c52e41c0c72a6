// Times of the service as `Date`. The machine's own zone is no part of that.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BillingDay, billingDays, RefusedError, toDate } from "devin-v2";

import { ADA, enterprise, failure, ORG } from "./support.mjs";

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

test("days are counted", async () => {
  const day = new BillingDay("2026-02-27");
  assert.deepEqual([day.plus(2), day.minus(27)].map(String), ["2026-03-01", "2026-01-31"]);
  assert.deepEqual([day.since("2026-02-01"), new BillingDay("2026-02-01").since(day)], [26, -26]);
  assert.deepEqual([day.start, day.end].map((time) => time.toISOString()), [
    "2026-02-27T08:00:00.000Z",
    "2026-02-28T08:00:00.000Z",
  ]);
  assert.equal(String(BillingDay.containing("2026-03-01T07:59:59Z")), "2026-02-28");
  assert.equal(String(BillingDay.containing(new Date("2026-03-01T08:00:00Z"))), "2026-03-01");
  assert.equal(JSON.stringify({ day }), '{"day":"2026-02-27"}');
  assert.ok(BillingDay.today().since(day) > 0);
  const month = billingDays("2026-02");
  assert.deepEqual([month.length, `${month[0]}`, `${month[27]}`], [28, "2026-02-01", "2026-02-28"]);
  assert.deepEqual(billingDays([month[0], month[27]]), month);
  assert.deepEqual(billingDays([month[0].start, month[27].end]), month);
  for (const wrong of [
    () => new BillingDay("2026-02-30"),
    () => day.plus(0.5),
    () => BillingDay.containing(new Date(NaN)),
    () => billingDays("2026-13"),
    () => billingDays(undefined),
  ]) {
    await failure(wrong, RefusedError);
  }
});

test("a cycle is its days, and no day of the next one", async (t) => {
  const { emulator, client } = await enterprise(t);
  const cycle = (await client.consumption.cycles()).at(-2);
  const days = billingDays(cycle);
  assert.equal(days.at(-1).end.getTime(), toDate(cycle.end).getTime());
  const before = emulator.requests.length;
  for (const billing_days of [cycle, [cycle.start, cycle.end], [toDate(cycle.start), toDate(cycle.end)], [days[0], days.at(-1)]]) {
    await client.consumption.daily({ billing_days });
  }
  const sent = emulator.requests.slice(before).map((request) => new URLSearchParams(request.query));
  assert.deepEqual([...new Set(sent.map((query) => query.get("end_date")))], [cycle.end]);
  for (const billing_days of ["2026-13", [cycle.start, cycle.start], [new Date(0), cycle.end], { start: cycle.start }]) {
    const error = await failure(client.consumption.daily({ billing_days }), RefusedError);
    assert.equal(error.field, "billing_days");
  }
});

test("lists of sessions take billing days, and windows share no session", async (t) => {
  const { emulator, client } = await enterprise(t);
  const total = async (billing_days) => (await client.sessions.list({ billing_days }).page()).total;
  const both = await total(["2026-02-01", "2026-02-02"]);
  assert.equal(both, (await total("2026-02-01")) + (await total("2026-02-02")));
  const query = new URLSearchParams(emulator.requests.at(-1).query);
  assert.equal(query.get("created_date_to"), "2026-02-03T07:59:59.999999Z");
});

test("an entry of the audit log has a time", async (t) => {
  const { client } = await enterprise(t);
  await client.organizations.update(ORG, { max_acu_limit: 7 });
  const [entry] = (await client.auditLogs.list({ limit: 1 }).page()).rows;
  assert.deepEqual([entry.action, entry.org_id], ["update_organization", ORG]);
  assert.equal(toDate(entry.created_at).getTime(), entry.created_at);
  assert.throws(() => toDate(Infinity), RangeError);
});

test("members are added to the organization of the path, and limits are not negative", async (t) => {
  const { emulator, client } = await enterprise(t);
  const others = client.organizations.addMembers(ORG, { org_ids: [ORG, "org-other"], user_ids: [ADA] });
  assert.equal((await failure(others, RefusedError)).field, "org_ids");
  const negative = client.organizations.update(ORG, { max_acu_limit: -1 });
  assert.equal((await failure(negative, RefusedError)).field, "max_acu_limit");
  assert.equal(emulator.requests.length, 0);
  await client.organizations.addMembers(ORG, { user_ids: [ADA] });
  assert.equal(emulator.requests[0].body, `{"org_ids":["${ORG}"],"user_ids":["${ADA}"]}`);
});
