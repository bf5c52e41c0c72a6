// What holds in the realm of a test runner, whichever that of the package is. For Jest and Vitest.

const { inspect } = require("node:util");

const ROLES = "/v2/enterprise/roles";
const KEY = "apk_user_U0VDUkVUU0VDUkVU";

/** What `work` fails with. */
async function failure(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("this had to fail");
}

module.exports = function realm({ test, expect, devin, testing }) {
  async function enterprise(work) {
    const emulator = await testing.startEmulator({ seed: 7, members: 120 });
    try {
      await work(emulator.client({ maxRetries: 0 }), emulator);
    } finally {
      emulator.close();
    }
  }

  test("errors have their classes and fields, and no body in what is printed", () =>
    enterprise(async (client, emulator) => {
      const body = { detail: "bad", email: "ada@example.com", key: KEY };
      emulator.fault({ kind: "status", status: 400, path: ROLES, body });
      const error = await failure(() => client.roles.list());
      expect(error).toBeInstanceOf(devin.BadRequestError);
      expect(error).toBeInstanceOf(devin.DevinError);
      expect([error.name, error.status, error.operation]).toEqual(["BadRequestError", 400, "roles.list"]);
      for (const shown of [error.message, error.stack, inspect(error), JSON.stringify(error)]) {
        expect(shown).toContain("roles.list");
        expect(shown).not.toContain("ada@example.com");
        expect(shown).not.toContain(KEY.slice(9));
      }
      expect(error.body).toContain(KEY);
      await expect(client.members.get("email|0")).rejects.toThrow(devin.NotFoundError);
      await expect(client.members.get("email|0")).rejects.toMatchObject({ status: 404 });
    }));

  test("refusals and settings", () =>
    enterprise(async (client) => {
      await expect(client.members.get("")).rejects.toThrow(devin.RefusedError);
      await expect(client.organizations.update("org-1", { max_acu_limit: NaN })).rejects.toThrow(devin.RefusedError);
      expect(() => new devin.Client({ apiKey: "apk_user_x", timeout: 0 })).toThrow(devin.ConfigError);
      expect(() => client.withOptions({ maxRetries: 99 })).toThrow(devin.ConfigError);
      await expect(testing.startEmulator({ members: 0 })).rejects.toThrow(devin.ConfigError);
    }));

  test("lists, pages, rows and what had been read", () =>
    enterprise(async (client, emulator) => {
      const members = client.members.list({ limit: 50 });
      expect((await members.collect()).length).toBe(120);
      expect((await members.page()).rows).toHaveLength(50);
      let count = 0;
      for await (const member of members) count += member.user_id ? 1 : 0;
      expect(count).toBe(120);
      expect(Array.isArray(await client.roles.list())).toBe(true);
      emulator.fault({ kind: "status", status: 500, path: "/v2/enterprise/members", query: { skip: "50" } });
      const error = await failure(() => members.collect());
      expect(error).toBeInstanceOf(devin.InternalServerError);
      expect(error.partial).toHaveLength(50);
    }));

  test("dates, lists, objects and signals of this realm are taken", () =>
    enterprise(async (client, emulator) => {
      await client.consumption.daily({
        start_date: new Date("2026-02-01T08:00:00Z"),
        end_date: new Date("2026-03-01T08:00:00Z"),
        org_ids: Array.of("org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
      });
      expect(new URLSearchParams(emulator.requests[0].query).get("start_date")).toBe("2026-02-01T08:00:00Z");
      await expect(client.consumption.daily({ start_date: new Date(NaN) })).rejects.toThrow(/invalid Date/);
      await expect(client.members.list(new Map()).page()).rejects.toThrow(/plain object \(got a Map\)/);
      await expect(client.sessions.list({ user_ids: new Set(["a"]) }).page()).rejects.toThrow(/is a Set/);
      const signal = AbortSignal.abort(new Error("why"));
      const error = await failure(() => client.roles.list({ signal }));
      expect(error).toBeInstanceOf(devin.APIUserAbortError);
      expect(error.cause.message).toBe("why");
      emulator.fault({ path: ROLES, delay: 60_000 });
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      await expect(client.roles.list({ signal: controller.signal })).rejects.toThrow(devin.APIUserAbortError);
      expect((await client.request("GET", ROLES)).json().length).toBeGreaterThan(0);
      expect(devin.toDate("2026-02-01T08:00:00Z").toISOString()).toBe("2026-02-01T08:00:00.000Z");
    }));

  test("the key of this realm's environment", () =>
    enterprise(async (_, emulator) => {
      process.env.DEVIN_V2_API_KEY = emulator.apiKey;
      process.env.DEVIN_V2_BASE_URL = emulator.url;
      try {
        expect((await new devin.Client().identity.get()).org_id).toBeTruthy();
      } finally {
        delete process.env.DEVIN_V2_API_KEY;
        delete process.env.DEVIN_V2_BASE_URL;
      }
    }));
};
