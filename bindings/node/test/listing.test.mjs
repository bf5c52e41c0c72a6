// Paged lists: reading them by row, by page and as a whole, and what is told about it.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  APIResponseValidationError,
  InternalServerError,
  Listing,
  NotFoundError,
  Page,
  RefusedError,
  Rows,
} from "devin-v2";

import { enterprise, failure, MEMBERS, ROLES } from "./support.mjs";

/** A report as it is, but for what the test names. */
const report = (changes = {}) => ({
  complete: false,
  expected: null,
  seen: 0,
  duplicates: 0,
  badRows: [],
  badRowCount: 0,
  pages: 0,
  totalChanged: false,
  resume: null,
  ...changes,
});

const WHOLE = report({ complete: true, expected: 120, seen: 120, pages: 3 });

async function all(listing) {
  const rows = [];
  for await (const row of listing) rows.push(row);
  return rows;
}

const ids = (rows) => rows.map((row) => row.user_id);

test("nothing is sent before it is read", async (t) => {
  const { emulator, client } = await enterprise(t);
  const members = client.members.list({ limit: 50 });
  members[Symbol.asyncIterator]();
  assert.ok(members instanceof Listing);
  assert.deepEqual(members.report, report());
  assert.deepEqual(emulator.requests, []);
});

test("for await gives every row once", async (t) => {
  const { emulator, client } = await enterprise(t);
  const members = client.members.list({ limit: 50 });
  const rows = await all(members);
  assert.equal(new Set(ids(rows)).size, 120);
  assert.equal(rows.length, 120);
  assert.deepEqual(emulator.requests.map((request) => new URLSearchParams(request.query).get("skip")).sort(), [
    "0",
    "100",
    "50",
  ]);
  assert.deepEqual(members.report, WHOLE);
});

test("a listing can be read again", async (t) => {
  const { client } = await enterprise(t);
  const members = client.members.list({ limit: 100 });
  const rows = await all(members);
  assert.deepEqual(await all(members), rows);
  assert.deepEqual([...(await members.collect())], rows);
  const [first, second] = await Promise.all([all(members), all(members)]);
  assert.deepEqual([first, second], [rows, rows], "at the same time, too");
});

test("collect gives all rows and the report", async (t) => {
  const { client } = await enterprise(t);
  const members = client.members.list({ limit: 50 });
  const rows = await members.collect();
  assert.ok(rows instanceof Rows && Array.isArray(rows));
  assert.equal(rows.length, 120);
  assert.deepEqual([rows.report, rows.badRows, members.report], [WHOLE, [], WHOLE]);
  assert.equal(JSON.parse(JSON.stringify(rows)).length, 120, "it is an array");
  const mapped = rows.map((row) => row.user_id).filter(Boolean);
  assert.equal(mapped.constructor, Array, "what is made of it is a plain one");
});

test("a list of nothing", async (t) => {
  const { client } = await enterprise(t);
  const nobody = client.members.list({ email: "nobody@example.com" });
  assert.deepEqual(await all(nobody), []);
  assert.deepEqual([nobody.report.complete, nobody.report.expected], [true, 0]);
  const page = await nobody.page();
  assert.deepEqual([page.rows, page.hasMore, page.next, page.total], [[], false, null, 0]);
});

test("page after page", async (t) => {
  const { emulator, client } = await enterprise(t);
  const rows = [];
  let page = await client.members.list({ limit: 50 }).page();
  assert.ok(page instanceof Page);
  assert.deepEqual([page.total, page.skip, page.limit, page.hasMore, page.rows.length], [120, 0, 50, true, 50]);
  assert.equal(page.requestId, emulator.requests[0].headers["x-request-id"]);
  for (;;) {
    rows.push(...page);
    if (page.next === null) break;
    page = await client.members.list({ limit: 50, resume: page.next }).page();
  }
  assert.deepEqual([page.hasMore, page.skip, page.rows.length], [false, 100, 20]);
  assert.equal(emulator.requests.length, 3);
  assert.deepEqual(rows, await all(client.members.list()));
});

test("from a row on", async (t) => {
  const { client } = await enterprise(t);
  const rows = await client.members.list({ limit: 50, skip: 90 }).collect();
  assert.deepEqual([rows.length, rows.report.expected, rows.report.complete], [30, 30, true]);
});

test("the report grows, page by page", async (t) => {
  const { client } = await enterprise(t);
  const members = client.members.list({ limit: 50 });
  const rows = members[Symbol.asyncIterator]();
  await rows.next();
  assert.ok(members.report.seen >= 50 && members.report.seen < 120, `${members.report.seen}`);
  assert.deepEqual([members.report.complete, typeof members.report.resume], [false, "string"]);
  assert.equal((await all(rows)).length, 119);
  assert.deepEqual(members.report, WHOLE);
});

