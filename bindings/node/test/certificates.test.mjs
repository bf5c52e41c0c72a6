// TLS: authorities of one's own, and machines without any.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import { test } from "node:test";

import { APIConnectionError, Client, ConfigError } from "devin-v2";

import { authority } from "./certificates.mjs";
import { failure, LONG, program, run, server } from "./support.mjs";

const MINE = authority("authority of the tests");
const OTHER = authority("another one");

/** A server with a certificate, and how often it was asked. */
async function secure(t, { cert, key }) {
  const asked = [];
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url);
    response.end('{"api_key_id":"apk-1","user_id":null,"user_email":null,"org_id":"org-1"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const { port } = server.address();
  const client = (settings) =>
    new Client({ apiKey: "apk_user_x", baseUrl: `https://127.0.0.1:${port}`, maxRetries: 0, ...settings });
  return { asked, client, port };
}

test("an authority of one's own is trusted", async (t) => {
  const { asked, client } = await secure(t, MINE);
  assert.equal((await client({ caCertificate: MINE.ca }).identity.get()).org_id, "org-1");
  assert.equal((await client({ caCertificate: OTHER.ca + MINE.ca }).identity.get()).org_id, "org-1", "several, too");
  assert.deepEqual(asked, Array(2).fill("/v2/enterprise/self"));
});

test("others are not", async (t) => {
  const { asked, client } = await secure(t, MINE);
  for (const caCertificate of [undefined, OTHER.ca]) {
    const error = await failure(client({ caCertificate }).identity.get(), APIConnectionError);
    let last = error;
    while (last.cause) last = last.cause;
    assert.match(last.message, /certificate|issuer/i);
  }
  assert.deepEqual(asked, [], "nothing was sent");
});

test("a certificate for another name is not", async (t) => {
  const { asked, port } = await secure(t, MINE);
  const baseUrl = `https://localhost:${port}`;
  const client = new Client({ apiKey: "apk_user_x", baseUrl, caCertificate: MINE.ca, maxRetries: 0 });
  await failure(client.identity.get(), APIConnectionError);
  assert.deepEqual(asked, []);
});

test("what is no certificate", () => {
  for (const caCertificate of [
    "",
    "no certificate",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    MINE.key,
  ]) {
    assert.throws(
      () => new Client({ apiKey: "apk_user_x", caCertificate }),
      (error) => {
        assert.ok(error instanceof ConfigError && error.field === "caCertificate", error.stack);
        return !error.message.includes("MI");
      },
    );
  }
});

test("on a machine without authorities, clients are made and work", LONG, async (t) => {
  const { port } = await secure(t, MINE);
  const env = {
    ...(await server(t)),
    SSL_CERT_FILE: "/nonexistent",
    SSL_CERT_DIR: "/nonexistent",
    CA: MINE.ca,
    SECURE_URL: `https://127.0.0.1:${port}`,
  };
  const done = await run([program("bare.mjs")], { env, bare: true });
  assert.deepEqual([done.stderr, done.code], ["", 0]);
  const { plain, secured } = JSON.parse(done.stdout);
  assert.match(plain, /^apk-/);
  assert.equal(secured, "apk-1");
});
