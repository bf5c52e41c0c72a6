// Node's part in the scenarios: calls by name, as lines of JSON. `node.mjs PROJECT CALLS`: a folder whose node_modules
// hold devin-v2, and what the document's operations take by position.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { serialize } from "node:v8";

const [project, calls] = process.argv.slice(2);
const require = createRequire(join(project, "package.json"));
const entry = require.resolve("devin-v2").replace(/index\.c?js$/, "index.mjs");
const { Client, DevinError, Listing } = await import(pathToFileURL(entry));

const operations = Object.fromEntries(JSON.parse(readFileSync(calls, "utf8")).map((call) => [call.operation, call]));

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const camelKeys = (members) => Object.fromEntries(Object.entries(members).map(([name, value]) => [camel(name), value]));
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const snakeKeys = (members) => Object.fromEntries(Object.entries(members).map(([name, value]) => [snake(name), value]));

const bad = (rows) => rows.map(({ index, path, reason }) => ({ index, path, reason }));
const report = (of) => snakeKeys({ ...of, badRows: bad(of.badRows) });

/** A value as JSON. Integers beyond 2^53 are BigInt, which `JSON.stringify` refuses. */
function json(value) {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `\u0001${inner}` : inner)) ?? "";
  return text.replace(/"\\u0001(-?\d+)"/g, "$1");
}

/** All that JavaScript makes text of without being asked for a field. */
function shown(of) {
  const told = { string: String(of), json: json(of), inspect: inspect(of, { depth: 10 }) };
  if (of instanceof Error) told.stack = of.stack;
  if (of instanceof Error || of instanceof Client) {
    told.keys = inspect(Object.entries(of), { depth: 10 });
    told.clone = serialize(of instanceof Error ? structuredClone(of) : { ...of }).toString("latin1");
  }
  if (of instanceof Client) told.hidden = inspect(of, { depth: 10, showHidden: true, getters: true });
  return told;
}

function failed(error) {
  if (!(error instanceof DevinError)) return { kind: "cancelled", message: String(error), shown: shown(error) };
  const { kind, message, operation, field, status, attempts, retryAfter, detail, body } = error;
  return { kind, message, operation, field, status, attempts, retry_after: retryAfter, detail, body, shown: shown(error) };
}

async function read(listing, reading) {
  if (reading === "items") {
    const rows = [];
    try {
      for await (const row of listing) rows.push(row);
    } catch (error) {
      return { rows, report: report(listing.report), error: failed(error) };
    }
    return { rows, report: report(listing.report) };
  }
  if (reading === "collect") {
    const all = await listing.collect();
    return { rows: [...all], report: report(all.report), shown: shown(all) };
  }
  const page = await listing.page();
  const { rows, badRows, total, skip, limit, hasMore, next } = page;
  return { rows, bad_rows: bad(badRows), total, skip, limit, has_more: hasMore, next, shown: shown(page) };
}

async function call(client, asked, signal) {
  try {
    const { resource, method, positional } = operations[asked.operation];
    const { confirm, resume, ...named } = asked.arguments;
    const ids = positional.map((name) => {
      const value = named[name];
      delete named[name];
      return value;
    });
    if (confirm !== undefined) named.confirm = confirm;
    if (resume !== undefined) named.resume = resume;
    const options = { ...camelKeys(asked.options), signal };
    const takesNames = operations[asked.operation].named.length > 0;
    const made = client[resource][method](...ids, ...(takesNames ? [named] : []), options);
    if (made instanceof Listing) return await read(made, asked.as);
    const answer = await made;
    if (Array.isArray(answer) && answer.badRows !== undefined) {
      return { rows: [...answer], bad_rows: bad(answer.badRows), shown: shown(answer) };
    }
    return { value: answer, shown: shown(answer) };
  } catch (error) {
    const { partial } = error;
    return { error: failed(error), ...(partial && { rows: [...partial], report: report(partial.report) }) };
  }
}

const say = (answer) => process.stdout.write(`${json(answer)}\n`);

let client;
const controllers = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.do === "client") {
    try {
      const { no_proxy: direct, ...settings } = asked.settings;
      client = new Client({ ...camelKeys(settings), ...(direct && { proxy: false }) });
      say({ shown: shown(client) });
    } catch (error) {
      say({ error: failed(error) });
    }
  } else if (asked.do === "cancel") {
    controllers.get(asked.id)?.abort();
  } else {
    const controller = new AbortController();
    if (asked.cancelled) controller.abort();
    controllers.set(asked.id, controller);
    void call(client, asked, controller.signal).then((answer) => {
      controllers.delete(asked.id);
      say({ id: asked.id, ...answer });
    });
  }
}
