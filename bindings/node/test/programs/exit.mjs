// Ends while something is under way, or nothing is. The argument says what.

const { startEmulator } = await import("devin-v2/testing");

const MEMBERS = "/v2/enterprise/members";

/** An emulator that is not closed, and a client of it. */
async function enterprise(options) {
  const emulator = await startEmulator();
  return { emulator, client: emulator.client(options) };
}

/** The same, and no answer within a minute. */
async function hanging() {
  const made = await enterprise();
  made.emulator.fault({ path: "/v2/enterprise/**", delay: 60_000, times: null });
  return made;
}

async function arrived(emulator) {
  while (emulator.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

const cases = {
  async unused() {
    new (await import("devin-v2")).Client({ apiKey: "apk_user_x" });
  },
  async loaded() {
    globalThis.kept = await import("devin-v2");
  },
  async called() {
    const { client } = await enterprise();
    globalThis.kept = [client, await client.identity.get()];
  },
  async collected() {
    const { client } = await enterprise();
    globalThis.kept = await client.members.list({ limit: 10 }).collect();
  },
  async halfRead() {
    const { client } = await enterprise();
    const rows = client.members.list({ limit: 1 })[Symbol.asyncIterator]();
    await rows.next();
    globalThis.kept = rows;
  },
  async leftLoop() {
    const { client } = await enterprise();
    for await (const row of client.members.list({ limit: 1 })) {
      globalThis.kept = row;
      break;
    }
  },
  /** Pages that are fetched ahead are nobody's wish: they don't keep the process. */
  async pagesAhead() {
    const { emulator, client } = await enterprise({ prefetch: 8 });
    emulator.fault({ path: MEMBERS, query: { skip: "20" }, delay: 60_000, times: null });
    const rows = client.members.list({ limit: 10 })[Symbol.asyncIterator]();
    await rows.next();
    globalThis.kept = rows;
  },
  async runningEmulator() {
    globalThis.kept = await startEmulator();
  },
  async closedTwice() {
    const { emulator, client } = await enterprise();
    await client.identity.get();
    emulator.close();
    emulator.close();
  },
  async pending() {
    const { emulator, client } = await enterprise();
    emulator.fault({ path: "/v2/enterprise/self", delay: 500 });
    client.identity.get().then(() => console.log("done"));
  },
  async beforeExit() {
    const { client } = await enterprise();
    process.once("beforeExit", async () => {
      if ((await client.identity.get()).org_id) console.log("called");
    });
  },
  async inFlight() {
    const { emulator, client } = await hanging();
    for (let call = 0; call < 20; call++) client.identity.get().catch(() => console.log("an error"));
    await arrived(emulator);
    process.exit(0);
  },
  async abortedInFlight() {
    const { emulator, client } = await hanging();
    const controller = new AbortController();
    for (let call = 0; call < 20; call++) client.identity.get({ signal: controller.signal }).catch(() => {});
    await arrived(emulator);
    controller.abort();
    process.exit(0);
  },
  async listInFlight() {
    const { emulator, client } = await hanging();
    client.members.list().collect();
    await arrived(emulator);
    process.exit(0);
  },
  /** Answers come while the process ends. */
  async busy() {
    const { client } = await enterprise();
    const work = async () => {
      for (;;) await client.identity.get();
    };
    for (let one = 0; one < 20; one++) work();
    setTimeout(() => process.exit(0), 200);
  },
  async inExitHandler() {
    const { client } = await enterprise();
    await client.identity.get();
    process.on("exit", () => {
      client.identity.get();
      client.members.list().collect();
    });
  },
  async thrown() {
    const { emulator, client } = await hanging();
    process.on("uncaughtException", () => process.exit(0));
    client.identity.get();
    await arrived(emulator);
    setImmediate(() => {
      throw new Error("mine");
    });
  },
};

await cases[process.argv[2]]?.();
