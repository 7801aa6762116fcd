/**
 * What people do at a SCIM service by hand or with other tools: plain HTTP, usable on the simulator and on real servers
 * alike. For seeds, demos and tests; the connector uses none of it.
 */
export interface ScimAt {
  readonly baseUrl: string;
  readonly token: string;
}
export interface ScimPerson {
  readonly login: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly active?: boolean;
  /** Further SCIM attributes, as SCIM writes them: `{userType: "Pro", roles: [{type, value}]}`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}
export interface ScimSeed {
  readonly people: readonly ScimPerson[];
  /** Members are logins, or names of groups of this seed. */
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
}
/** Ids by login and by group name. */
export interface Seeded {
  readonly people: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
}
type Body = Readonly<Record<string, unknown>>;

const core = "urn:ietf:params:scim:schemas:core:2.0";
export const enterpriseUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const messages = "urn:ietf:params:scim:api:messages:2.0";

export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}
/** One request, whatever comes of it. */
export const ask = async (
  at: ScimAt,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> => {
  const answer = await fetch(at.baseUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${at.token}`,
      ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  let decoded: unknown = text;
  try {
    decoded = text === "" ? null : (JSON.parse(text) as unknown);
  } catch {
    // an answer that is no JSON is shown as it is
  }
  return { status: answer.status, body: decoded, headers: answer.headers };
};

const expectOk = (what: string, answered: Answered): Body => {
  if (answered.status >= 300) throw new Error(`${what}: ${answered.status} ${JSON.stringify(answered.body)}`);
  return (answered.body ?? {}) as Body; // SCIM answers with objects
};
const idOf = (body: Body): string => String(body.id);
const quote = (value: string): string => encodeURIComponent(JSON.stringify(value));

export const userBody = (p: ScimPerson): Body => ({
  schemas: [`${core}:User`, ...(p.attributes?.[enterpriseUrn] ? [enterpriseUrn] : [])],
  userName: p.login,
  active: p.active ?? true,
  ...(p.email ? { emails: [{ value: p.email, type: "work", primary: true }] } : {}),
  ...(p.firstName || p.lastName ? { name: { givenName: p.firstName, familyName: p.lastName } } : {}),
  ...p.attributes,
});

export const createUser = async (at: ScimAt, person: ScimPerson): Promise<string> =>
  idOf(expectOk(`create ${person.login}`, await ask(at, "POST", "/Users", userBody(person))));
export const createGroup = async (at: ScimAt, name: string, memberIds: readonly string[] = []): Promise<string> => {
  const body = { schemas: [`${core}:Group`], displayName: name, members: memberIds.map((value) => ({ value })) };
  return idOf(expectOk(`create group ${name}`, await ask(at, "POST", "/Groups", body)));
};

/** The id of the one resource whose attribute is this. */
const find = async (at: ScimAt, endpoint: "Users" | "Groups", attribute: string, value: string): Promise<string> => {
  const path = `/${endpoint}?filter=${attribute}%20eq%20${quote(value)}&attributes=${attribute}`;
  const body = expectOk(`find ${value}`, await ask(at, "GET", path));
  const [one] = (body.Resources ?? []) as Body[]; // a list response
  if (!one) throw new Error(`${endpoint}: nobody is ${value}`);
  return idOf(one);
};
export const findUser = (at: ScimAt, login: string): Promise<string> => find(at, "Users", "userName", login);
export const findGroup = (at: ScimAt, name: string): Promise<string> => find(at, "Groups", "displayName", name);

const patch = async (at: ScimAt, path: string, operation: Body): Promise<void> => {
  const body = { schemas: [`${messages}:PatchOp`], Operations: [operation] };
  expectOk(`PATCH ${path}`, await ask(at, "PATCH", path, body));
};
export const addToGroup = async (at: ScimAt, group: string, login: string): Promise<void> => {
  const [g, u] = [await findGroup(at, group), await findUser(at, login)];
  await patch(at, `/Groups/${g}`, { op: "add", path: "members", value: [{ value: u }] });
};
export const removeFromGroup = async (at: ScimAt, group: string, login: string): Promise<void> => {
  const [g, u] = [await findGroup(at, group), await findUser(at, login)];
  await patch(at, `/Groups/${g}`, { op: "remove", path: `members[value eq ${JSON.stringify(u)}]` });
};
export const setActive = async (at: ScimAt, login: string, active: boolean): Promise<void> =>
  patch(at, `/Users/${await findUser(at, login)}`, { op: "replace", path: "active", value: active });
export const setAttribute = async (at: ScimAt, login: string, path: string, value: unknown): Promise<void> =>
  patch(at, `/Users/${await findUser(at, login)}`, { op: "replace", path, value });
export const deleteUser = async (at: ScimAt, login: string): Promise<void> => {
  expectOk(`delete ${login}`, await ask(at, "DELETE", `/Users/${await findUser(at, login)}`));
};
/** The logins in a group, sorted; whoever has none is shown by id. */
export const groupMembers = async (at: ScimAt, group: string): Promise<string[]> => {
  const path = `/Groups/${await findGroup(at, group)}?attributes=members`;
  const body = expectOk(`members of ${group}`, await ask(at, "GET", path));
  const ids = ((body.members ?? []) as Body[]).map((m) => String(m.value));
  const nameOf = async (id: string): Promise<string> => {
    const { status, body: user } = await ask(at, "GET", `/Users/${id}?attributes=userName`);
    return status === 200 ? String((user as Body).userName) : id;
  };
  const names: string[] = [];
  for (let i = 0; i < ids.length; i += 16) names.push(...(await Promise.all(ids.slice(i, i + 16).map(nameOf))));
  return names.sort();
};

const bulkSize = async (at: ScimAt): Promise<number> => {
  const { status, body } = await ask(at, "GET", "/ServiceProviderConfig");
  const bulk = status === 200 ? ((body as Body).bulk as Body | undefined) : undefined;
  return bulk?.supported === true ? Math.min(500, Number(bulk.maxOperations)) : 0;
};

const createPeople = async (at: ScimAt, people: readonly ScimPerson[], bulk: number): Promise<string[]> => {
  if (bulk < 2) {
    const ids: string[] = [];
    for (let i = 0; i < people.length; i += 8)
      ids.push(...(await Promise.all(people.slice(i, i + 8).map((p) => createUser(at, p)))));
    return ids;
  }
  const ids: string[] = [];
  for (let i = 0; i < people.length; i += bulk) {
    const part = people.slice(i, i + bulk);
    const operations = part.map((p, n) => ({ method: "POST", path: "/Users", bulkId: `p${n}`, data: userBody(p) }));
    const answer = expectOk(
      "seed",
      await ask(at, "POST", "/Bulk", { schemas: [`${messages}:BulkRequest`], Operations: operations }),
    );
    for (const result of answer.Operations as Body[]) {
      if (String(result.status) !== "201") throw new Error(`seed: ${JSON.stringify(result)}`);
      ids.push(String(result.location).split("/").at(-1) ?? "");
    }
  }
  return ids;
};

/** Creates everybody and everything; groups may be members of groups that come after them. */
export const seedScim = async (at: ScimAt, seed: ScimSeed): Promise<Seeded> => {
  const ids = await createPeople(at, seed.people, await bulkSize(at));
  const people = new Map(seed.people.map((p, i) => [p.login, ids[i] ?? ""]));
  const groups = new Map<string, string>();
  for (const { name, members } of seed.groups) {
    const memberIds = members.map((m) => people.get(m) ?? groups.get(m));
    const missing = members.find((_m, i) => memberIds[i] === undefined);
    if (missing !== undefined) throw new Error(`seed: ${missing}, a member of ${name}, is in no seed`);
    groups.set(
      name,
      await createGroup(
        at,
        name,
        memberIds.filter((id) => id !== undefined),
      ),
    );
  }
  return { people, groups };
};
