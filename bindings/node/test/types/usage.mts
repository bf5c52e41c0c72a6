// The package as its types say it is used, for `import`. Compiled with --strict; never run.
//
// Below each `@ts-expect-error` is what has to be an error: the compiler complains if it is none.

import {
  APIConnectionError,
  APIStatusError,
  APITimeoutError,
  BillingDay,
  billingDays,
  Client,
  ConfigError,
  DevinError,
  Listing,
  NotFoundError,
  Page,
  RateLimitError,
  RefusedError,
  Rows,
  toDate,
  UnprocessableEntityError,
  type ApiKey,
  type AuditLogEntry,
  type BadRow,
  type BillingCycle,
  type ClientOptions,
  type Consumption,
  type GitPermissionCreate,
  type Member,
  type MembersListParams,
  type OrganizationsUpdateParams,
  type OrgGroupLimits,
  type OwnResponse,
  type Report,
  type RequestOptions,
  type ServiceKey,
  type Session,
  type SessionInsight,
  type SessionStatus,
  type Success,
  type Timestamp,
} from "devin-v2";
import { Emulator, startEmulator, type ArrivedRequest, type EmulatorOptions, type Fault } from "devin-v2/testing";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The type of what is given is exactly this one, and not `any`. */
function is<Expected>() {
  return <Actual,>(_: Actual, ..._same: Same<Actual, Expected> extends true ? [] : [never]): void => {};
}

const ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";

export function clients(): void {
  const client = new Client();
  const settings: ClientOptions = {
    apiKey: "apk_user_x",
    baseUrl: "https://devin.example.com",
    timeout: 30_000,
    attemptTimeout: 10_000,
    connectTimeout: 1_000,
    maxRetries: 0,
    retryBaseDelay: 1,
    maxRetryAfter: 1,
    maxConcurrency: 8,
    prefetch: 2,
    maxBodyBytes: 1_000,
    strict: true,
    caCertificate: "-----BEGIN CERTIFICATE-----",
    proxy: false,
    allowInsecureHttp: false,
    userAgentSuffix: "my-report/1.2",
  };
  is<Client>()(new Client(settings));
  is<Client>()(client.withOptions({ timeout: 5, strict: true }));
  is<string>()(client.baseUrl);
  is<string>()(`${client}`);
  is<{ baseUrl: string; key: string }>()(client.toJSON());
  new Client({ apiKey: undefined, proxy: "http://proxy.example.com:3128" });

  class Ours extends Client {
    first(): Promise<Page<Member>> {
      return this.members.list().page();
    }
  }
  is<Promise<Page<Member>>>()(new Ours().first());

  // @ts-expect-error settings have names
  new Client("apk_user_x");
  // @ts-expect-error a number of milliseconds
  new Client({ timeout: "30" });
  // @ts-expect-error left out, not null
  new Client({ apiKey: null });
  // @ts-expect-error a URL or false
  new Client({ proxy: true });
  // @ts-expect-error misspelt
  new Client({ api_key: "apk_user_x" });
  // @ts-expect-error a key can't be changed
  client.withOptions({ apiKey: "apk_user_x" });
  // @ts-expect-error signals belong to calls
  client.withOptions({ signal: new AbortController().signal });
  // @ts-expect-error there is no such resource
  client.nothing;
  // @ts-expect-error it is what it was made as
  client.members = client.members;
  // @ts-expect-error
  client.baseUrl = "https://elsewhere.example.com";
}

