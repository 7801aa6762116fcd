import { allAssigned } from "./apps.ts";
import { note } from "./events.ts";
import { scheduleRules } from "./rules.ts";
import {
  createIds,
  type GroupKind,
  isMember,
  type OrgUser,
  type Profile,
  type Server,
  type UserStatus,
  userBy,
} from "./state.ts";

export interface NewUser {
  readonly login: string;
  readonly status?: UserStatus;
  readonly profile?: Profile;
  /** Milliseconds since the epoch. */
  readonly created?: number;
}
/** What an administrator does in the console, and a person at the sign-in page. Users by login or id, groups by name, applications by label. */
export interface Hands {
  addUser(user: NewUser): string;
  changeUser(key: string, change: { readonly status?: UserStatus; readonly profile?: Profile }): void;
  /** Only the System Log tells of it. */
  deleteUser(key: string): void;
  userId(key: string): string;
  addGroup(
    name: string,
    facts?: { readonly type?: GroupKind; readonly source?: string; readonly description?: string },
  ): string;
  groupId(name: string): string;
  join(group: string, key: string): void;
  leave(group: string, key: string): void;
  /** Ids, in their order. */
  members(group: string): readonly string[];
  addApp(label: string, facts?: { readonly name?: string; readonly status?: "ACTIVE" | "INACTIVE" }): string;
  appId(label: string): string;
  assign(app: string, key: string): void;
  unassign(app: string, key: string): void;
  /** Whoever is in the group has the application. */
  assignGroup(app: string, group: string): void;
  /** Ids of those who have it, through groups too. */
  assigned(app: string): readonly string[];
  trouble(app: string, key: string, how: { readonly status: string; readonly syncState: string }): void;
  addRule(
    name: string,
    rule: { readonly expression: string; readonly groups: readonly string[]; readonly active?: boolean },
  ): string;
  excluded(rule: string): readonly string[];
  /** `app`: single sign-on to it, besides. */
  signIn(key: string, at: number, app?: string): void;
}

const must = <T>(found: T | null | undefined, what: string): T => {
  if (found === null || found === undefined) throw new Error(`there is no ${what}`);
  return found;
};
const named = <T extends { readonly id: string }>(
  of: ReadonlyMap<string, T>,
  name: string,
  label: (one: T) => string,
): T => must(of.get(name) ?? [...of.values()].find((one) => label(one) === name), name);

export const createHands = (server: Server): Hands => {
  const { world, clock } = server;
  const id = createIds(server.random);
  const user = (key: string): OrgUser => must(userBy(world.read(), key), `user ${key}`);
  const group = (name: string) => named(world.read().groups, name, (one) => one.name);
  const app = (label: string) => named(world.read().apps, label, (one) => one.label);
  const people = createPeople(server, id, user);
  return {
    ...people,
    userId: (key) => user(key).id,
    addGroup(name, { type = "OKTA_GROUP", source = null, description = "" } = {} as never) {
      const [own, created] = [id("00g"), clock.now()];
      world.write((w) => w.groups.set(own, { id: own, name, description, type, source, created, members: new Set() }));
      return own;
    },
    groupId: (name) => group(name).id,
    join(name, key) {
      const [to, who] = [group(name).id, user(key).id];
      world.write((w) => w.groups.get(to)?.members.add(who));
    },
    leave(name, key) {
      const [from, who] = [group(name).id, user(key).id];
      world.write((w) => w.groups.get(from)?.members.delete(who));
    },
    members(name) {
      const one = group(name);
      return [...world.read().users.values()].filter((u) => isMember(one, u)).map((u) => u.id);
    },
    addApp(label, { name = label.toLowerCase(), status = "ACTIVE" } = {}) {
      const [own, created] = [id("0oa"), clock.now()];
      world.write((w) =>
        w.apps.set(own, {
          id: own,
          name,
          label,
          status,
          created,
          users: new Map(),
          groups: new Set(),
          troubles: new Map(),
        }),
      );
      return own;
    },
    appId: (label) => app(label).id,
    assign(label, key) {
      const [to, who, created] = [app(label).id, user(key).id, clock.now()];
      world.write((w) =>
        w.apps.get(to)?.users.set(who, { status: "ACTIVE", syncState: "DISABLED", created, profile: {} }),
      );
    },
    unassign(label, key) {
      const [from, who] = [app(label).id, user(key).id];
      world.write((w) => w.apps.get(from)?.users.delete(who));
    },
    assignGroup(label, name) {
      const [to, through] = [app(label).id, group(name).id];
      world.write((w) => w.apps.get(to)?.groups.add(through));
    },
    assigned: (label) => allAssigned(world.read(), app(label)).map((one) => one.user.id),
    trouble(label, key, how) {
      const [at, who] = [app(label).id, user(key).id];
      world.write((w) => w.apps.get(at)?.troubles.set(who, how));
    },
    addRule(name, { expression, groups, active = true }) {
      const own = id("0pr");
      const groupIds = groups.map((one) => group(one).id);
      const status = active ? ("ACTIVE" as const) : ("INACTIVE" as const);
      world.write((w) => w.rules.set(own, { id: own, name, status, expression, groupIds, exclude: [] }));
      scheduleRules(server);
      return own;
    },
    excluded: (name) => named(world.read().rules, name, (one) => one.name).exclude,
    signIn(key, at, label) {
      const who = user(key).id;
      const target = label === undefined ? null : app(label).id;
      note(server, { type: "user.session.start", actor: who, at, targets: [] });
      if (target !== null)
        note(server, {
          type: "user.authentication.sso",
          actor: who,
          at,
          targets: [
            { id: target, type: "AppInstance" },
            { id: who, type: "AppUser" },
          ],
        });
      world.write((w) => {
        const one = w.users.get(who);
        if (one) one.lastLogin = Math.max(at, one.lastLogin ?? 0);
      });
    },
  };
};

const createPeople = (server: Server, id: (prefix: string) => string, user: (key: string) => OrgUser) => {
  const { world, clock } = server;
  return {
    addUser({ login, status = "ACTIVE", profile = {}, created = clock.now() }: NewUser): string {
      const own = id("00u");
      const started = status === "STAGED" ? null : created;
      const whole = { firstName: login, lastName: login, email: login, ...profile, login };
      world.write((w) =>
        w.users.set(own, {
          id: own,
          status,
          created,
          activated: started,
          statusChanged: started,
          lastLogin: null,
          lastUpdated: created,
          profile: whole,
        }),
      );
      scheduleRules(server, own);
      return own;
    },
    changeUser(key: string, change: { readonly status?: UserStatus; readonly profile?: Profile }): void {
      const [own, at] = [user(key).id, clock.now()];
      world.write((w) => {
        const one = w.users.get(own);
        if (!one) return;
        one.lastUpdated = at;
        if (change.status !== undefined && change.status !== one.status) {
          one.status = change.status;
          one.statusChanged = at;
        }
        one.profile = { ...one.profile, ...change.profile };
      });
      scheduleRules(server, own);
    },
    deleteUser(key: string): void {
      const own = user(key).id;
      world.write((w) => {
        w.users.delete(own);
        for (const group of w.groups.values()) group.members.delete(own);
        for (const app of w.apps.values()) app.users.delete(own);
      });
      note(server, {
        type: "user.lifecycle.delete.initiated",
        actor: "00usimadmin000000000",
        targets: [{ id: own, type: "User" }],
      });
    },
  };
};
