import {
  AuthenticationHandler,
  Client,
  type Middleware,
  PageIterator,
  RetryHandler,
  RetryHandlerOptions,
} from "@microsoft/microsoft-graph-client";
import type { Group, LicenseAssignmentState, SubscribedSku, User } from "@microsoft/microsoft-graph-types";
import { type EntraSimulator, startEntraSimulator } from "./simulator.ts";
import { sku } from "./world.fixture.ts";

let simulator: EntraSimulator;
let client: Client;

/** The SDK's last step: not to graph.microsoft.com, as its own chain thinks, but to the simulator in this process. */
const toSimulator: Middleware = {
  async execute(context) {
    const request = new Request(context.request, context.options);
    const { host, pathname, search } = new URL(request.url);
    const headers = { ...Object.fromEntries(request.headers), host };
    const text = await request.text();
    const body = text === "" ? {} : { body: text };
    const { signal } = request;
    const url = `http://x${pathname}${search}`;
    const raw = await simulator.transport({ method: request.method, url, headers, signal, timeoutMs: 1000, ...body });
    context.response = new Response(raw.status === 204 ? null : raw.body, { status: raw.status, headers: raw.headers });
  },
};
/** Microsoft's chain as it is: it puts the token on for graph.microsoft.com over https only, and retries. */
const chain = (token: () => Promise<string>): Middleware => {
  const [first, retry] = [
    new AuthenticationHandler({ getAccessToken: token }),
    new RetryHandler(new RetryHandlerOptions()),
  ];
  first.setNext(retry);
  retry.setNext(toSimulator);
  return first;
};
const tokenOf = async (): Promise<string> => {
  const { url, tenantId, clientId, clientSecret } = simulator;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope: "https://graph.microsoft.com/.default",
  });
  const answer = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: "POST", body });
  return ((await answer.json()) as { access_token: string }).access_token;
};
beforeAll(async () => {
  simulator = await startEntraSimulator({
    skus: [
      { sku: "SPE_E5", enabled: 20 },
      { sku: "VISIOCLIENT", enabled: 1 },
    ],
    groups: [{ name: "lic-visio", licenses: ["VISIOCLIENT"] }],
    people: Array.from({ length: 12 }, (_x, i) => ({
      login: `p${i}`,
      manager: i > 0 ? "p0" : null,
      licenses: i < 7 ? ["SPE_E5"] : [],
      properties: { department: i % 2 ? "Odd" : "Even" },
    })),
  });
  client = Client.initWithMiddleware({ middleware: chain(tokenOf) });
});
afterAll(async () => {
  expect(simulator.bugs).toEqual([]);
  await simulator.stop();
});
const id = (login: string): string => simulator.hands.userId(login);

describe("Microsoft's Graph client works against the simulator", () => {
  it("reads pages of users with its own iterator", async () => {
    const first = await client.api("/users").select("id,userPrincipalName").top(5).get();
    const names: string[] = [];
    await new PageIterator(client, first, (user: User) => names.push(user.userPrincipalName ?? "") > 0).iterate();
    expect(names).toHaveLength(12);
  });
  it("filters and counts with the advanced parameters", async () => {
    const answer = await client
      .api("/users")
      .header("ConsistencyLevel", "eventual")
      .count(true)
      .filter(`assignedLicenses/any(s:s/skuId eq ${sku.e5})`)
      .get();
    expect([answer["@odata.count"], (answer.value as User[]).length]).toEqual([7, 7]);
    expect(await client.api("/users/$count").header("ConsistencyLevel", "eventual").get()).toBe("12");
  });
  it("reads a user with the manager", async () => {
    const user: User = await client
      .api(`/users/${id("p3")}`)
      .select("id,licenseAssignmentStates")
      .expand("manager")
      .get();
    expect(user.manager).toMatchObject({ id: id("p0") });
    const [state]: LicenseAssignmentState[] = user.licenseAssignmentStates ?? [];
    expect(state).toMatchObject({ skuId: sku.e5, assignedByGroup: null, state: "Active" });
  });
  it("follows a delta", async () => {
    const first = await client.api("/users/delta").query({ $deltatoken: "latest" }).get();
    simulator.hands.change("p4", { department: "Moved" });
    const next = await client.api(first["@odata.deltaLink"]).get();
    expect((next.value as User[]).map((user) => user.id)).toEqual([id("p4")]);
  });
  it("reads SKUs, assigns and takes a license", async () => {
    const skus: SubscribedSku[] = (await client.api("/subscribedSkus").get()).value;
    expect(skus.map((one) => one.skuPartNumber)).toEqual(["SPE_E5", "VISIOCLIENT"]);
    const change = (addLicenses: object[], removeLicenses: string[]): Promise<User> =>
      client.api(`/users/${id("p9")}/assignLicense`).post({ addLicenses, removeLicenses });
    await change([{ skuId: sku.e5, disabledPlans: [] }], []);
    expect(simulator.holders("SPE_E5")).toContain(id("p9"));
    await change([], [sku.e5]);
    expect(simulator.holders("SPE_E5")).not.toContain(id("p9"));
    await expect(change([], [sku.e5])).rejects.toMatchObject({
      statusCode: 400,
      code: "Request_BadRequest",
      message: "User does not have a corresponding license.",
    });
  });
  it("adds members to a group, reads them, asks for processing and takes them out", async () => {
    const groups: Group[] = (await client.api("/groups").filter("displayName eq 'lic-visio'").get()).value;
    const group = groups[0]?.id ?? "";
    const link = (login: string): string => `https://graph.microsoft.com/v1.0/directoryObjects/${id(login)}`;
    await client.api(`/groups/${group}`).patch({ "members@odata.bind": [link("p1"), link("p2")] });
    const members: User[] = (await client.api(`/groups/${group}/members`).get()).value;
    expect(members.map((user) => user.userPrincipalName)).toEqual(["p1@acme.test", "p2@acme.test"]);
    await client.api(`/users/${id("p2")}/reprocessLicenseAssignment`).post({});
    await client.api(`/groups/${group}/members/${id("p1")}/$ref`).delete();
    const left: User[] = (await client.api(`/groups/${group}/members`).get()).value;
    expect(left.map((user) => user.id)).toEqual([id("p2")]);
  });
  it("sends a batch and finds each answer by its id", async () => {
    const requests = ["p1", "p2", "nobody"].map((login, i) => ({
      id: String(i),
      method: "GET",
      url: `/users/${login}@acme.test`,
    }));
    const { responses } = await client.api("/$batch").post({ requests });
    const by = new Map((responses as { id: string; status: number }[]).map((one) => [one.id, one.status]));
    expect([by.get("0"), by.get("1"), by.get("2")]).toEqual([200, 200, 404]);
  });
});