export async function rows(client: Client): Promise<void> {
  const member = await client.members.get("email|65f1c0ffee65f1c0ffee65f1");
  is<Member>()(member);
  is<string>()(member.email);
  is<Timestamp>()(member.created_at);
  is<Timestamp | null | undefined>()(member.last_login);
  is<number | null | undefined>()(member.login_count);
  is<number>()(member.sessions_created_count);
  is<Date>()(toDate(member.created_at));
  is<Date | null | undefined>()(toDate(member.last_login));
  const text: string = member.created_at;
  is<Date>()(toDate(text));
  // @ts-expect-error it may be null
  member.last_login.length;
  // @ts-expect-error misspelt
  member.emial;
  is<Date>()(toDate(17));
  // @ts-expect-error a time is text or a number
  toDate(true);

  const session = await client.sessions.get("devin-0123");
  is<SessionInsight>()(session);
  is<string[]>()(session.tags);
  is<string | null | undefined>()(session.pull_requests[0]?.state);
  // Words that this version doesn't know are statuses as well, and known ones are suggested.
  const known: SessionStatus = "running";
  const unknown: SessionStatus = "hibernating";
  const any: string = session.status;
  // @ts-expect-error
  const none: SessionStatus = 7;
  void [known, unknown, any, none];

  is<ServiceKey>()(await client.apiKeys.provision({ org_id: ORG }));
  is<Success>()(await client.apiKeys.revoke("apk-0123"));
  is<Rows<BillingCycle>>()(await client.consumption.cycles());
  is<Rows<string>>()(await client.groups.add({ group_names: ["sre"] }));
  // @ts-expect-error ids are text
  await client.members.get(7);
  // @ts-expect-error ids are not left out
  await client.members.get();
  // @ts-expect-error
  await client.members.get(null);
  // @ts-expect-error both ids
  await client.organizations.removeMember(ORG);
}

export async function listings(client: Client): Promise<void> {
  const params: MembersListParams = { limit: 50, email: "ada@example.com" };
  const maybe: string | undefined = params.email;
  is<Listing<Member>>()(client.members.list({ email: maybe }));
  const listing = client.members.list(params);
  is<Listing<Member>>()(listing);
  for await (const member of listing) is<Member>()(member);
  is<Report>()(listing.report);
  is<string | null>()(listing.report.resume);
  is<number | null>()(listing.report.expected);
  is<readonly BadRow[]>()(listing.report.badRows);
  is<Listing<Member>>()(listing.onProgress((report) => is<Report>()(report)));

  const page = await listing.page();
  is<Page<Member>>()(page);
  is<Member | undefined>()(page.rows.at(0));
  is<number | null>()(page.total);
  is<boolean>()(page.hasMore);
  for (const member of page) is<Member>()(member);
  if (page.next !== null) client.members.list({ resume: page.next });

  const everyone = await client.members.list().collect();
  is<Report>()(everyone.report);
  is<string[]>()(everyone.map((row) => row.email));
  const collected: Rows<Member> = everyone;
  const plain: Member[] = everyone;
  const asynchronous: AsyncIterable<Member> = listing;
  void [collected, plain, asynchronous];

  is<Listing<ApiKey>>()(client.apiKeys.list({ per_page: 25, page: 1 }));
  is<Listing<AuditLogEntry>>()(client.auditLogs.list({ limit: 100 }, { signal: AbortSignal.timeout(1_000) }));
  for await (const entry of client.auditLogs.list()) {
    is<string | null | undefined>()(entry.action);
    is<number | null | undefined>()(entry.created_at);
    is<unknown>()(entry.roles);
  }
  is<Listing<Session>>()(client.sessions.list({ created_date_from: new Date(), user_ids: ["a"] as const }));
  // @ts-expect-error a listing is read, not awaited as rows
  (await client.members.list()).length;
  // @ts-expect-error by name
  client.members.list(50);
  // @ts-expect-error a number
  client.members.list({ limit: "50" });
  // @ts-expect-error left out, not null: null is no filter
  client.members.list({ email: null });
  // @ts-expect-error misspelt
  client.members.list({ emial: "ada@example.com" });
  // @ts-expect-error this list counts pages
  client.apiKeys.list({ skip: 1 });
  // @ts-expect-error what was told is read only
  listing.report.seen = 1;
  // @ts-expect-error
  page.rows.push(page.rows[0]);
  // @ts-expect-error lists that come whole take no pages
  client.roles.list({ limit: 5 });
}

