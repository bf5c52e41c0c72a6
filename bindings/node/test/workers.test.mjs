// Worker threads load the package, call, and end: by themselves and when they are told to.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { enterprise, LONG, program, run, sleep } from "./support.mjs";

/** A worker that does `work`; `said` collects what it sends. */
function start(emulator, work) {
  const worker = new Worker(program("worker.mjs"), {
    workerData: { work, url: emulator.url, apiKey: emulator.apiKey },
  });
  const said = [];
  worker.on("message", (message) => said.push(message));
  const ended = Promise.race([
    once(worker, "exit").then(([code]) => code),
    once(worker, "error").then(([error]) => Promise.reject(error)),
  ]);
  const ready = once(worker, "message");
  for (const promise of [ended, ready]) promise.catch(() => {});
  return { worker, said, ended, ready };
}

/** The main thread works as before. */
const checkHere = async (client) => assert.equal((await client.members.list({ limit: 50 }).collect()).length, 120);

test("a worker calls and ends by itself", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  const { said, ended } = start(emulator, "call");
  assert.equal(await ended, 0);
  assert.deepEqual(said, [
    { rows: 120, refused: "RefusedError", missing: "NotFoundError", aborted: "APIUserAbortError" },
  ]);
  await checkHere(client);
});

test("ten workers at the same time", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  const here = checkHere(client);
  const workers = Array.from({ length: 10 }, () => start(emulator, "call"));
  assert.deepEqual(await Promise.all(workers.map(({ ended }) => ended)), Array(10).fill(0));
  for (const { said } of workers) assert.equal(said[0].rows, 120);
  await here;
  await checkHere(client);
});

test("one worker after the other", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  for (let time = 0; time < 5; time++) assert.equal(await start(emulator, "load").ended, 0);
  await checkHere(client);
});

for (const work of ["hang", "busy", "list", "emulator"]) {
  test(`workers that are ended from outside: ${work}`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t);
    emulator.fault({ path: "/v2/enterprise/self", delay: 60_000, times: work === "hang" ? null : 0 });
    const workers = Array.from({ length: 5 }, () => start(emulator, work));
    await Promise.all(workers.map(({ ready }) => ready));
    await sleep(50);
    const here = checkHere(client);
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
    await here;
    await checkHere(client);
  });
}

test("a worker that exits in the middle of a call", LONG, async (t) => {
  const { emulator, client } = await enterprise(t);
  emulator.fault({ path: "/v2/enterprise/self", delay: 60_000, times: null });
  assert.equal(await start(emulator, "exit").ended, 3);
  await checkHere(client);
});

test("a worker's error has what it says", LONG, async (t) => {
  const { emulator } = await enterprise(t);
  await assert.rejects(start(emulator, "fail").ended, (error) => {
    assert.match(error.stack, /members\.get: not found \(404\)[\s\S]*worker\.mjs:\d+/);
    assert.deepEqual([error.status, error.operation], [404, "members.get"]);
    return true;
  });
});

test("the package is loaded in a worker alone, or after one has ended", LONG, async () => {
  for (const order of ["only", "first"]) {
    const done = await run([program("worker.mjs"), order]);
    assert.deepEqual([done.code, done.stdout, done.stderr], [0, "done\n", ""], order);
  }
});

test("a process that ends while workers are busy ends at once", LONG, async () => {
  for (let time = 0; time < 4; time++) {
    const done = await run([program("worker.mjs"), "exit"], { timeout: 30_000 });
    assert.deepEqual([done.code, done.stdout, done.stderr], [0, "", ""]);
  }
});
