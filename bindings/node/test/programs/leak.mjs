// More than 100,000 calls, and what the process's memory grows by. The server is another process; prints MiB.
// Run with --expose-gc.

import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "devin-v2";

/** MiB in use, once all garbage is gone. */
async function memory() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await sleep(20); // Finalizers of native objects run after the collection.
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

/** Calls `work` so many times, 50 at the same time. */
async function many(count, work) {
  let left = count;
  const one = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: 50 }, one));
}

const client = new Client({ maxConcurrency: 50 });

const called = (count) => many(count, () => client.identity.get());

const signalled = async (count) => {
  // A signal that lives on, as a server's would.
  const { signal } = new AbortController();
  await many(count, () => client.identity.get({ signal }));
};

const failing = (count) => many(count, () => client.members.get("email|0").catch(() => {}));

const refused = (count) => many(count, () => client.members.get("").catch(() => {}));

async function aborted(count) {
  for (let done = 0; done < count; done += 50) {
    const controller = new AbortController();
    const calls = Array.from({ length: 50 }, () => client.identity.get({ signal: controller.signal }));
    setTimeout(() => controller.abort(), 1);
    await Promise.allSettled(calls);
  }
}

async function listing(count) {
  for (let done = 0; done < count; done++) {
    const sessions = client.sessions.list({ limit: 100 });
    await sessions.page();
    for await (const row of sessions) {
      globalThis.last = row;
      break;
    }
  }
}

async function clients(count) {
  for (let done = 0; done < count; done++) {
    await new Client().withOptions({ timeout: 60_000 }).identity.get();
    // Their connections stay until they are collected, and the server has 512 places.
    if (done % 100 === 0) await memory();
  }
}

// Of each, how many to warm up with, and how many then. V8's and the allocator's rooms grow to their size at first.
const PARTS = [
  [called, 4_000, 45_000],
  [signalled, 2_000, 15_000],
  [failing, 4_000, 15_000],
  [refused, 25_000, 15_000],
  [aborted, 4_000, 10_000],
  [listing, 100, 500],
  [clients, 700, 500],
];

if (globalThis.gc) {
  let total = 0;
  for (const [work, warm] of PARTS) await work(warm);
  for (const [work, , count] of PARTS) {
    const before = await memory();
    await work(count);
    total += count;
    console.log(`${work.name} ${((await memory()) - before).toFixed(1)}`);
  }
  if (total <= 100_000) throw new Error(`only ${total}`);
}