export async function consumption(client: Client): Promise<void> {
  const used = await client.consumption.daily({ billing_days: ["2026-02-01", "2026-02-28"] });
  is<Consumption>()(used);
  is<Record<string, number>>()(used.consumption_by_date);
  is<Record<string, number> | null | undefined>()(used.consumption_by_user);
  await client.consumption.daily();
  const [cycle] = await client.consumption.cycles();
  await client.consumption.daily({ billing_days: cycle });
  await client.consumption.daily({ billing_days: "2026-02" });
  client.sessions.list({ billing_days: [new BillingDay("2026-02-01"), "2026-02-28"] });
  is<BillingDay[]>()(billingDays("2026-02"));
  await client.consumption.daily({ start_date: new Date(), end_date: "2026-03-01T08:00:00Z", org_ids: [ORG] });
  await client.consumption.userDaily("email|65f1c0ffee65f1c0ffee65f1", { start_date: "2026-02-01T08:00:00Z" });
  // @ts-expect-error the first and the last day
  await client.consumption.daily({ billing_days: ["2026-02-01"] });
  // @ts-expect-error no numbers
  await client.consumption.daily({ start_date: 20260201 });
  // @ts-expect-error a list
  await client.consumption.daily({ org_ids: ORG });
}

export async function updates(client: Client): Promise<void> {
  await client.organizations.update(ORG, { max_acu_limit: null });
  await client.organizations.update(ORG, { display_name: "Platform", max_acu_limit: 500 });
  const fields: OrganizationsUpdateParams = { max_acu_limit: undefined };
  await client.organizations.update(ORG, fields, { maxRetries: 0 });
  await client.organizations.create({ display_name: "Mobile", acu_limit: 500 });
  await client.members.invite({ emails: ["ada@example.com"] as readonly string[] });
  await client.apiKeys.revokeAll({ confirm: "revoke-all-api-keys" });
  // @ts-expect-error a number or null
  await client.organizations.update(ORG, { max_acu_limit: "500" });
  // @ts-expect-error null is not a name
  await client.organizations.create({ display_name: null });
  // @ts-expect-error a name has to be there
  await client.organizations.create({});
  // @ts-expect-error
  await client.organizations.create();
  // @ts-expect-error misspelt
  await client.organizations.update(ORG, { max_acu_limits: 500 });
  // @ts-expect-error a list
  await client.members.invite({ emails: "ada@example.com" });
}

export async function bodies(client: Client): Promise<void> {
  const permission: GitPermissionCreate = { connection_id: "git-1", repo_path: ["acme", "tools"] };
  const added = await client.organizations.addGitPermissions(ORG, [permission, { connection_id: "git-2" }]);
  is<string[]>()(added.permission_ids);
  // @ts-expect-error a connection has to be there
  await client.organizations.addGitPermissions(ORG, [{ repo_path: ["acme"] }]);
  // @ts-expect-error misspelt
  await client.organizations.addGitPermissions(ORG, [{ connection_id: "git-1", repopath: ["acme"] }]);

  const limits = await client.orgGroupLimits.get();
  is<OrgGroupLimits>()(limits);
  const confirm = "replace-org-group-limits";
  // What was read can be sent back, alone or beside new groups.
  await client.orgGroupLimits.update(limits, { confirm });
  const emea = { org_ids: [ORG], max_cycle_acus: null };
  await client.orgGroupLimits.update({ groups: { ...limits.groups, emea } }, { confirm });
  // @ts-expect-error the whole body
  await client.orgGroupLimits.update({ confirm });
}

