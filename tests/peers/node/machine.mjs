// Whether the figures can be trusted: what else ran meanwhile.

import { readFileSync } from "node:fs";

function now() {
  const machine = readFileSync("/proc/stat", "utf8").split("\n", 1)[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const [user, nice, system, idle, wait, irq, soft, steal] = machine;
  const busy = user + nice + system + irq + soft + steal;
  // Behind the program's name, which may hold anything: our own time and that of our programs that ended.
  const own = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ").slice(11, 15).map(Number);
  return { busy, whole: busy + idle + wait, own: own.reduce((sum, ticks) => sum + ticks, 0) };
}

/** The share of the machine's processors that other programs used, read when all of our own have ended. */
export function watchOthers() {
  const before = now();
  return () => {
    const after = now();
    const others = after.busy - before.busy - (after.own - before.own);
    return Math.max(0, others) / (after.whole - before.whole);
  };
}
