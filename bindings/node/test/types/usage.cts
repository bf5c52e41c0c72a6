// The package as its types say it is used, for `require`. Compiled with --strict; never run. (All of it: usage.mts.)

import devin = require("devin-v2");
import testing = require("devin-v2/testing");
import { Client, NotFoundError, type Listing, type Member, type Rows } from "devin-v2";

/** A value of this type, and not of `any`. */
function is<Expected>() {
  return <Actual extends Expected>(_: 0 extends 1 & Actual ? never : Actual): void => {};
}

export async function required(): Promise<void> {
  const client = new devin.Client({ apiKey: "apk_user_x", maxRetries: 0 });
  is<Client>()(client);
  is<Member>()(await client.members.get("email|65f1c0ffee65f1c0ffee65f1", { timeout: 1_000 }));
  const listing: Listing<Member> = client.members.list({ limit: 50 });
  for await (const member of listing) is<string>()(member.email);
  is<Rows<Member>>()(await listing.collect());
  is<Date>()(devin.toDate("2026-01-15T09:30:00Z"));
  await client.organizations.update("org-1", { max_acu_limit: null });
  // @ts-expect-error a number for an id
  await client.members.get(7);
  // @ts-expect-error misspelt
  client.members.list({ emial: "ada@example.com" });
  // @ts-expect-error misspelt
  new devin.Client({ api_key: "apk_user_x" });
  // @ts-expect-error there is no such name
  devin.Nothing;
}

export async function emulator(): Promise<void> {
  const running = await testing.startEmulator({ members: 5 });
  running.fault({ kind: "status", status: 503 });
  is<Client>()(running.client());
  is<string>()(running.requests[0]!.path);
  // @ts-expect-error a number
  await testing.startEmulator({ members: "many" });
}

/** What `import` gives is the same. */
export async function imported(): Promise<void> {
  const other = await import("devin-v2");
  const client: Client = new other.Client();
  const back: InstanceType<typeof other.Client> = new Client();
  const error: NotFoundError = new other.NotFoundError("message");
  const kind: typeof NotFoundError = other.NotFoundError;
  void [client, back, error, kind];
}
