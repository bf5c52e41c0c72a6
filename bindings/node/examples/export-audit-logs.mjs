// Appends the audit log to a file of JSON Lines, and goes on where the last run stopped.
//
//   node export-audit-logs.mjs --out audit.jsonl [--checkpoint audit.jsonl.checkpoint]
//
// The key and the address come from DEVIN_V2_API_KEY and DEVIN_V2_BASE_URL. Run it as often as you like, but one at a
// time. It can be killed at any moment: no entry is lost, and none is written twice.
//
// The service lists the newest entries first, and only backwards. So each run reads a stretch: from the newest entry
// down to those that the file has already, and, if an earlier run did not get so far, first the rest of that one's
// stretch. Within a stretch the file is newest first, too; sort by `created_at` where the order matters.

import { open, readFile, rename } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";

import { Client, DevinError } from "devin-v2";

/** Entries that are written, and accounted for, together. */
const BATCH = 100;
/** How many of the newest entries are remembered, so that one that turns up late among them is still found. */
const REMEMBERED = 100;

/** An integer beyond 2^53, which `JSON.stringify` knows no word for: as text where there is no `JSON.rawJSON` (Node 20). */
const digits = (_, value) => {
  if (typeof value !== "bigint") return value;
  return JSON.rawJSON ? JSON.rawJSON(String(value)) : String(value);
};

/** What the user has to see to; it is told without a stack trace. */
class Problem extends Error {}

/**
 * The file and its checkpoint. The checkpoint says up to which byte the file counts: entries are written first and
 * count once the checkpoint is renamed into its place, so a run that was killed in between leaves bytes that don't.
 *
 * In the checkpoint, `known` are the ids of the newest entries in the file. `stretch` is there while one is being read:
 * `before` is its last entry in the file, and `newest` are the ids that it began with.
 */
class Export {
  #file;
  #path;
  #checkpoint;
  state;
  added = 0;

  static async open(path, checkpoint, baseUrl) {
    const made = new Export();
    made.#path = path;
    made.#checkpoint = checkpoint;
    const state = await readState(checkpoint);
    const fresh = { version: 1, baseUrl, file: basename(path), bytes: 0, known: [], stretch: null };
    made.state = state ?? fresh;
    for (const name of ["version", "baseUrl", "file"]) {
      if (made.state[name] !== fresh[name]) {
        throw new Problem(`${checkpoint} is of another export: its ${name} is ${made.state[name]}, not ${fresh[name]}`);
      }
    }
    // Entries are personal data: the file is its owner's. "a" makes it if it is not there, and spoils nothing if it is.
    await (await open(path, "a", 0o600)).close();
    made.#file = await open(path, "r+");
    const { size } = await made.#file.stat();
    if (state === undefined && size > 0) {
      throw new Problem(`${path} is not empty, but ${checkpoint} is not there: choose another file, or bring it back`);
    }
    if (size < made.state.bytes) {
      throw new Problem(`${path} is shorter than ${checkpoint} says: bring it back, or remove both to start over`);
    }
    await made.#file.truncate(made.state.bytes);
    await made.#save();
    return made;
  }

  async add(entries, change) {
    // Somebody else's bytes, such as those of a second run, must not be overwritten.
    if ((await this.#file.stat()).size !== this.state.bytes) {
      throw new Problem(`${this.#path} was changed by something else: is another export running?`);
    }
    const lines = Buffer.from(entries.map((entry) => `${JSON.stringify(entry, digits)}\n`).join(""));
    for (let done = 0; done < lines.length; ) {
      const { bytesWritten } = await this.#file.write(lines, done, lines.length - done, this.state.bytes + done);
      done += bytesWritten;
    }
    await this.#file.datasync();
    this.state = { ...this.state, ...change, bytes: this.state.bytes + lines.length };
    await this.#save();
    this.added += entries.length;
  }

  async #save() {
    const temporary = `${this.#checkpoint}.new`;
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(this.state)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#checkpoint);
  }

  async close() {
    await this.#file?.close();
  }
}

async function readState(path) {
  let text;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text);
    if (Number.isSafeInteger(state.bytes) && Array.isArray(state.known)) return state;
  } catch {
    // As below.
  }
  throw new Problem(`${path} is not a checkpoint: bring it back, or remove it and the file to start over`);
}

/** Reads a stretch, or the rest of one: down to the entries that the file has, or to the end of the log. */
async function readStretch(client, log) {
  const { before, newest } = log.state.stretch ?? { newest: [] };
  // An entry without an id can't be told from others, and is not passed over in silence: `strict`.
  const entries = client.auditLogs.list({ before, limit: BATCH }, { strict: true });
  const known = new Set(log.state.known);
  const ids = [...newest];
  const remember = (id) => ids.length < REMEMBERED && ids.push(id);
  let batch = [];
  let late = [];
  let met = false;
  for await (const entry of entries) {
    const id = entry.audit_log_id;
    if (known.has(id)) {
      // What came between two that the file has, it has not: it turned up after they were read.
      met = true;
      batch.push(...late);
      for (const one of late) remember(one.audit_log_id);
      remember(id);
      late = [];
    } else if (met) {
      // Late, or older than all that is remembered; in that case the file has it.
      late.push(entry);
      if (late.length >= REMEMBERED) break;
    } else {
      batch.push(entry);
      remember(id);
      if (batch.length >= BATCH) {
        await log.add(batch, { stretch: { before: id, newest: ids } });
        batch = [];
        console.error(`entries so far: ${log.added}`);
      }
    }
  }
  if (!met && log.state.known.length > 0) {
    console.error("none of the newest entries of the last run is in the log any more: there may be a gap before it");
  }
  for (const id of log.state.known) if (!ids.includes(id)) remember(id);
  await log.add(batch, { stretch: null, known: ids });
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string" }, checkpoint: { type: "string" } } });
  if (!values.out) throw new Problem("usage: export-audit-logs.mjs --out FILE [--checkpoint FILE]");
  const client = new Client();
  const log = await Export.open(values.out, values.checkpoint ?? `${values.out}.checkpoint`, client.baseUrl);
  try {
    if (log.state.stretch) await readStretch(client, log);
    await readStretch(client, log);
    console.error(`new entries in ${values.out}: ${log.added}`);
  } catch (error) {
    console.error(`new entries in ${values.out}: ${log.added}; the next run goes on from there`);
    throw error;
  } finally {
    await log.close();
  }
}

try {
  await main();
} catch (error) {
  const expected = error instanceof Problem || error instanceof DevinError || error.code !== undefined;
  console.error(expected ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