test("who leaves in the middle of a page loses no row by going on", async (t) => {
  const { client } = await enterprise(t);
  for (const enough of [1, 50, 51, 75, 119]) {
    const members = client.members.list({ limit: 50 });
    const rows = [];
    for await (const row of members) {
      rows.push(row);
      if (rows.length === enough) break;
    }
    assert.equal(members.report.complete, false);
    rows.push(...(await client.members.list({ limit: 50, resume: members.report.resume }).collect()));
    assert.equal(new Set(ids(rows)).size, 120, `${enough}`);
  }
});

test("readings at the same time have reports of their own", async (t) => {
  const { emulator, client } = await enterprise(t);
  const members = client.members.list({ limit: 50 });
  emulator.fault({ kind: "status", status: 404, path: MEMBERS, query: { skip: "50" }, delay: 200 });
  const readings = await Promise.allSettled([members.collect(), members.collect(), members.collect()]);
  for (const { value = [], reason } of readings) {
    const rows = reason ? reason.partial : value;
    const { seen, complete } = rows.report;
    assert.deepEqual([seen, complete], reason ? [50, false] : [120, true]);
    assert.equal(rows.length, seen);
  }
  assert.deepEqual(readings.map(({ status }) => status).sort(), ["fulfilled", "fulfilled", "rejected"]);
});

test("progress is told", async (t) => {
  const { client } = await enterprise(t);
  const told = [];
  const members = client.members.list({ limit: 50 });
  assert.equal(
    members.onProgress((report) => told.push(report)),
    members,
  );
  await members.collect();
  assert.ok(told[0].seen < 120 && told[0].expected === 120, "before it is done");
  assert.deepEqual(told.at(-1), WHOLE, "and when it is");
  assert.ok(told.length >= 3 && told.length < 10, "by page, not by row");
  assert.deepEqual(
    told.map(({ seen }) => seen),
    told.map(({ seen }) => seen).sort((a, b) => a - b),
  );
});

test("an error of the function that is told of progress is the reader's", async (t) => {
  const { client } = await enterprise(t);
  const mine = new RangeError("mine");
  const members = client.members.list().onProgress(() => {
    throw mine;
  });
  await assert.rejects(members.collect(), (error) => error === mine);
});

test("a failed page keeps what came before it", async (t) => {
  const { emulator, client } = await enterprise(t);
  const everyone = [...(await client.members.list().collect())];
  emulator.fault({ kind: "status", status: 500, path: MEMBERS, query: { skip: "50" }, times: 4 });
  const error = await failure(client.members.list({ limit: 50 }).collect(), InternalServerError);
  assert.deepEqual([error.operation, error.attempts, error.status], ["members.list", 4, 500]);
  const { partial } = error;
  assert.ok(partial instanceof Rows);
  assert.deepEqual([...partial], everyone.slice(0, 50));
  assert.equal(partial.report.complete, false);
  assert.ok(!Object.keys(error).includes("partial"), "it would flood a log");
  const rest = await client.members.list({ limit: 50, resume: partial.report.resume }).collect();
  assert.deepEqual([...partial, ...rest], everyone);
});

test("a failed page ends a loop after the rows before it", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "status", status: 404, path: MEMBERS, query: { skip: "50" } });
  const members = client.members.list({ limit: 50 });
  const rows = [];
  await failure(async () => {
    for await (const row of members) rows.push(row);
  }, NotFoundError);
  assert.equal(rows.length, 50);
  rows.push(...(await client.members.list({ limit: 50, resume: members.report.resume }).collect()));
  assert.equal(new Set(ids(rows)).size, 120);
});

test("the place to go on belongs to its list and filters", async (t) => {
  const { emulator, client } = await enterprise(t);
  for (const resume of ["nonsense", "", "sessions.list@skip=200"]) {
    const error = await failure(client.members.list({ resume }).page(), RefusedError);
    assert.equal(error.field, "resume");
  }
  assert.deepEqual(emulator.requests, []);
});

function badRow(emulator, where = {}) {
  emulator.fault({
    kind: "replace_field",
    path: MEMBERS,
    name: "created_at",
    value: 17,
    row: 2,
    times: null,
    ...where,
  });
}

test("a bad row does not cost the page", async (t) => {
  const { emulator, client } = await enterprise(t);
  badRow(emulator, { value: "private words" });
  const page = await client.members.list({ limit: 5 }).page();
  assert.equal(page.rows.length, 4);
  const [bad, ...others] = page.badRows;
  assert.deepEqual(
    [others, bad.index, bad.path, JSON.parse(bad.json).created_at],
    [[], 2, "created_at", "private words"],
  );
  assert.ok(bad.reason && !bad.reason.includes("private"), "why, without the value");
});

