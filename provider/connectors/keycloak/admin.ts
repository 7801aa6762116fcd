/** The administrator of the master realm. */
export interface AdminLogin {
  readonly adminUser: string;
  readonly adminPassword: string;
}
/** What an administrator does by hand, over the admin API: the same code drives a simulator and a real server. */
export interface Admin {
  /** Gives the new user's id. */
  createUser(user: {
    readonly login: string;
    readonly email?: string;
    readonly firstName?: string;
    readonly lastName?: string;
    readonly enabled?: boolean;
    readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
    readonly groups?: readonly string[];
  }): Promise<string>;
  /** Null takes the attribute away. */
  setAttribute(login: string, name: string, value: string | readonly string[] | null): Promise<void>;
  setEnabled(login: string, enabled: boolean): Promise<void>;
  deleteUser(login: string): Promise<void>;
  /** Groups by name or path. */
  join(login: string, group: string): Promise<void>;
  leave(login: string, group: string): Promise<void>;
  grantRole(login: string, role: string): Promise<void>;
  createGroup(name: string, parent?: string): Promise<string>;
  /** Sets a password and signs in with it, now. */
  signIn(login: string): Promise<void>;
  userId(login: string): Promise<string>;
  groupId(group: string): Promise<string>;
  /** Logins of a group's direct members, sorted. */
  members(group: string): Promise<readonly string[]>;
  replaceRealm(representation: Readonly<Record<string, unknown>>): Promise<void>;
  deleteRealm(): Promise<void>;
  /** Any other request below `/admin/realms/{realm}`. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly username: string;
  readonly subGroups?: readonly Named[];
}

const list = (values: string | readonly string[]): readonly string[] =>
  typeof values === "string" ? [values] : values;
const flat = (groups: readonly Named[]): readonly Named[] =>
  groups.flatMap((group) => [group, ...flat(group.subGroups ?? [])]);

/** Asks with a token that is renewed before it expires (60 s in the master realm). */
const asker = (url: string, login: AdminLogin) => {
  let token = "";
  let until = 0;
  const signIn = async (realm: string, username: string, password: string): Promise<string> => {
    const form = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", username, password });
    const reply = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, { method: "POST", body: form });
    const body = (await reply.json()) as { access_token?: string; error_description?: string };
    if (body.access_token === undefined) throw new Error(`${username} cannot sign in: ${body.error_description}`);
    return body.access_token;
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    if (Date.now() > until) {
      token = await signIn("master", login.adminUser, login.adminPassword);
      until = Date.now() + 40_000;
    }
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const reply = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    const location = reply.headers.get("location");
    return { status: reply.status, body: text === "" ? { location } : (JSON.parse(text) as unknown) };
  };
  return { ask, signIn };
};

export const openAdmin = (url: string, login: AdminLogin & { readonly realm: string }): Admin => {
  const { ask: askAny, signIn } = asker(url, login);
  const root = `/admin/realms/${encodeURIComponent(login.realm)}`;
  const must = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await askAny(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const inside = (method: string, path: string, body?: unknown): Promise<unknown> => must(method, root + path, body);
  const newId = (body: unknown): string => {
    const { id, location } = body as { id?: string; location?: string }; // 201 of this API
    return id ?? location?.split("/").at(-1) ?? "";
  };
  const user = async (name: string): Promise<Record<string, unknown> & { readonly id: string }> => {
    const found = await inside("GET", `/users?exact=true&username=${encodeURIComponent(name)}`);
    const [one] = found as (Record<string, unknown> & { readonly id: string })[]; // as this API answers
    if (!one) throw new Error(`no user ${name}`);
    return one;
  };
  const userId = async (name: string): Promise<string> => (await user(name)).id;
  const group = async (label: string): Promise<Named> => {
    const all = flat((await inside("GET", "/groups?search=*")) as Named[]); // as this API answers
    const found = all.filter(({ name, path }) => (label.startsWith("/") ? path : name) === label);
    if (found[0] && found.length === 1) return found[0];
    throw new Error(`${found.length} groups are ${label}`);
  };
  return {
    userId,
    groupId: async (label) => (await group(label)).id,
    async createUser({ login: username, attributes, groups, ...rest }) {
      const paths = await Promise.all((groups ?? []).map(async (label) => (await group(label)).path));
      const lists = Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, list(value)]));
      return newId(
        await inside("POST", "/users", { enabled: true, ...rest, username, attributes: lists, groups: paths }),
      );
    },
    async setAttribute(name, attribute, value) {
      const { id, access: _access, ...known } = await user(name);
      const { [attribute]: _old, ...others } = (known.attributes ?? {}) as Record<string, readonly string[]>;
      const attributes = value === null ? others : { ...others, [attribute]: list(value) };
      // The whole user: with `attributes` in it, a body that leaves out name or address takes them away.
      await inside("PUT", `/users/${id}`, { ...known, attributes });
    },
    async setEnabled(name, enabled) {
      await inside("PUT", `/users/${await userId(name)}`, { enabled });
    },
    async deleteUser(name) {
      await inside("DELETE", `/users/${await userId(name)}`);
    },
    async join(name, label) {
      await inside("PUT", `/users/${await userId(name)}/groups/${(await group(label)).id}`);
    },
    async leave(name, label) {
      await inside("DELETE", `/users/${await userId(name)}/groups/${(await group(label)).id}`);
    },
    async grantRole(name, role) {
      const { id } = (await inside("GET", `/roles/${encodeURIComponent(role)}`)) as { id: string };
      await inside("POST", `/users/${await userId(name)}/role-mappings/realm`, [{ id, name: role }]);
    },
    async createGroup(name, parent) {
      const path = parent === undefined ? "/groups" : `/groups/${(await group(parent)).id}/children`;
      return newId(await inside("POST", path, { name }));
    },
    async signIn(name) {
      const password = `pw-${name}`;
      const credential = { type: "password", value: password, temporary: false };
      await inside("PUT", `/users/${await userId(name)}/reset-password`, credential);
      await signIn(login.realm, name, password);
    },
    async members(label) {
      const id = (await group(label)).id;
      const users = (await inside("GET", `/groups/${id}/members?briefRepresentation=true&max=100000`)) as Named[];
      return users.map(({ username }) => username).sort();
    },
    async replaceRealm(representation) {
      const gone = await askAny("DELETE", root);
      if (gone.status !== 204 && gone.status !== 404) throw new Error(`DELETE ${root}: ${gone.status}`);
      await must("POST", "/admin/realms", representation);
    },
    async deleteRealm() {
      await must("DELETE", root);
    },
    ask: (method, path, body) => askAny(method, root + path, body),
  };
};
