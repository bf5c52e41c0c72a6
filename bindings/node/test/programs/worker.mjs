// What a worker thread does; and, as a program, what a process with workers does.

import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const kind = (promise) =>
  promise.then(
    () => "none",
    (error) => error.name,
  );

const works = {
  async load() {
    await import("devin-v2");
  },
  async call({ Client }) {
    const client = new Client(workerData);
    parentPort.postMessage({
      rows: (await client.members.list({ limit: 50 }).collect()).length,
      refused: await kind(client.members.get("")),
      missing: await kind(client.members.get("email|0")),
      aborted: await kind(client.identity.get({ signal: AbortSignal.abort() })),
    });
  },
  async hang({ Client }) {
    const client = new Client(workerData);
    for (let call = 0; call < 10; call++) client.identity.get();
    parentPort.postMessage("ready");
  },
  async busy({ Client }) {
    const client = new Client(workerData);
    for (let one = 0; one < 10; one++) {
      (async () => {
        for (;;) await client.identity.get();
      })();
    }
    parentPort.postMessage("ready");
  },
  async list({ Client }) {
    const client = new Client(workerData);
    parentPort.postMessage("ready");
    for (;;) for await (const row of client.members.list({ limit: 1 })) globalThis.kept = row;
  },
  async emulator() {
    const { startEmulator } = await import("devin-v2/testing");
    const emulator = await startEmulator({ members: 5 });
    await emulator.client().members.list().collect();
    parentPort.postMessage("ready");
    setInterval(() => {}, 1_000);
  },
  async exit({ Client }) {
    const client = new Client(workerData);
    client.identity.get();
    setTimeout(() => process.exit(3), 100);
  },
  async fail({ Client }) {
    await new Client(workerData).members.get("email|0");
  },
};

/** A worker with an emulator of its own. */
const worker = () => new Worker(new URL(import.meta.url), { workerData: { work: "emulator" } });

const orders = {
  async only() {
    const one = worker();
    await once(one, "message");
    await one.terminate();
    console.log("done");
  },
  async first() {
    const one = worker();
    await once(one, "message");
    await one.terminate();
    const { startEmulator } = await import("devin-v2/testing");
    const emulator = await startEmulator();
    await emulator.client().identity.get();
    const another = worker();
    await once(another, "message");
    await another.terminate();
    await emulator.client().identity.get();
    emulator.close();
    console.log("done");
  },
  async exit() {
    const { startEmulator } = await import("devin-v2/testing");
    const { url, apiKey } = (globalThis.kept = await startEmulator());
    const busy = Array.from(
      { length: 4 },
      () => new Worker(new URL(import.meta.url), { workerData: { work: "busy", url, apiKey } }),
    );
    await Promise.all(busy.map((one) => once(one, "message")));
    setTimeout(() => process.exit(0), 100);
  },
};

if (isMainThread) {
  await orders[process.argv[2]]?.();
} else if (works[workerData?.work]) {
  const { work, url: baseUrl, apiKey } = workerData;
  for (const name of Object.keys(workerData)) delete workerData[name];
  if (baseUrl) Object.assign(workerData, { baseUrl, apiKey });
  await works[work](work === "emulator" ? {} : await import("devin-v2"));
}
