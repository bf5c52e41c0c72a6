// The npm package beside what users would pick instead, in one run against one server, as ratios.
//
// `bench.mjs --server FILE --project FOLDER`: the devin-v2-peers program, and a folder whose node_modules hold devin-v2
// and the packages of package.json here. Reads memory and CPU time from /proc, so it measures on Linux only.

import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { IN_FLIGHT, LIMIT, LOADS, NAMES, SESSIONS, TITLES } from "./clients.mjs";
import { watchOthers } from "./machine.mjs";
import { Worker, fresh, held, rounds, startServer } from "./run.mjs";

// Pages that are read of the slow server by those whose time is not part of an aim.
const SAMPLE = 60;
const PAGES = SESSIONS / LIMIT;
// Above this share for other programs, slower clients suffer more than quick ones and ratios flatter the quick.
const QUIET = 0.05;

const verdicts = [];

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `map` over the values of an object. */
function each(of, change) {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}

function table(title, unit, figures, digits = 1, notes = {}) {
  console.log(`\n${title}, ${unit}`);
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  for (const name of NAMES) {
    const value = figures[name].toLocaleString("en", format).padStart(12);
    const ratio = (figures[name] / figures.fetch).toFixed(3).padStart(8);
    console.log(`  ${TITLES[name].padEnd(20)} ${value}   ${ratio} of fetch  ${notes[name] ?? ""}`.trimEnd());
  }
}

function aim(what, value, bound, { atLeast = false, digits = 3 } = {}) {
  const met = atLeast ? value >= bound : value <= bound;
  verdicts.push([what, value.toFixed(digits), `${atLeast ? "≥" : "≤"} ${bound}`, met]);
}

/** The medians of what all workers answer to `what` in so many rounds. */
async function asked(workers, what, count) {
  const times = each(workers, () => []);
  for (const names of rounds(count)) {
    for (const name of names) times[name].push(...(await workers[name].ask(what)));
  }
  return each(times, median);
}

function loads(project) {
  // Once unmeasured, so that all files have been read.
  for (const code of Object.values(LOADS)) fresh(project, code);
  const times = each(LOADS, () => []);
  for (const names of rounds(11)) {
    for (const name of names) times[name].push(fresh(project, LOADS[name]));
  }
  const inside = each(times, (rounds) => median(rounds.map(([inside]) => inside)));
  const notes = each(times, (rounds) => `(whole process ${median(rounds.map(([, whole]) => whole)).toFixed(1)})`);
  table("import in a fresh process (11 rounds, median)", "milliseconds", inside, 1, notes);
  aim("load, ms", inside["devin-v2"], 25, { digits: 1 });
}

async function memory(project, server) {
  const figures = each(TITLES, () => [0, 0]);
  for (const name of NAMES) figures[name] = held(project, name, server);
  const notes = each(figures, ([, peak]) => `(at the peak ${peak.toFixed(0)})`);
  const title = "100,000 rows held: memory above that after loading (once, in fresh processes)";
  table(title, "MiB", each(figures, ([after]) => after), 1, notes);
}

async function calls(workers) {
  const latency = each(await asked(workers, "latency", 10), (seconds) => seconds * 1e6);
  table("one small call at a time (10 rounds of 150 calls, median)", "microseconds", latency);
  aim("latency / fetch", latency["devin-v2"] / latency.fetch, 0.6);
  aim("latency / undici", latency["devin-v2"] / latency.undici, 1);

  const rate = each(await asked(workers, "inFlight", 8), (seconds) => 1 / seconds);
  table(`${IN_FLIGHT} calls in flight (8 rounds of 0.6 s, median)`, "calls a second", rate, 0);
  aim("calls a second / fetch", rate["devin-v2"] / rate.fetch, 4, { atLeast: true });
  aim("calls a second / undici", rate["devin-v2"] / rate.undici, 1, { atLeast: true });

  const page = each(await asked(workers, "page", 12), (seconds) => seconds * 1e3);
  table(`page of ${LIMIT} sessions, every field read (12 rounds of 50 pages, median)`, "milliseconds", page, 2);
  aim("page / fetch", page["devin-v2"] / page.fetch, 0.8);
}

async function paging(program, project) {
  const server = await startServer(program, 50);
  const seconds = {};
  const notes = {};
  for (const name of NAMES) {
    const worker = new Worker(project, name, server);
    await worker.ask("iterate 1");
    if (name === "devin-v2") {
      const times = [];
      for (let turn = 0; turn < 3; turn += 1) times.push(await worker.ask("iterate"));
      seconds[name] = median(times);
      notes[name] = `(median of 3; once by collect(): ${(await worker.ask("collect")).toFixed(2)})`;
    } else {
      seconds[name] = ((await worker.ask(`iterate ${SAMPLE}`)) * PAGES) / SAMPLE;
      notes[name] = `(${SAMPLE} pages, extrapolated to ${PAGES})`;
    }
    await worker.close();
  }
  await server.close();
  const title = `100,000 sessions iterated, ${LIMIT} a page, 50 ms server delay; all but the SDK serially`;
  table(title, "seconds", seconds, 2, notes);
}

async function main() {
  const text = { type: "string" };
  const { server: program, project: folder } = parseArgs({ options: { server: text, project: text } }).values;
  if (program === undefined || folder === undefined) throw new Error("usage: bench.mjs --server FILE --project FOLDER");
  const project = resolve(folder);
  const start = performance.now();
  const others = watchOthers();

  loads(project);
  const server = await startServer(program);
  await memory(project, server);
  const workers = Object.fromEntries(NAMES.map((name) => [name, new Worker(project, name, server)]));
  const seen = {};
  for (const name of NAMES) seen[name] = JSON.stringify(await workers[name].ask("check"));
  const different = NAMES.filter((name) => seen[name] !== seen.fetch);
  if (different.length > 0) throw new Error(`they read other values than fetch: ${different.join(", ")}`);
  await calls(workers);
  const bytes = await workers["devin-v2"].ask("addon");
  for (const one of [...Object.values(workers), server]) await one.close();
  await paging(program, project);

  console.log(`\naddon, megabytes\n  ${(bytes / 1e6).toFixed(2)}`);
  aim("addon, MB", bytes / 1e6, 5, { digits: 2 });
  console.log("\naims");
  for (const [what, value, bound, met] of verdicts) {
    console.log(`  ${what.padEnd(28)} ${value.padStart(8)}   ${bound.padEnd(8)}   ${met ? "met" : "MISSED"}`);
  }
  console.log(`\n${((performance.now() - start) / 1e3).toFixed(0)} s in all, Node ${process.version.slice(1)}`);
  const share = others();
  console.log(`other programs used ${(share * 100).toFixed(0)}% of the processors meanwhile`);
  if (share > QUIET) console.log("THE MACHINE WAS BUSY: these figures are not to be quoted");
}

await main();