test("a bad row does not cost the list", async (t) => {
  const { emulator, client } = await enterprise(t);
  badRow(emulator, { query: { skip: "50" } });
  const members = client.members.list({ limit: 50 });
  const rows = await members.collect();
  assert.deepEqual([rows.length, rows.report.seen, rows.report.badRowCount], [119, 120, 1]);
  assert.equal(rows.badRows[0].index, 52, "counted over all pages");
  assert.deepEqual(rows.badRows, rows.report.badRows);
  assert.equal((await all(members)).length, 119);
  assert.equal(members.report.badRowCount, 1);
});

test("a bad row of a list that comes in one piece", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ kind: "replace_field", path: ROLES, name: "role_name", value: 17, row: 0 });
  const roles = await client.roles.list();
  assert.ok(roles instanceof Rows && roles.length > 0);
  assert.deepEqual([roles.badRows.length, roles.badRows[0].path, roles.report], [1, "role_name", undefined]);
});

test("strict makes an error of a bad row", async (t) => {
  const { emulator, client } = await enterprise(t);
  badRow(emulator);
  for (const work of [
    () => emulator.client({ strict: true }).members.list({ limit: 5 }).page(),
    () => client.withOptions({ strict: true }).members.list({ limit: 5 }).collect(),
    () => client.members.list({ limit: 5 }, { strict: true }).page(),
    () => all(client.members.list({ limit: 5 }, { strict: true })),
  ]) {
    const error = await failure(work, APIResponseValidationError);
    assert.match(error.message, /created_at/);
    assert.ok(error.body.includes("17"), "all of the answer is at hand");
  }
});

test("rows before the one that ended the reading are not lost", async (t) => {
  const { emulator, client } = await enterprise(t);
  const whole = ids(await client.members.list().collect());
  const where = { path: MEMBERS, query: { skip: "50" }, times: null };
  emulator.fault({ ...where, kind: "replace_field", name: "created_at", value: 17, row: 19 });
  const { partial } = await failure(
    () => client.members.list({ limit: 50 }, { strict: true }).collect(),
    APIResponseValidationError,
  );
  assert.deepEqual(ids(partial), whole.slice(0, 69));
  emulator.reset();
  const rest = await client.members.list({ resume: partial.report.resume }).collect();
  assert.deepEqual([...new Set([...ids(partial), ...ids(rest)])], whole);
});

test("a row that moved to a later page is given once", async (t) => {
  const { emulator, client } = await enterprise(t);
  const [first] = await client.members.list({ limit: 50 }).page();
  emulator.fault({
    kind: "replace_field",
    path: MEMBERS,
    query: { skip: "50" },
    name: "user_id",
    value: first.user_id,
    row: 0,
  });
  const rows = await client.members.list({ limit: 50 }).collect();
  const { duplicates, seen, complete } = rows.report;
  assert.deepEqual([duplicates, seen, rows.length, complete], [1, 119, 119, false]);
  assert.equal(new Set(ids(rows)).size, 119);
});

test("a total that changes meanwhile is told", async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({
    kind: "replace_field",
    path: MEMBERS,
    query: { skip: "50" },
    name: "total",
    value: 119,
    envelope: true,
  });
  const rows = await client.members.list({ limit: 50 }).collect();
  assert.deepEqual([rows.report.totalChanged, rows.length], [true, 120]);
});

test("a list that counts pages", async (t) => {
  const { client } = await enterprise(t);
  const keys = client.apiKeys.list({ per_page: 2 });
  const page = await keys.page();
  assert.deepEqual([page.rows.length, page.hasMore], [2, true]);
  const second = await client.apiKeys.list({ per_page: 2, page: 2 }).page();
  assert.deepEqual((await client.apiKeys.list({ per_page: 2, resume: page.next }).page()).rows, second.rows);
  const rows = await keys.collect();
  assert.equal(rows.report.complete, true);
  assert.equal(new Set(rows.map((key) => key.id)).size, page.total);
  assert.deepEqual(rows.slice(0, 4), [...page.rows, ...second.rows]);
});

test("a list that goes on after its last row", async (t) => {
  const { emulator, client } = await enterprise(t);
  const logs = client.auditLogs.list({ limit: 20 });
  const page = await logs.page();
  assert.deepEqual([page.rows.length, page.total, page.skip], [20, null, null]);
  const following = await client.auditLogs.list({ limit: 20, resume: page.next }).page();
  emulator.clearRequests();
  const rows = await logs.collect();
  assert.deepEqual([rows.report.complete, rows.report.expected, rows.report.seen], [true, null, rows.length]);
  assert.ok(rows.length > 40);
  assert.equal(new Set(rows.map((row) => row.audit_log_id)).size, rows.length);
  assert.deepEqual(rows.slice(0, 40), [...page.rows, ...following.rows]);
  const cursors = emulator.requests.map((request) => new URLSearchParams(request.query).get("before"));
  assert.deepEqual(cursors.slice(0, 2), [null, page.rows.at(-1).audit_log_id]);
});
