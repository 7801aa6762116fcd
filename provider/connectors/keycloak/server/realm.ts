import type { Random } from "../../simulator/random.ts";

export interface SimUser {
  readonly id: string;
  readonly username: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  enabled: boolean;
  readonly createdAt: number;
  attributes: Readonly<Record<string, readonly string[]>>;
  readonly groups: Set<string>;
  readonly roles: Set<string>;
  password: string | null;
  /** Client id; such users are left out of lists of users, and of nothing else. */
  readonly serviceAccountOf: string | null;
}
export interface SimGroup {
  readonly id: string;
  name: string;
  readonly parent: string | null;
  readonly roles: Set<string>;
}
export interface SimRole {
  readonly id: string;
  readonly name: string;
  /** The client's internal id; null: a role of the realm. */
  readonly client: string | null;
  readonly composites: Set<string>;
  readonly description: string | null;
}
export interface SimClient {
  readonly id: string;
  readonly clientId: string;
  secret: string | null;
  readonly publicClient: boolean;
  readonly serviceAccount: boolean;
  readonly passwordGrant: boolean;
}
export interface SimEvent {
  readonly id: string;
  readonly time: number;
  readonly type: string;
  readonly userId: string | null;
  readonly clientId: string;
  readonly details: Readonly<Record<string, string>>;
}
export interface EventsConfig {
  eventsEnabled: boolean;
  eventsExpiration: number | null;
  enabledEventTypes: readonly string[];
}

/** Keycloak's lists are in the order of the database's bytes. */
export const byText =
  <T>(of: (item: T) => string) =>
  (a: T, b: T): number => {
    const [x, y] = [of(a), of(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  };

/** One realm's state, with the indexes that keep lists of 100,000 users fast. */
export class Realm {
  readonly id: string;
  readonly name: string;
  readonly users = new Map<string, SimUser>();
  readonly usernames = new Map<string, SimUser>();
  readonly emails = new Map<string, SimUser>();
  readonly groups = new Map<string, SimGroup>();
  readonly roles = new Map<string, SimRole>();
  readonly clients = new Map<string, SimClient>();
  readonly events: SimEvent[] = [];
  readonly eventsConfig: EventsConfig = { eventsEnabled: false, eventsExpiration: null, enabledEventTypes: [] };
  /** Without it attributes that the user profile does not name are stored and never shown. */
  unmanagedAttributes = false;
  profileAttributes: ReadonlySet<string> = new Set();
  /** Attributes whose values the user profile checks. */
  validated: ReadonlySet<string> = new Set(["username", "email", "firstName", "lastName"]);
  tokenLifeMs = 300_000;
  readonly #members = new Map<string, Map<string, SimUser>>();
  readonly #sorted = new Map<string, readonly SimUser[]>();

  constructor(name: string, random: Random) {
    this.name = name;
    this.id = random.uuid();
  }

  addUser(user: SimUser): void {
    this.users.set(user.id, user);
    this.usernames.set(user.username, user);
    if (user.email) this.emails.set(user.email, user);
    this.#sorted.delete("");
  }
  setEmail(user: SimUser, email: string | null): void {
    if (user.email) this.emails.delete(user.email);
    user.email = email;
    if (email) this.emails.set(email, user);
  }
  removeUser(user: SimUser): void {
    for (const group of [...user.groups]) this.leave(user, group);
    this.users.delete(user.id);
    this.usernames.delete(user.username);
    if (user.email) this.emails.delete(user.email);
    this.#sorted.delete("");
  }
  join(user: SimUser, group: string): void {
    user.groups.add(group);
    const members = this.#members.get(group) ?? new Map<string, SimUser>();
    members.set(user.id, user);
    this.#members.set(group, members);
    this.#sorted.delete(group);
  }
  leave(user: SimUser, group: string): void {
    user.groups.delete(group);
    this.#members.get(group)?.delete(user.id);
    this.#sorted.delete(group);
  }
  removeGroup(group: SimGroup): void {
    for (const child of this.children(group.id)) this.removeGroup(child);
    for (const user of [...(this.#members.get(group.id)?.values() ?? [])]) this.leave(user, group.id);
    this.groups.delete(group.id);
  }

  /** In the order of their names; sorted once per change. */
  sortedUsers(): readonly SimUser[] {
    return this.#sortedOnce("", () => this.users.values());
  }
  members(group: string): readonly SimUser[] {
    return this.#sortedOnce(group, () => this.#members.get(group)?.values() ?? []);
  }
  #sortedOnce(key: string, read: () => Iterable<SimUser>): readonly SimUser[] {
    const known = this.#sorted.get(key);
    if (known) return known;
    const sorted = [...read()].sort(byText((user) => user.username));
    this.#sorted.set(key, sorted);
    return sorted;
  }

  children(parent: string | null): readonly SimGroup[] {
    const found = [...this.groups.values()].filter((group) => group.parent === parent);
    return found.sort(byText((group) => group.name));
  }
  pathOf(group: SimGroup): string {
    const parent = group.parent === null ? undefined : this.groups.get(group.parent);
    return `${parent ? this.pathOf(parent) : ""}/${group.name}`;
  }
  groupAt(path: string): SimGroup | null {
    return [...this.groups.values()].find((group) => this.pathOf(group) === path) ?? null;
  }
  realmRole(name: string): SimRole | null {
    return [...this.roles.values()].find((role) => role.client === null && role.name === name) ?? null;
  }
  /** What every user who is created gets; those imported get only what they are given. */
  defaultRole(): SimRole | null {
    return this.realmRole(`default-roles-${this.name}`);
  }
  clientRole(client: string, name: string): SimRole | null {
    return [...this.roles.values()].find((role) => role.client === client && role.name === name) ?? null;
  }
  client(clientId: string): SimClient | null {
    return [...this.clients.values()].find((client) => client.clientId === clientId) ?? null;
  }
  serviceAccount(client: SimClient): SimUser | null {
    return this.usernames.get(`service-account-${client.clientId.toLowerCase()}`) ?? null;
  }
}