export async function options(client: Client): Promise<void> {
  const all: RequestOptions = {
    signal: new AbortController().signal,
    timeout: 1_000,
    attemptTimeout: 500,
    maxRetries: 1,
    strict: true,
  };
  await client.identity.get(all);
  await client.members.get("email|1", all);
  await client.members.list({}, all).page();
  await client.members.list(undefined, all).page();
  await client.roles.list(all);
  await client.identity.get({ signal: undefined });
  // @ts-expect-error options are not arguments
  client.members.list({ signal: all.signal });
  // @ts-expect-error a signal, not its controller
  await client.identity.get({ signal: new AbortController() });
  // @ts-expect-error misspelt
  await client.identity.get({ timeOut: 5 });
}

export async function errors(client: Client): Promise<void> {
  try {
    await client.members.list().collect();
  } catch (error) {
    if (error instanceof NotFoundError) {
      is<number>()(error.status);
      is<string | undefined>()(error.requestId);
    } else if (error instanceof RateLimitError) {
      is<number | undefined>()(error.retryAfter);
    } else if (error instanceof UnprocessableEntityError) {
      is<string | undefined>()(error.detail);
    } else if (error instanceof APIStatusError) {
      is<number>()(error.status);
      is<string | undefined>()(error.body);
    } else if (error instanceof APITimeoutError) {
      const connection: APIConnectionError = error;
      void connection;
    } else if (error instanceof RefusedError || error instanceof ConfigError) {
      is<string | undefined>()(error.field);
    } else if (error instanceof DevinError) {
      const ordinary: Error = error;
      void ordinary;
      is<number | undefined>()(error.status);
      is<number>()(error.attempts);
      is<string>()(error.kind);
      is<Rows<unknown> | undefined>()(error.partial);
      is<unknown>()(error.cause);
      // @ts-expect-error it is what happened
      error.attempts = 2;
    }
  }
  // For tests of one's own.
  is<RateLimitError>()(new RateLimitError("too many", { status: 429, retryAfter: 1_000 }));
}

export async function requests(client: Client): Promise<void> {
  const query = { limit: 1, email: ["a@example.com", "b@example.com"], on: true };
  const answer = await client.request("GET", "/v2/enterprise/members", { query });
  is<OwnResponse>()(answer);
  is<number>()(answer.status);
  is<string | null>()(answer.headers.get("content-type"));
  is<string>()(answer.text);
  is<unknown>()(answer.json());
  is<{ total: number }>()(answer.json<{ total: number }>());
  is<Record<string, unknown>>()(new DevinError("x").toJSON());
  await client.request("GET", "/v2/enterprise/members", { query: { big: 1n, many: [1n, "x"] } });
  await client.request("GET", "/v2/enterprise/members", { query: { limit: undefined } });
  await client.request("POST", "/v2/enterprise/new-thing", { body: { a: [1, null] } }, { timeout: 5_000 });
  // @ts-expect-error a path
  await client.request("GET");
  // @ts-expect-error text, numbers, flags
  await client.request("GET", "/v2/enterprise/members", { query: { limit: null } });
}

export async function emulator(): Promise<void> {
  const settings: EmulatorOptions = { seed: 7, members: 120, now: new Date(), apiKey: "apk_user_x", port: 0 };
  const running = await startEmulator(settings);
  is<Emulator>()(running);
  is<Client>()(running.client({ maxRetries: 0 }));
  const fault: Fault = { kind: "status", status: 503, method: "GET", times: null, delay: 100, query: { skip: "0" } };
  running.fault(fault);
  running.fault({ path: "/v2/enterprise/**", delay: 5 });
  is<ArrivedRequest[]>()(running.requests);
  is<string | null>()(running.requests[0]!.query);
  const disposable: AsyncDisposable & Disposable = running;
  await disposable[Symbol.asyncDispose]();
  await using short = await startEmulator();
  is<string>()(short.url);
  // @ts-expect-error a number
  await startEmulator({ members: "many" });
  // @ts-expect-error how often is a number
  running.fault({ times: "once" });
}
