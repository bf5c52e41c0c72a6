// The examples as their users run them: programs, against an emulator or a server that is scripted here.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startEmulator } from "devin-v2/testing";

import { ORG, sleep, until } from "./support.mjs";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const KEY = "apk_user_examplesCanary0123456789";

let emulator;
let client;
let folder;

before(async () => {
  emulator = await startEmulator({ apiKey: KEY, members: 30, sessions: 20 });
  client = emulator.client();
});
after(() => emulator.close());
beforeEach(async () => {
  emulator.reset();
  folder = await mkdtemp(join(tmpdir(), "devin-v2-examples-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts an example; `done` resolves to its exit code, signal and output. */
function start(name, args, url = emulator.url) {
  const env = { ...process.env, DEVIN_V2_API_KEY: KEY, DEVIN_V2_BASE_URL: url };
  const child = spawn(process.execPath, [join(EXAMPLES, name), ...args], { cwd: folder, env, timeout: 120_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const done = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      assert.ok(!`${stdout}${stderr}`.includes(KEY), "the key was shown");
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, done };
}

const run = (name, args, url) => start(name, args, url).done;

describe("export-audit-logs", () => {
  const NAME = "export-audit-logs.mjs";
  const ARGS = ["--out", "audit.jsonl"];
  const out = () => join(folder, "audit.jsonl");
  const checkpoint = () => `${out()}.checkpoint`;

  async function exported() {
    const text = await readFile(out(), "utf8");
    assert.ok(text === "" || text.endsWith("\n"));
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  const ids = (entries) => entries.map((entry) => entry.audit_log_id);

  /** The file holds the log: every entry once, with all of its fields. */
  async function assertWhole() {
    const byId = (one, other) => (one.audit_log_id < other.audit_log_id ? -1 : 1);
    const log = await client.auditLogs.list({ limit: 1000 }).collect();
    assert.ok(log.report.complete);
    assert.deepEqual((await exported()).sort(byId), [...log].sort(byId));
  }

  /** Makes `count` entries in the log. */
  async function change(count) {
    const calls = Array.from({ length: count }, (_, limit) => client.organizations.update(ORG, { max_acu_limit: limit }));
    await Promise.all(calls);
  }

  test("a second run appends what is new", async () => {
    await change(500);
    const first = await run(NAME, ARGS);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, "");
    await assertWhole();
    const entries = await exported();
    assert.match(first.stderr, /^entries so far: 100\n/);
    assert.ok(first.stderr.endsWith(`new entries in audit.jsonl: ${entries.length}\n`), first.stderr);

    await change(3);
    emulator.clearRequests();
    const second = await run(NAME, ARGS);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(second.stderr, "new entries in audit.jsonl: 3\n");
    // The pages with what is new and what is remembered, what shows that this is all, and one that was under way.
    assert.ok(emulator.requests.length <= 4, "it reads as far as it has to, not the whole log");
    await assertWhole();
    assert.deepEqual((await exported()).slice(0, entries.length), entries, "what was there stays");

    const text = await readFile(out(), "utf8");
    const third = await run(NAME, ARGS);
    assert.equal(third.stderr, "new entries in audit.jsonl: 0\n");
    assert.equal(await readFile(out(), "utf8"), text);
  });

  test("many new entries at once", async () => {
    assert.equal((await run(NAME, ARGS)).code, 0);
    await change(350);
    const second = await run(NAME, ARGS);
    assert.ok(second.stderr.endsWith("new entries in audit.jsonl: 350\n"), second.stderr);
    await assertWhole();
  });

  test("a failure in between", async () => {
    emulator.fault({ kind: "status", status: 400, path: "/v2/enterprise/audit-logs", skip: 2 });
    const first = await run(NAME, ARGS);
    assert.equal(first.code, 1);
    assert.match(first.stderr, /new entries in audit\.jsonl: 200; the next run goes on from there\nerror: auditLogs\.list: /);
    assert.equal((await exported()).length, 200);
    await change(5);
    const second = await run(NAME, ARGS);
    assert.equal(second.code, 0, second.stderr);
    await assertWhole();
  });

  test("a failure while new entries are read, while others come", async () => {
    assert.equal((await run(NAME, ARGS)).code, 0);
    await change(250);
    emulator.fault({ kind: "status", status: 400, path: "/v2/enterprise/audit-logs", skip: 1 });
    assert.equal((await run(NAME, ARGS)).code, 1);
    await change(250);
    // The rest of that takes four pages, or five with one that is under way in vain; this meets what comes after it.
    emulator.fault({ kind: "status", status: 400, path: "/v2/enterprise/audit-logs", skip: 5 });
    assert.equal((await run(NAME, ARGS)).code, 1);
    await change(7);
    const last = await run(NAME, ARGS);
    assert.equal(last.code, 0, last.stderr);
    await assertWhole();
  });

  test("killed while it waits for a page", async () => {
    emulator.fault({ path: "/v2/enterprise/audit-logs", skip: 2, delay: 60_000 });
    const { child, done } = start(NAME, ARGS);
    await until(() => statSync(out(), { throwIfNoEntry: false })?.size > 0, "the first entry");
    await until(() => emulator.requests.length === 3, "the third request");
    child.kill("SIGKILL");
    assert.notEqual((await done).code, 0);
    await change(2);
    const second = await run(NAME, ARGS);
    assert.equal(second.code, 0, second.stderr);
    await assertWhole();
  });

  test("killed at any time", async () => {
    await change(1500);
    emulator.fault({ path: "/v2/enterprise/audit-logs", times: null, delay: 10 });
    let killed = 0;
    for (let round = 0; round < 12; round += 1) {
      const { child, done } = start(NAME, ARGS);
      // From its first request on: how long a program takes to start differs between machines.
      await until(() => child.exitCode !== null || emulator.requests.length > 0, "a request");
      await sleep(7 * round);
      child.kill("SIGKILL");
      if ((await done).code === null) killed += 1;
      if (round % 3 === 0) await change(30);
      emulator.clearRequests();
    }
    assert.ok(killed > 0);
    const last = await run(NAME, ARGS);
    assert.equal(last.code, 0, last.stderr);
    await assertWhole();
  });

  test("killed after entries were written and before they counted", async () => {
    emulator.fault({ kind: "status", status: 400, path: "/v2/enterprise/audit-logs", skip: 1 });
    assert.equal((await run(NAME, ARGS)).code, 1);
    const next = (await client.auditLogs.list({ before: ids(await exported()).at(-1) }).page()).rows;
    await appendFile(out(), `${JSON.stringify(next[0])}\n${JSON.stringify(next[1]).slice(0, 20)}`);
    await writeFile(`${checkpoint()}.new`, "{");
    assert.equal((await run(NAME, ARGS)).code, 0);
    await assertWhole();
  });

  test("killed before anything counted", async () => {
    emulator.fault({ path: "/v2/enterprise/audit-logs", delay: 60_000 });
    const { child, done } = start(NAME, ARGS);
    await until(() => emulator.requests.length === 1, "the first request");
    child.kill("SIGKILL");
    await done;
    await appendFile(out(), '{"audit_log_id":"au');
    const second = await run(NAME, ARGS);
    assert.equal(second.code, 0, second.stderr);
    await assertWhole();
  });

  test("files that don't go together are left alone", async () => {
    assert.equal((await run(NAME, ARGS)).code, 0);
    const [text, state] = await Promise.all([readFile(out(), "utf8"), readFile(checkpoint(), "utf8")]);
    const elsewhere = JSON.stringify({ ...JSON.parse(state), baseUrl: "https://api.example.com" });
    const another = JSON.stringify({ ...JSON.parse(state), file: "other.jsonl" });
    for (const [log, saved, problem] of [
      [text, undefined, /audit\.jsonl is not empty, but audit\.jsonl\.checkpoint is not there/],
      [text.slice(0, -5), state, /audit\.jsonl is shorter than audit\.jsonl\.checkpoint says/],
      [text, "", /audit\.jsonl\.checkpoint is not a checkpoint/],
      [text, "null", /audit\.jsonl\.checkpoint is not a checkpoint/],
      [text, "{}", /audit\.jsonl\.checkpoint is not a checkpoint/],
      [text, elsewhere, /is of another export: its baseUrl is https:\/\/api\.example\.com, not http:/],
      [text, another, /is of another export: its file is other\.jsonl, not audit\.jsonl/],
    ]) {
      await writeFile(out(), log);
      if (saved === undefined) await rm(checkpoint());
      else await writeFile(checkpoint(), saved);
      const { code, stderr } = await run(NAME, ARGS);
      assert.equal(code, 1);
      assert.match(stderr, problem);
      assert.doesNotMatch(stderr, /\n {4}at /);
      assert.equal(await readFile(out(), "utf8"), log);
    }
  });

  test("the checkpoint can be elsewhere", async () => {
    const args = [...ARGS, "--checkpoint", "state.json"];
    assert.equal((await run(NAME, args)).code, 0);
    await change(1);
    assert.equal((await run(NAME, args)).stderr, "new entries in audit.jsonl: 1\n");
    await assertWhole();
    await assert.rejects(stat(checkpoint()));
  });

  test("what can't be done is said", async () => {
    for (const [args, url, problem] of [
      [[], emulator.url, /^error: usage: /],
      [["--nonsense"], emulator.url, /^error: Unknown option '--nonsense'/],
      [["--out", join("missing", "audit.jsonl")], emulator.url, /^error: ENOENT/],
      [ARGS, "ftp://127.0.0.1", /^error: the base URL from DEVIN_V2_BASE_URL /],
    ]) {
      const { code, stderr } = await run(NAME, args, url);
      assert.equal(code, 1);
      assert.match(stderr, problem);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
  });

  test("an entry without an id is not passed over", async () => {
    emulator.fault({ kind: "remove_field", name: "audit_log_id", path: "/v2/enterprise/audit-logs", row: 3 });
    const { code, stderr } = await run(NAME, ARGS);
    assert.equal(code, 1);
    assert.match(stderr, /error: auditLogs\.list: .*audit_log_id/);
    assert.equal((await run(NAME, ARGS)).code, 0);
    await assertWhole();
  });

  describe("of a service that is not as tidy", () => {
    let server;
    let log;
    /** What the server does before it answers, if anything. */
    let answering;
    const entry = (number) => ({ audit_log_id: `audit-${number}`, created_at: Number(number) || 0 });
    const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => entry(to - index));
    const url = () => `http://127.0.0.1:${server.address().port}`;

    before(async () => {
      server = createServer(async (request, response) => {
        await answering?.();
        const query = new URL(request.url, "http://127.0.0.1").searchParams;
        const place = log.findIndex((one) => one.audit_log_id === query.get("before")) + 1;
        const rows = log.slice(place, place + Number(query.get("limit")));
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ audit_logs: rows }));
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    after(() => server.close());

    test("entries that turn up late, among those of the last run", async () => {
      log = entries(1, 250);
      assert.equal((await run(NAME, ARGS, url())).code, 0);
      log.splice(3, 0, entry("late"));
      log.splice(40, 0, entry("later"));
      log.unshift(...entries(251, 253));
      const second = await run(NAME, ARGS, url());
      assert.equal(second.stderr, "new entries in audit.jsonl: 5\n");
      const third = await run(NAME, ARGS, url());
      assert.equal(third.stderr, "new entries in audit.jsonl: 0\n");
      assert.deepEqual(new Set(ids(await exported())), new Set(ids(log)));
      assert.equal((await exported()).length, log.length);
    });

    test("an entry that is gone", async () => {
      log = entries(1, 250);
      assert.equal((await run(NAME, ARGS, url())).code, 0);
      log.splice(0, 1);
      log.splice(20, 1);
      log.unshift(entry(251));
      assert.equal((await run(NAME, ARGS, url())).stderr, "new entries in audit.jsonl: 1\n");
      assert.equal((await exported()).length, 251);
    });

    test("a log that lost all that was read, and one that was empty for a moment", async () => {
      log = entries(1, 50);
      assert.equal((await run(NAME, ARGS, url())).code, 0);
      log = [];
      const gap = "none of the newest entries of the last run is in the log any more: there may be a gap before it\n";
      assert.equal((await run(NAME, ARGS, url())).stderr, `${gap}new entries in audit.jsonl: 0\n`);
      log = entries(1, 52);
      assert.equal((await run(NAME, ARGS, url())).stderr, "new entries in audit.jsonl: 2\n");
      log = entries(60, 70);
      assert.equal((await run(NAME, ARGS, url())).stderr, `${gap}new entries in audit.jsonl: 11\n`);
      assert.equal(new Set(ids(await exported())).size, 63);
      assert.equal((await exported()).length, 63);
    });

    test("two runs at the same time", async () => {
      log = entries(1, 350);
      let told;
      const both = new Promise((resolve) => (told = resolve));
      let asked = 0;
      // The first run waits for its second page until another one is done.
      answering = () => ((asked += 1) === 2 ? both : undefined);
      const first = start(NAME, ARGS, url());
      await until(() => asked === 2, "the second request");
      const second = await run(NAME, ARGS, url());
      assert.equal(second.code, 0, second.stderr);
      told();
      const { code, stderr } = await first.done;
      assert.equal(code, 1);
      assert.match(stderr, /error: audit\.jsonl was changed by something else: is another export running\?/);
      assert.equal((await run(NAME, ARGS, url())).stderr, "new entries in audit.jsonl: 0\n");
      assert.deepEqual(ids(await exported()), ids(log));
    });

    test("a log with nothing in it yet", async () => {
      log = [];
      assert.equal((await run(NAME, ARGS, url())).stderr, "new entries in audit.jsonl: 0\n");
      log = entries(1, 1);
      assert.equal((await run(NAME, ARGS, url())).stderr, "new entries in audit.jsonl: 1\n");
      assert.deepEqual(await exported(), log);
    });
  });
});

describe("remove-members", () => {
  const NAME = "remove-members.mjs";
  const SELF = "admin@example.com";
  let members;

  beforeEach(async () => {
    members = (await client.members.list().collect()).filter((member) => member.email !== SELF);
    emulator.clearRequests();
  });

  async function remove(text, ...args) {
    await writeFile(join(folder, "leavers.csv"), text);
    return run(NAME, ["leavers.csv", ...args]);
  }

  const deleted = () => emulator.requests.filter((request) => request.method !== "GET");

  async function left() {
    return new Set((await client.members.list().collect()).map((member) => member.email));
  }

  test("a dry run comes first", async () => {
    const [one, two] = members;
    const { code, stdout, stderr } = await remove(`email\n${one.email}\n${two.email}\n`);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`to remove  ${one.email} (${one.user_id}), ${one.name}\n`), stdout);
    assert.ok(stdout.endsWith("2 of 2 would be removed, 0 unknown; nothing was changed\nGive --yes to remove them.\n"));
    assert.deepEqual(deleted(), []);
    assert.equal((await left()).size, 30);
  });

  test("--yes removes those in the list, and no others", async () => {
    const [one, two, three] = members;
    const { code, stdout, stderr } = await remove(`email\n${one.email}\n${two.email}\n${three.email}\n`, "--yes");
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`removed    ${one.email} (${one.user_id})\n`), stdout);
    assert.ok(stdout.endsWith("3 of 3 removed, 0 failed, 0 unknown\n"), stdout);
    assert.equal(deleted().length, 3);
    const now = await left();
    assert.equal(now.size, 27);
    for (const { email } of [one, two, three]) assert.ok(!now.has(email));
  });

  test("quotes, line breaks, capitals, blanks, a byte order mark and repeated addresses", async () => {
    const [one, two, three] = members;
    const text = [
      '\ufeffName,"E""x,tra", EMail ,Left\r\n',
      `"Doe, ""Jo""\r\nJane",x,"${one.email.toUpperCase()}",\r\n`,
      `,, ${two.email} ,yes\r\n`,
      "\r\n",
      ",,,\r\n",
      `z,z,${one.email},"a\nb"\n`,
      `,,${three.email},`,
    ].join("");
    const { code, stdout, stderr } = await remove(text, "--yes");
    assert.equal(code, 0, stderr);
    assert.ok(stdout.endsWith("3 of 3 removed, 0 failed, 0 unknown\n"), stdout);
    assert.equal((await left()).size, 27);
  });

  test("addresses that nobody has are reported", async () => {
    const text = `email\nnobody@example.com\n${members[0].email}\n`;
    const dry = await remove(text);
    assert.equal(dry.code, 1);
    assert.ok(dry.stdout.includes("no member  nobody@example.com\n"), dry.stdout);
    assert.ok(dry.stdout.includes("1 of 2 would be removed, 1 unknown"), dry.stdout);
    const real = await remove(text, "--yes");
    assert.equal(real.code, 1);
    assert.ok(real.stdout.endsWith("1 of 2 removed, 0 failed, 1 unknown\n"), real.stdout);
    assert.equal(deleted().length, 1);
  });

  test("the caller is never removed", async () => {
    for (const args of [[], ["--yes"]]) {
      const { code, stdout } = await remove(`email\n${SELF.toUpperCase()}\n`, ...args);
      assert.equal(code, 1);
      assert.match(stdout, /^yourself   admin@example\.com \(.*\): not removed\n/);
    }
    assert.deepEqual(deleted(), []);
    assert.ok((await left()).has(SELF));
  });

  test("one that fails doesn't stop the others", async () => {
    const [one, two, three, four] = members;
    const path = (member) => `/v2/enterprise/members/${encodeURIComponent(member.user_id)}`;
    emulator.fault({ kind: "status", status: 403, method: "DELETE", path: path(two) });
    emulator.fault({ kind: "status", status: 404, method: "DELETE", path: path(three) });
    const list = [one, two, three, four].map((member) => member.email).join("\n");
    const { code, stdout } = await remove(`email\n${list}\n`, "--yes");
    assert.equal(code, 1);
    assert.ok(stdout.includes(`FAILED     ${two.email} (${two.user_id}): members.delete: `), stdout);
    assert.ok(stdout.includes(`was gone   ${three.email} (${three.user_id})\n`), stdout);
    assert.ok(stdout.endsWith("3 of 4 removed, 1 failed, 0 unknown\n"), stdout);
    const now = await left();
    assert.ok(!now.has(one.email) && now.has(two.email) && !now.has(four.email));
  });

  test("nothing is removed if it isn't clear who is who", async () => {
    const text = `email\n${members[0].email}\n`;
    for (const fault of [
      { kind: "status", status: 403, path: "/v2/enterprise/self" },
      { kind: "status", status: 400, path: "/v2/enterprise/members" },
      { kind: "replace_field", name: "email", value: 7, row: 9, path: "/v2/enterprise/members" },
    ]) {
      emulator.fault(fault);
      const { code, stderr } = await remove(text, "--yes");
      assert.equal(code, 2);
      assert.match(stderr, /^error: /);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
    assert.deepEqual(deleted(), []);
  });

  test("a file that can't be read as it is meant is refused before anything is sent", async () => {
    const { email } = members[0];
    for (const [text, problem] of [
      ["", /there are no addresses in it/],
      ["email\n\n", /there are no addresses in it/],
      [`mail;name\n${email}\n`, /the header has no column email: mail;name/],
      [`email,name\n${email},Doe, Jane\n`, /line 2: the number of fields is 3, in the header 2/],
      [`name,email\n"a\nb",${email}\nc\n`, /line 4: the number of fields is 1, in the header 2/],
      [`email\n"${email}\n`, /line 2: a quote is opened, but not closed/],
      [`email\n"${email}"x\n`, /line 2: there is something behind a closing quote/],
      [`email\n${email}"\n`, /line 2: there is a quote within a field/],
      [Buffer.from([0x65, 0x6d, 0xff, 0xfe]), /not valid/],
    ]) {
      const { code, stdout, stderr } = await remove(text, "--yes");
      assert.equal(code, 2, stderr);
      assert.match(stderr, problem);
      assert.equal(stdout, "");
    }
    for (const args of [[], ["one.csv", "two.csv"], ["missing.csv"], ["leavers.csv", "--force"]]) {
      const { code, stderr } = await run(NAME, args);
      assert.equal(code, 2);
      assert.match(stderr, /^error: /);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
    assert.deepEqual(emulator.requests, []);
  });
});
