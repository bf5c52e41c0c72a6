// What the benchmark starts: the server and the workers.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { NAMES, SESSIONS } from "./clients.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

// Of all that is measured: without proxies and keys of the machine.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name) && !name.includes("DEVIN")),
);

/** A program that takes lines and answers each with a line of JSON. */
class Program {
  constructor(command, args) {
    this.command = command;
    this.process = spawn(command, args, { env, stdio: ["pipe", "pipe", "inherit"] });
    this.ended = once(this.process, "close");
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { done, value } = await this.lines.next();
    if (done) throw new Error(`${this.command} ended early`);
    return JSON.parse(value);
  }

  /** Ends it, and returns when it is gone. */
  async close() {
    this.process.stdin.end();
    await this.ended;
  }
}

/** Answers laid out beforehand, 100,000 sessions, each answer after `delay` milliseconds. */
export async function startServer(program, delay = 0) {
  const server = new Program(program, ["serve", String(SESSIONS), String(delay)]);
  const { url, api_key: key } = await server.line();
  return { url, key, close: () => server.close() };
}

export class Worker extends Program {
  constructor(project, name, server) {
    super(process.execPath, [WORKER, project, name, server.url, server.key]);
  }

  ask(what) {
    this.process.stdin.write(`${what}\n`);
    return this.line();
  }
}

function node(args, options) {
  const done = spawnSync(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"], ...options });
  if (done.status !== 0) throw done.error ?? new Error(`node ended with ${done.status ?? done.signal}`);
  return done.stdout;
}

/** Milliseconds that `code`, which imports what the project has, takes in a fresh process, and those of all the process. */
export function fresh(project, code) {
  const start = performance.now();
  const timed = `const start = performance.now(); ${code}; console.log(performance.now() - start)`;
  const inside = Number(node(["--input-type=module", "--eval", timed], { cwd: project }));
  return [inside, performance.now() - start];
}

/** Memory of a fresh process that holds all rows. */
export function held(project, name, server) {
  return JSON.parse(node(["--expose-gc", WORKER, project, name, server.url, server.key, "held"]));
}

/** All clients each time, a different one first, so that a slower moment of the machine strikes all of them. */
export function rounds(count) {
  return Array.from({ length: count }, (_, turn) => {
    const first = turn % NAMES.length;
    return [...NAMES.slice(first), ...NAMES.slice(0, first)];
  });
}
