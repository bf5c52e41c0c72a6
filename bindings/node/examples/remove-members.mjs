// Removes the members whose e-mail addresses are listed in a CSV file.
//
//   node remove-members.mjs leavers.csv         shows who would be removed; changes nothing
//   node remove-members.mjs leavers.csv --yes   removes them
//
// The file needs a header with a column `email`; other columns are ignored. The key and the address come from
// DEVIN_V2_API_KEY and DEVIN_V2_BASE_URL. You yourself, whose key it is, are never removed.
//
// Exit code: 0 if all addresses could be (or were) removed, 1 if some could not, 2 if nothing was tried.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { Client, DevinError, NotFoundError } from "devin-v2";

/** What the user has to see to; it is told without a stack trace. */
class Problem extends Error {}

/** The rows of a CSV file (RFC 4180), each with the number of the line that it starts on. */
function* rows(text) {
  let row = [];
  let line = 1;
  let start = 1;
  for (let at = 0; at < text.length; ) {
    let value = "";
    if (text[at] === '"') {
      for (at += 1; ; at += 2) {
        const end = text.indexOf('"', at);
        if (end < 0) throw new Problem(`line ${start}: a quote is opened, but not closed`);
        value += text.slice(at, end);
        at = end;
        if (text[at + 1] !== '"') break;
        value += '"';
      }
      at += 1;
      line += value.split("\n").length - 1;
      if (at < text.length && !",\r\n".includes(text[at])) {
        throw new Problem(`line ${line}: there is something behind a closing quote`);
      }
    } else {
      const from = at;
      while (at < text.length && !",\r\n".includes(text[at])) at += 1;
      value = text.slice(from, at);
      if (value.includes('"')) throw new Problem(`line ${line}: there is a quote within a field that has none around it`);
    }
    row.push(value.trim());
    if (text[at] === ",") {
      at += 1;
      // A comma at the very end has an empty field behind it.
      if (at < text.length) continue;
      row.push("");
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    if (row.some((field) => field !== "")) yield { row, line: start };
    row = [];
    start = line;
  }
}

/** The addresses of a file, each once, in lower case. */
async function addresses(path) {
  // The decoder drops a byte order mark, and refuses what is not UTF-8 rather than look for garbled addresses.
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  let header;
  let column = -1;
  const found = new Set();
  for (const { row, line } of rows(text)) {
    if (header === undefined) {
      header = row;
      column = row.findIndex((name) => name.toLowerCase() === "email");
      if (column < 0) throw new Problem(`the header has no column email: ${row.join(", ")}`);
    } else if (row.length !== header.length) {
      // A comma without quotes around it would move another column into the place of the addresses.
      throw new Problem(`line ${line}: the number of fields is ${row.length}, in the header ${header.length}`);
    } else if (row[column] !== "") {
      found.add(row[column].toLowerCase());
    }
  }
  if (found.size === 0) throw new Problem("there are no addresses in it");
  return found;
}

/** Who is to be removed, and who can't be. */
async function plan(client, wanted) {
  const [self, members] = await Promise.all([client.identity.get(), client.members.list({ limit: 200 }).collect()]);
  if (!members.report.complete || members.report.badRowCount > 0) {
    throw new Problem("the list of members changed while it was read, or parts of it can't be read: run this again");
  }
  const isSelf = (member) =>
    member.user_id === self.user_id || member.email.toLowerCase() === self.user_email?.toLowerCase();
  const listed = members.filter((member) => wanted.has(member.email.toLowerCase()));
  const known = new Set(listed.map((member) => member.email.toLowerCase()));
  return {
    leaving: listed.filter((member) => !isSelf(member)),
    own: listed.filter(isSelf),
    unknown: [...wanted].filter((email) => !known.has(email)),
  };
}

/** Removes them one by one; gives how many are still there. */
async function remove(client, leaving) {
  let failed = 0;
  for (const { user_id, email } of leaving) {
    try {
      await client.members.delete(user_id);
      console.log(`removed    ${email} (${user_id})`);
    } catch (error) {
      if (error instanceof NotFoundError) {
        console.log(`was gone   ${email} (${user_id})`);
      } else if (error instanceof DevinError) {
        failed += 1;
        console.log(`FAILED     ${email} (${user_id}): ${error.message}`);
      } else {
        throw error;
      }
    }
  }
  return failed;
}

async function main() {
  const { values, positionals } = parseArgs({ options: { yes: { type: "boolean" } }, allowPositionals: true });
  if (positionals.length !== 1) throw new Problem("usage: remove-members.mjs FILE.csv [--yes]");
  const wanted = await addresses(positionals[0]);
  const client = new Client();
  const { leaving, own, unknown } = await plan(client, wanted);
  for (const { email, user_id } of own) console.log(`yourself   ${email} (${user_id}): not removed`);
  for (const email of unknown) console.log(`no member  ${email}`);
  let failed = 0;
  if (values.yes) {
    failed = await remove(client, leaving);
    console.log(`${leaving.length - failed} of ${wanted.size} removed, ${failed} failed, ${unknown.length} unknown`);
  } else {
    for (const { email, user_id, name } of leaving) console.log(`to remove  ${email} (${user_id}), ${name}`);
    console.log(`${leaving.length} of ${wanted.size} would be removed, ${unknown.length} unknown; nothing was changed`);
    if (leaving.length > 0) console.log("Give --yes to remove them.");
  }
  return failed + unknown.length + own.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof Problem || error instanceof DevinError || error.code !== undefined;
  console.error(expected ? `error: ${error.message}` : error);
  process.exitCode = 2;
}
