// Four ways to call the service, in one shape. Each is loaded only where it is measured.
//
// A client has `identity()`, `page(skip)` giving rows and the next `skip`, and `iterate()`, which gives all rows the
// way its users would get them.

export const LIMIT = 200;
export const IN_FLIGHT = 50;
export const SESSIONS = 100_000;

const IDENTITY = "/v2/enterprise/self";
const LIST = "/v2/enterprise/sessions";

// The order of the tables: ours, what the figures are compared with, the rest.
export const TITLES = {
  "devin-v2": "devin-v2",
  fetch: "fetch + JSON.parse",
  undici: "undici.request",
  "openapi-fetch": "openapi-fetch",
};
export const NAMES = Object.keys(TITLES);

// What a program that uses it starts with. `Response` is there to have Node load its built-in fetch, which it would
// otherwise do at the first call.
export const LOADS = {
  "devin-v2": 'await import("devin-v2")',
  fetch: "Response",
  undici: 'await import("undici")',
  "openapi-fetch": 'await import("openapi-fetch"); Response',
};

/** Page after page, as all but one of them have it. */
class Serial {
  async iterate(pages = Infinity) {
    const rows = [];
    for (let skip = 0, page = 0; skip !== null && page < pages; page += 1) {
      const got = await this.page(skip);
      for (const row of got.rows) rows.push(row);
      skip = got.next;
    }
    return rows;
  }
}

class Ours extends Serial {
  constructor(require, url, key) {
    super();
    const { Client } = require("devin-v2");
    // The others have no limit; what is measured is 50 at a time.
    this.client = new Client({ baseUrl: url, apiKey: key, maxConcurrency: IN_FLIGHT });
  }

  identity() {
    return this.client.identity.get();
  }

  async page(skip) {
    const page = await this.client.sessions.list({ skip, limit: LIMIT }).page();
    return { rows: page.rows, next: page.hasMore ? skip + LIMIT : null };
  }

  async iterate(pages) {
    if (pages !== undefined) return super.iterate(pages);
    const rows = [];
    const list = this.client.sessions.list({ limit: LIMIT });
    for await (const row of list) rows.push(row);
    if (!list.report.complete) throw new Error("the list was not complete");
    return rows;
  }

  /** All rows by the other way that it has. */
  collect() {
    return this.client.sessions.list({ limit: LIMIT }).collect();
  }
}

/** Those that know HTTP but not the service: `get` is theirs. */
class Plain extends Serial {
  constructor(url, key) {
    super();
    this.url = url;
    this.options = { headers: { authorization: `Bearer ${key}` } };
  }

  identity() {
    return this.get(IDENTITY);
  }

  async page(skip) {
    const page = await this.get(`${LIST}?skip=${skip}&limit=${LIMIT}`);
    return { rows: page.items, next: page.next_cursor };
  }
}

class Fetch extends Plain {
  constructor(_, url, key) {
    super(url, key);
  }

  async get(path) {
    const response = await fetch(this.url + path, this.options);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return JSON.parse(await response.text());
  }
}

class Undici extends Plain {
  constructor(require, url, key) {
    super(url, key);
    this.request = require("undici").request;
  }

  async get(path) {
    const { statusCode, body } = await this.request(this.url + path, this.options);
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    return body.json();
  }
}

// With types that openapi-typescript makes of the document. They are gone when it runs, so there are none here.
class OpenapiFetch extends Serial {
  constructor(require, url, key) {
    super();
    const { default: createClient } = require("openapi-fetch");
    this.client = createClient({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  }

  async get(path, options) {
    const { data, response } = await this.client.GET(path, options);
    if (data === undefined) throw new Error(`status ${response.status}`);
    return data;
  }

  identity() {
    return this.get(IDENTITY);
  }

  async page(skip) {
    const page = await this.get(LIST, { params: { query: { skip, limit: LIMIT } } });
    return { rows: page.items, next: page.next_cursor };
  }
}

const KINDS = { "devin-v2": Ours, fetch: Fetch, undici: Undici, "openapi-fetch": OpenapiFetch };

/** The client `name`, with packages as `require` finds them. */
export function make(name, require, url, key) {
  return new KINDS[name](require, url, key);
}

/** Loads what the client needs. */
export function load(name, require) {
  if (name === "fetch" || name === "openapi-fetch") void Response;
  if (name !== "fetch") require(name);
}

/** Reads every field of every row, nested ones too. The sum keeps the reading from being optimized away. */
export function read(rows) {
  let sum = 0;
  for (const row of rows) {
    sum += row.session_id.length + row.url.length + row.status.length + row.org_id.length;
    sum += row.created_at.length + row.updated_at.length + row.acus_consumed;
    sum += (row.user_id?.length ?? 0) + (row.title?.length ?? 0);
    for (const tag of row.tags) sum += tag.length;
    for (const pull of row.pull_requests) sum += pull.url.length + (pull.state?.length ?? 0);
  }
  return sum;
}

/** The row in one order of its fields, to see that all clients read the same. */
export function values(row) {
  const pulls = row.pull_requests.map((pull) => [pull.url, pull.state]);
  return [
    row.session_id, row.url, row.status, row.tags, row.org_id, row.user_id, row.title, row.created_at, row.updated_at,
    row.acus_consumed, pulls,
  ];
}
