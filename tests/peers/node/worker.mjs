// One client in a process of its own: `worker.mjs PROJECT NAME URL KEY [held]`. Takes a figure's name a line, answers
// in JSON. So no client shares a heap and its collector with another one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { IN_FLIGHT, LIMIT, SESSIONS, load, make, read, values } from "./clients.mjs";

const WARM_UP = 500;
const SECONDS_IN_FLIGHT = 0.6;

const [project, name, url, key, figure] = process.argv.slice(2);
const require = createRequire(join(project, "package.json"));
load(name, require);

/** MiB from a line of this process's status. */
function memory(line) {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return Number(found[1]) / 1024;
}

/** What it took seconds to do, and what came of it. */
async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1e3, result };
}

const figures = {
  /** Warms up, and tells what it reads. */
  async check(client) {
    let identity;
    for (let turn = 0; turn < WARM_UP; turn += 1) identity = await client.identity();
    await figures.inFlight(client);
    await figures.page(client);
    const { rows, next } = await client.page(0);
    const { api_key_id, user_id, user_email, org_id } = identity;
    return [[api_key_id, user_id, user_email, org_id], next, rows.map(values)];
  },

  /** Seconds of each of 150 calls. */
  async latency(client) {
    const times = [];
    for (let turn = 0; turn < 150; turn += 1) times.push((await timed(() => client.identity())).seconds);
    return times;
  },

  /** Seconds per call, 50 calls in flight. */
  async inFlight(client) {
    let calls = 0;
    const start = performance.now();
    const oneAfterAnother = async () => {
      while (performance.now() - start < SECONDS_IN_FLIGHT * 1e3) {
        await client.identity();
        calls += 1;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, oneAfterAnother));
    return [(performance.now() - start) / 1e3 / calls];
  },

  /** Seconds until every field of the page was read, of each of 50 pages. */
  async page(client) {
    const times = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const { seconds, result } = await timed(async () => read((await client.page(turn * LIMIT)).rows));
      assert(result > 0);
      times.push(seconds);
    }
    return times;
  },

  /** Seconds for all rows, or for the first `pages` pages. */
  async iterate(client, pages) {
    const { seconds, result } = await timed(() => client.iterate(pages && Number(pages)));
    assert.equal(result.length, pages ? pages * LIMIT : SESSIONS);
    return seconds;
  },

  async collect(client) {
    const { seconds, result } = await timed(() => client.collect());
    assert.equal(result.length, SESSIONS);
    return seconds;
  },

  /** Bytes of the native part. */
  async addon() {
    const path = Object.keys(require.cache).find((path) => path.endsWith(".node"));
    return readFileSync(path).length;
  },
};

/** Has garbage collected and its pages given back, which happens in the background. */
async function clean() {
  globalThis.gc();
  await setTimeout(200);
  globalThis.gc();
}

/** MiB above what there was after loading: with 100,000 rows held and garbage gone, and at the peak on the way. */
async function held() {
  await clean();
  const before = memory("VmRSS");
  const rows = await make(name, require, url, key).iterate();
  await clean();
  const after = memory("VmRSS") - before;
  assert.equal(rows.length, SESSIONS);
  return [after, memory("VmHWM") - before];
}

function answer(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

if (figure === "held") {
  answer(await held());
} else {
  const client = make(name, require, url, key);
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, ...given] = line.split(" ");
    answer(await figures[what](client, ...given));
  }
}
// Connections that are kept for the next call would hold up the end.
process.exit();
