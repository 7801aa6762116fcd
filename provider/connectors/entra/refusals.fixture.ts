import { signal, start } from "./world.fixture.ts";

const learn = (page: string): string => `https://learn.microsoft.com/graph/${page}`;
/** Where each refusal is told of. */
export const source = {
  assign: learn("api/user-assignlicense"),
  batch: learn("json-batching"),
  advanced: learn("aad-advanced-queries"),
  users: learn("api/user-list"),
  parameters: learn("query-parameters"),
  addMembers: learn("api/group-post-members"),
  removeMember: learn("api/group-delete-members"),
  errors: learn("errors"),
  delta: learn("delta-query-overview"),
  signIn: learn("api/resources/signinactivity"),
  skus: learn("api/subscribedsku-list"),
  aadsts: "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
  licensing: "https://learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems",
  /** Microsoft's sentence, as published programs that handle it quote it. */
  word: "Graph's own message, quoted in published handlers of it (PowerShell and SDK programs on GitHub)",
};

export const world = async () => {
  const w = await start({
    skus: [
      { sku: "SPE_E5", enabled: 2 },
      { sku: "SPE_E3", enabled: 5 },
      { sku: "EXCHANGESTANDARD", enabled: 5 },
      { sku: "MCOEV", enabled: 5 },
    ],
    groups: [
      { name: "lic", licenses: ["SPE_E5"] },
      { name: "dyn", dynamic: true },
      { name: "local", synchronised: true },
    ],
    people: [
      { login: "ada", licenses: ["SPE_E5"], groups: [] },
      { login: "bob", groups: ["lic"] },
      { login: "cid" },
      { login: "dee", properties: { usageLocation: null } },
    ],
  });
  const form = (more: Record<string, string> = {}): string =>
    new URLSearchParams({
      grant_type: "client_credentials",
      client_id: w.simulator.clientId,
      client_secret: w.simulator.clientSecret,
      scope: "https://graph.microsoft.com/.default",
      ...more,
    }).toString();
  const send = async (method: string, path: string, more: { headers?: Record<string, string>; body?: string } = {}) => {
    const raw = await w.simulator.transport({
      method,
      url: `http://graph${path}`,
      headers: {},
      signal,
      timeoutMs: 1000,
      ...more,
    });
    return {
      status: raw.status,
      headers: raw.headers,
      body: raw.body === "" ? null : (JSON.parse(raw.body) as Record<string, unknown>),
    };
  };
  const login = (body: string, tenant = w.simulator.tenantId) =>
    send("POST", `/${tenant}/oauth2/v2.0/token`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
    });
  const token = String((await login(form())).body?.access_token);
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(method, `/v1.0${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return { ...w, ask, send, login, form, user: w.id, group: w.hands.groupId };
};
export type World = Awaited<ReturnType<typeof world>>;
export const eventual = { consistencylevel: "eventual" };
export const license = (w: World, who: string, add: readonly string[], remove: readonly string[] = []) =>
  w.ask("POST", `/users/${w.user(who)}/assignLicense`, {
    addLicenses: add.map((skuId) => ({ skuId })),
    removeLicenses: remove,
  });
export const ref = (id: string) => ({ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
export const step = (id: string, more: object = {}) => ({ id, method: "GET", url: "/users?$top=1", ...more });
type Answer = Awaited<ReturnType<World["ask"]>>;

/** What Graph refuses, and how we know. */
export interface Row {
  readonly what: string;
  readonly from: string;
  readonly do: (w: World) => Promise<Answer>;
  readonly status: number;
  readonly says: string;
}

/** One test a row: refused in Graph's words, and nothing changed. */
export const refuses = (rows: readonly Row[]): void => {
  it("each with its source", () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ from }) => from.trim() === "")).toEqual([]);
  });
  it.each(rows)("$what ($status; $from)", async ({ do: act, status, says }) => {
    const w = await world();
    const before = JSON.stringify([...w.simulator.tenant().consumed]);
    const answer = await act(w);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(says)]);
    expect(JSON.stringify([...w.simulator.tenant().consumed])).toBe(before);
  });
};
