// Every operation of the document, for the package as `import` and as `require` give it. `calls.json` is generated.

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");

const CALLS = JSON.parse(readFileSync(join(__dirname, "calls.json"), "utf8"));

/** What would lead a request elsewhere. */
const NO_IDS = [
  "",
  " ",
  ".",
  "..",
  "a/b",
  "a\\b",
  "%2e%2e",
  "%2E",
  "a%2fb",
  "a?b",
  "a#b",
  "a\nb",
  7,
  null,
  undefined,
  ["a"],
];

/** All values that are in `value`, as text. */
function leaves(value) {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.values(value).flatMap(leaves);
}

/** The path that a call has to arrive at. */
function expectedPath({ template, positional, arguments: args }) {
  return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(args[positional.indexOf(name)]));
}

module.exports = function operations({ Client, ConfigError, Listing, RefusedError, Rows }, { startEmulator }) {
  const called = new Set();

  async function started(t) {
    const emulator = await startEmulator({ seed: 7, members: 120 });
    t.after(() => emulator.close());
    return { emulator, client: emulator.client({ maxRetries: 0 }) };
  }

  /** Makes a call; of a list, fetches one page. */
  async function make(client, call, args) {
    const answer = client[call.resource][call.method](...args);
    assert.equal(answer instanceof Listing, call.paged);
    return call.paged ? answer.page() : answer;
  }

  for (const call of CALLS) {
    test(`${call.operation} arrives and is answered`, async (t) => {
      const { emulator, client } = await started(t);
      const answer = await make(client, call, call.arguments);

      assert.equal(emulator.requests.length, 1);
      const [request] = emulator.requests;
      assert.deepEqual([request.method, request.path], [call.http_method, expectedPath(call)]);
      const sent = [...new URLSearchParams(request.query ?? "").values()];
      if (request.body !== "") sent.push(...leaves(JSON.parse(request.body)));
      for (const value of call.arguments.slice(call.path).flatMap(({ confirm: _, ...others }) => leaves(others))) {
        assert.ok(sent.includes(value), `${value} was not sent`);
      }

      assert.equal(typeof answer, "object");
      // Every example of a list finds something, so that rows are read at all.
      const rows = call.paged ? answer.rows : answer instanceof Rows ? answer : undefined;
      if (rows) assert.ok(rows.length > 0 && answer.badRows.length === 0);
      else assert.ok(Object.keys(answer).length > 0);
      called.add(call.operation);
    });
  }

  test("all 58 operations were called", () => {
    assert.deepEqual([...called].sort(), CALLS.map((call) => call.operation).sort());
    assert.equal(called.size, 58);
  });

  test("a client has these methods and no others", () => {
    const client = new Client({ apiKey: "apk_user_x" });
    const found = Object.getOwnPropertyNames(client).flatMap((resource) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(client[resource]))
        .filter((method) => method !== "constructor")
        .map((method) => `${resource}.${method}`),
    );
    assert.deepEqual(found.sort(), CALLS.map(({ resource, method }) => `${resource}.${method}`).sort());
  });

  for (const call of CALLS.filter(({ path }) => path > 0)) {
    test(`${call.operation} refuses what is no id`, async (t) => {
      const { emulator, client } = await started(t);
      for (let index = 0; index < call.path; index++) {
        for (const id of NO_IDS) {
          const args = call.arguments.with(index, id);
          await assert.rejects(make(client, call, args), (error) => {
            assert.ok(error instanceof RefusedError, `${JSON.stringify(id)}: ${error}`);
            const { kind, operation, field, attempts, requestId, status } = error;
            assert.deepEqual([kind, operation, field], ["refused", call.operation, call.positional[index]]);
            assert.deepEqual([attempts, requestId, status], [0, undefined, undefined]);
            return error.message.startsWith(`${call.resource}.${call.method}: `);
          });
        }
      }
      assert.deepEqual(emulator.requests, []);
    });
  }

  test("arguments and options of another name are refused", async (t) => {
    const { emulator, client } = await started(t);
    for (const call of CALLS) {
      const { length } = call.positional;
      const args = [...call.arguments];
      // The service ignores what it doesn't know: a misspelt filter would be no filter.
      args[length] = { ...args[length], colour: "red" };
      const Kind = call.named.length > 0 ? RefusedError : ConfigError;
      await assert.rejects(make(client, call, args), (error) => {
        assert.ok(error instanceof Kind, `${call.operation}: ${error}`);
        return error.field === "colour" && error.attempts === 0;
      });
      const named = call.named.length > 0 ? [{ ...call.arguments[length] }] : [];
      await assert.rejects(
        make(client, call, [...call.arguments.slice(0, length), ...named, { colour: "red" }]),
        (error) => {
          assert.ok(error instanceof ConfigError, `${call.operation}: ${error}`);
          return error.field === "colour";
        },
      );
    }
    assert.deepEqual(emulator.requests, []);
  });
};
