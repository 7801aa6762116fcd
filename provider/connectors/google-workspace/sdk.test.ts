import { admin } from "@googleapis/admin";
import { JWT } from "google-auth-library";
import { scopes } from "./api.ts";
import { type GoogleWorkspaceSimulator, startGoogleWorkspaceSimulator } from "./simulator.ts";

/** Google's own client and sign-in, against our simulator: what they can do there they could not if it were made up. */
let google: GoogleWorkspaceSimulator;
const people = Array.from({ length: 7 }, (_v, i) => `p${i}@acme.test`);
const [a = "", b = "", c = ""] = people;
const ids = new Map<string, string>();

const signedIn = (scope: string): JWT => {
  const file = JSON.parse(google.credentials) as { client_email: string; private_key: string; private_key_id: string };
  const { client_email: email, private_key: key, private_key_id: keyId } = file;
  const auth = new JWT({
    ...{ email, key, keyId, scopes: [scope], subject: google.administrator },
    transporterOptions: { fetchImplementation: fetch },
  });
  // Its token endpoint is fixed; the JWT itself stays for Google's.
  auth.transporter.interceptors.request.add({
    resolved: async (request) => {
      if (request.url.href === "https://oauth2.googleapis.com/token") request.url = new URL(google.tokenUrl);
      return request;
    },
  });
  return auth;
};
const directory = (scope: string) =>
  admin({ version: "directory_v1", auth: signedIn(scope), rootUrl: `${google.url}/`, retry: false });
const licence = (sku: string, rest: string): string =>
  `${google.url}/apps/licensing/v1/product/Google-Apps/sku/${sku}/${rest}`;

beforeAll(async () => {
  google = await startGoogleWorkspaceSimulator({
    purchased: { "1010020020": 5, "1010020028": 5 },
    quotas: { licensing: { limit: 100, perMs: 1000 } },
  });
  for (const email of people) ids.set(email, google.hands.addUser({ email, lastName: email, department: "Sales" }));
  google.hands.addGroup("team@acme.test", "team");
  google.hands.addGroup("inner@acme.test", "inner");
  google.hands.join("team@acme.test", "inner@acme.test");
  google.hands.join("inner@acme.test", b);
});
afterAll(async () => {
  await google.stop();
  expect(google.bugs).toEqual([]);
});

it("users.list in pages, by search, with a mask; users.get by id and by address", async () => {
  const { users } = directory(scopes.users);
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const { data } = await users.list({
      customer: "my_customer",
      maxResults: 3,
      orderBy: "email",
      projection: "full",
      fields: "kind,nextPageToken,users(id,primaryEmail)",
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    expect(data.users?.every((user) => user.creationTime === undefined)).toBe(true);
    found.push(...(data.users ?? []).map((user) => user.primaryEmail ?? ""));
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  expect(found).toEqual([google.administrator, ...people].sort());
  const sales = await users.list({ customer: google.customerId, query: "orgDepartment='Sales' isSuspended=false" });
  expect(sales.data.users?.length).toBe(people.length);
  const { data } = await users.get({ userKey: ids.get(a) ?? "", projection: "full" });
  expect([data.primaryEmail, data.customerId, data.suspended]).toEqual([a, google.customerId, false]);
  await expect(users.get({ userKey: "nobody@acme.test" })).rejects.toMatchObject({ code: 404 });
});

it("groups.list, members.list with those of groups inside, insert, hasMember and delete", async () => {
  const { groups, members } = directory(scopes.groups);
  const listed = await groups.list({ customer: "my_customer" });
  expect(listed.data.groups?.map((group) => group.email)).toEqual(["inner@acme.test", "team@acme.test"]);
  const of = async (derived: boolean) =>
    (await members.list({ groupKey: "team@acme.test", includeDerivedMembership: derived })).data.members
      ?.map((m) => m.email)
      .sort();
  expect([await of(false), await of(true)]).toEqual([["inner@acme.test"], ["inner@acme.test", b].sort()]);
  const writer = directory(scopes.members).members;
  const requestBody = { email: c, role: "MEMBER" };
  const joined = await writer.insert({ groupKey: "team@acme.test", requestBody });
  expect([joined.data.id, joined.data.type]).toEqual([ids.get(c), "USER"]);
  await expect(writer.insert({ groupKey: "team@acme.test", requestBody })).rejects.toMatchObject({ code: 409 });
  const { data } = await members.hasMember({ groupKey: "team@acme.test", memberKey: c });
  expect(data.isMember).toBe(true);
  await writer.delete({ groupKey: "team@acme.test", memberKey: ids.get(c) ?? "" });
  expect(await of(false)).toEqual(["inner@acme.test"]);
});

it("licences: insert, get, list in pages, move and delete, signed in by Google's own library", async () => {
  const auth = signedIn(scopes.licensing);
  const send = async <T>(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, data?: object) =>
    (await auth.request<T>({ method, url, ...(data ? { data } : {}), retry: false })).data;
  type Licence = { userId: string; skuId: string; productName: string };
  for (const userId of [a, b, c]) await send("POST", licence("1010020020", "user"), { userId });
  const moved = await send<Licence>("PATCH", licence("1010020020", `user/${b}`), { skuId: "1010020028" });
  expect([moved.userId, moved.skuId, moved.productName]).toEqual([b, "1010020028", "Google Workspace"]);
  await send("DELETE", licence("1010020020", `user/${c}`));
  await expect(send("GET", licence("1010020020", `user/${c}`))).rejects.toMatchObject({ status: 404 });
  type List = { kind: string; items: Licence[]; nextPageToken?: string };
  const of = (more: string) =>
    send<List>("GET", licence("1010020020", `users?customerId=${google.customerId}&maxResults=1${more}`));
  await send("POST", licence("1010020020", "user"), { userId: c });
  const first = await of("");
  const second = await of(`&pageToken=${first.nextPageToken}`);
  expect([first, second].flatMap(({ items }) => items.map(({ userId }) => userId))).toEqual([a, c]);
  expect(second.nextPageToken).toBeUndefined();
});

it("customerUsageReports.get and userUsageReport.get", async () => {
  const { customerUsageReports, userUsageReport } = admin({
    ...{ version: "reports_v1", auth: signedIn(scopes.reports), rootUrl: `${google.url}/`, retry: false },
  });
  const date = new Date(google.clock.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  const parameters = "accounts:gsuite_enterprise_total_licenses";
  const { data } = await customerUsageReports.get({ date, parameters });
  expect(data.usageReports?.[0]?.parameters).toEqual([{ name: parameters, intValue: "5" }]);
  const users = await userUsageReport.get({ userKey: "all", date, maxResults: 3 });
  expect(users.data.usageReports?.map(({ entity }) => entity?.type)).toEqual(["USER", "USER", "USER"]);
  expect(users.data.nextPageToken).toEqual(expect.any(String));
});

it("a scope that was not delegated is an error of the library's own kind", async () => {
  const drive = signedIn("https://www.googleapis.com/auth/drive");
  await expect(drive.getAccessToken()).rejects.toThrow(/unauthorized_client/);
});
