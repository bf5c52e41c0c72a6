// Tells which client a worker's environment makes. `workerData` is put into it first.

import { parentPort, workerData } from "node:worker_threads";

import { Client } from "devin-v2";

Object.assign(process.env, workerData ?? {});
try {
  parentPort.postMessage(String(new Client()));
} catch (error) {
  parentPort.postMessage(error.name);
}
