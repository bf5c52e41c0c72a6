// Pages are fetched as they are needed, a few ahead at most.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enterprise, LONG, sleep, until } from "./support.mjs";

/** Long enough for requests that ought not to be sent to arrive. */
const quiet = () => sleep(300);

// One page more than is asked for may be touched while rows are handed over.
const SLACK = 2;

for (const prefetch of [1, 3, 8]) {
  test(`a reader that stops is no more than ${prefetch} ahead`, LONG, async (t) => {
    const { emulator, client } = await enterprise(t, {}, { prefetch });
    const rows = client.members.list({ limit: 1 })[Symbol.asyncIterator]();
    for (const read of [1, 10, 30]) {
      for (let done = read === 1 ? 0 : read === 10 ? 1 : 10; done < read; done++) {
        assert.equal((await rows.next()).done, false);
      }
      await until(() => emulator.requests.length > read, "fetching ahead");
      await quiet();
      const arrived = emulator.requests.length;
      assert.ok(arrived <= read + prefetch + SLACK, `${arrived} pages for ${read} rows`);
      await quiet();
      assert.equal(emulator.requests.length, arrived, "and it stays so");
    }
    await rows.return();
  });
}

test("leaving a loop stops the requests", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { prefetch: 4 });
  for (const leave of ["break", "throw"]) {
    emulator.clearRequests();
    const members = client.members.list({ limit: 1 });
    try {
      for await (const row of members) {
        assert.ok(row.user_id);
        if (leave === "throw") throw new RangeError("mine");
        break;
      }
    } catch (error) {
      assert.equal(error.message, "mine");
    }
    await quiet();
    const arrived = emulator.requests.length;
    assert.ok(arrived <= 1 + 4 + SLACK, `${arrived}`);
    await quiet();
    assert.equal(emulator.requests.length, arrived);
  }
});

test("a page under way is dropped when the loop is left", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { prefetch: 1, maxConcurrency: 1 });
  emulator.fault({ path: "/v2/enterprise/members", query: { skip: "10" }, delay: 60_000 });
  for await (const row of client.members.list({ limit: 10 })) {
    assert.ok(row.user_id);
    break;
  }
  // It would hold the only place there is for a minute.
  assert.ok((await client.identity.get({ timeout: 30_000 })).api_key_id);
});

test("one page is one request", async (t) => {
  const { emulator, client } = await enterprise(t, {}, { prefetch: 8 });
  await client.members.list({ limit: 10 }).page();
  await quiet();
  assert.equal(emulator.requests.length, 1);
});

test("a list is read while it is fetched", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { prefetch: 1 });
  emulator.fault({ path: "/v2/enterprise/members", query: { skip: "100" }, delay: 60_000, times: null });
  const rows = client.members.list({ limit: 50 })[Symbol.asyncIterator]();
  for (let read = 0; read < 100; read++) assert.equal((await rows.next()).done, false);
});

test("the requests at the same time are bounded", LONG, async (t) => {
  const { emulator, client } = await enterprise(t, {}, { maxConcurrency: 3 });
  emulator.fault({ path: "/v2/enterprise/self", delay: 2_000, times: null });
  const calls = Promise.all(Array.from({ length: 6 }, () => client.identity.get()));
  await until(() => emulator.requests.length >= 3, "three requests");
  assert.equal(emulator.requests.length, 3);
  await calls;
  assert.equal(emulator.requests.length, 6);
});
