import { licenseSku } from "../products.ts";
import {
  groupByKey,
  putGroup,
  putUser,
  removeUser,
  type Server,
  type SimMember,
  type SimUser,
  userByKey,
} from "./state.ts";

/** A person as a test or a company describes one. */
export interface NewUser {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly department?: string;
  readonly title?: string;
  readonly costCenter?: string;
  /** "Type of employee". */
  readonly type?: string;
  /** Address of the manager. */
  readonly manager?: string;
  readonly orgUnitPath?: string;
  readonly suspended?: boolean;
  readonly archived?: boolean;
  readonly isAdmin?: boolean;
  readonly employeeId?: string;
  readonly createdAt?: number;
  /** Milliseconds since the epoch; absent: never. */
  readonly lastLogin?: number;
  /** Last time that they did something in their mail. */
  readonly lastInteraction?: number;
  readonly custom?: SimUser["customSchemas"];
}

/** What administrators do by hand, without the API. Keys are ids or addresses. */
export interface Hands {
  addUser(user: NewUser): string;
  /** Whatever is given changes; another `email` is a rename, and the old address stays as an alias, as Google does it. */
  changeUser(key: string, change: Partial<NewUser>): void;
  deleteUser(key: string): void;
  addGroup(email: string, name?: string): string;
  /** `CUSTOMER`: everybody in the organisation. */
  join(group: string, member: string): void;
  leave(group: string, member: string): void;
  /** Throws where Google would refuse. */
  license(sku: string, key: string): void;
  unlicense(sku: string, key: string): void;
  /** Ids of all people, the administrator among them. */
  everybody(): string[];
  /** Addresses of those who have it, sorted. */
  licensed(sku: string): string[];
}

const organizationOf = (given: Partial<NewUser>): SimUser["organizations"] => {
  const { department, title, costCenter, type } = given;
  const texts = { department, title, costCenter, description: type };
  const entries = Object.entries(texts).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return entries.length > 0 ? [{ ...Object.fromEntries(entries), primary: true, customType: "" }] : undefined;
};
const iso = (ms: number): string => new Date(ms).toISOString();

/** What a description says of a user; only what it says. */
const partOf = (given: Partial<NewUser>): Partial<SimUser> => {
  const organizations = organizationOf(given);
  return {
    ...(given.orgUnitPath === undefined ? {} : { orgUnitPath: given.orgUnitPath }),
    ...(given.suspended === undefined ? {} : { suspended: given.suspended }),
    ...(given.archived === undefined ? {} : { archived: given.archived }),
    ...(given.isAdmin === undefined ? {} : { isAdmin: given.isAdmin }),
    ...(given.lastLogin === undefined ? {} : { lastLoginTime: iso(given.lastLogin) }),
    ...(given.lastInteraction === undefined ? {} : { lastInteraction: iso(given.lastInteraction) }),
    ...(organizations === undefined ? {} : { organizations }),
    ...(given.manager === undefined ? {} : { relations: [{ type: "manager", value: given.manager }] }),
    ...(given.employeeId === undefined ? {} : { externalIds: [{ type: "organization", value: given.employeeId }] }),
    ...(given.custom === undefined ? {} : { customSchemas: given.custom }),
  };
};
const nameOf = (given: Partial<NewUser>, old?: SimUser["name"]): SimUser["name"] => {
  const [givenName, familyName] = [given.firstName ?? old?.givenName ?? "", given.lastName ?? old?.familyName ?? ""];
  return { givenName, familyName, fullName: `${givenName} ${familyName}`.trim() };
};

const createLicences = (server: Server) => {
  const found = (sku: string): string => {
    const known = licenseSku(sku);
    if (!known) throw new Error(`Google has no SKU ${sku}`);
    return `${known.product}/${known.sku}`;
  };
  return {
    license(sku: string, id: string): void {
      const key = found(sku);
      const [product = "", name = ""] = key.split("/");
      const org = server.world.read();
      const held = [...org.licenses].find(([one, ids]) => one.startsWith(`${product}/`) && ids.has(id))?.[0];
      if (held !== undefined && held !== key) throw new Error(`they have ${held} of the same product`);
      if (held === undefined && (org.licenses.get(key)?.size ?? 0) >= (server.purchased.get(name) ?? 0))
        throw new Error(`no licence of ${sku} is left`);
      server.world.write((w) => w.licenses.set(key, (w.licenses.get(key) ?? new Set()).add(id)));
    },
    unlicense(sku: string, id: string): void {
      const key = found(sku);
      server.world.write((w) => w.licenses.get(key)?.delete(id));
    },
    licensed: (sku: string): string[] => {
      const org = server.world.read();
      return [...(org.licenses.get(found(sku)) ?? [])].map((id) => org.users.get(id)?.primaryEmail ?? id).sort();
    },
  };
};

export const createHands = (server: Server): Hands => {
  const { world, clock, random } = server;
  const digits = (): string => `1${Array.from({ length: 20 }, () => random.int(10)).join("")}`;
  const userOf = (key: string): SimUser => {
    const user = userByKey(world.read(), key);
    if (!user) throw new Error(`Google knows no ${key}`);
    return user;
  };
  const groupOf = (key: string): string => {
    const group = groupByKey(world.read(), key);
    if (!group) throw new Error(`Google has no group ${key}`);
    return group.id;
  };
  const memberOf = (key: string): SimMember => {
    if (key === "CUSTOMER") return { id: server.customerId, type: "CUSTOMER", role: "MEMBER" };
    const group = groupByKey(world.read(), key);
    return { id: group?.id ?? userOf(key).id, type: group ? "GROUP" : "USER", role: "MEMBER" };
  };
  const licences = createLicences(server);
  return {
    addUser(given) {
      const id = digits();
      const user: SimUser = {
        id,
        primaryEmail: given.email,
        name: nameOf(given),
        suspended: false,
        archived: false,
        isAdmin: false,
        orgUnitPath: "/",
        creationTime: iso(given.createdAt ?? clock.now()),
        lastLoginTime: iso(0),
        ...partOf(given),
      };
      world.write((w) => putUser(w, user));
      return id;
    },
    changeUser(key, change) {
      const old = userOf(key);
      const { email } = change;
      const renamed =
        email === undefined || email === old.primaryEmail
          ? {}
          : { primaryEmail: email, aliases: [...(old.aliases ?? []).filter((a) => a !== email), old.primaryEmail] };
      const user: SimUser = { ...old, ...partOf(change), ...renamed, name: nameOf(change, old.name) };
      world.write((w) => putUser(w, user));
    },
    deleteUser(key) {
      const user = userOf(key);
      const deletionTime = iso(clock.now());
      world.write((w) => {
        removeUser(w, user.id);
        w.deleted.set(user.id, { ...user, deletionTime });
        for (const members of w.members.values()) members.delete(user.id);
        for (const ids of w.licenses.values()) ids.delete(user.id);
      });
    },
    addGroup(email, name = email.split("@")[0] ?? email) {
      const id = `0${random.word(14)}`;
      world.write((w) => putGroup(w, { id, email, name, description: "" }));
      return id;
    },
    join(group, member) {
      const [id, one] = [groupOf(group), memberOf(member)];
      world.write((w) => w.members.get(id)?.set(one.id, one));
    },
    leave(group, member) {
      const [id, one] = [groupOf(group), memberOf(member)];
      world.write((w) => w.members.get(id)?.delete(one.id));
    },
    license: (sku, key) => licences.license(sku, userOf(key).id),
    unlicense: (sku, key) => licences.unlicense(sku, userOf(key).id),
    licensed: licences.licensed,
    everybody: () => [...world.read().users.keys()],
  };
};
