// Ends by an error that nobody handles, or prints one. The argument says how.

import { Client } from "devin-v2";

const cases = {
  async rejection() {
    const client = new Client();
    globalThis.kept = (async () => await client.roles.list())();
    setTimeout(() => {}, 10_000);
  },
  async exception() {
    const client = new Client();
    const error = await client.roles.list().catch((error) => error);
    setImmediate(() => {
      throw error;
    });
  },
  async console() {
    const client = new Client();
    try {
      await client.roles.list();
    } catch (error) {
      console.error(error, client);
      console.dir({ error, client }, { showHidden: true, depth: null });
    }
  },
  async warning() {
    const client = new Client();
    const error = await client.roles.list().catch((error) => error);
    process.on("warning", (warning) => console.error(warning));
    process.emitWarning(error);
  },
  async config() {
    new Client({ timeout: 0 });
  },
};

await cases[process.argv[2]]?.();
