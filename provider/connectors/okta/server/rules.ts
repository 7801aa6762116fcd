import { isMember, type Org, type OrgUser, type Rule, type Server } from "./state.ts";

/** Of Okta's expression language what rules of an invented company say: `user.department=="Sales" AND user.title=="Lead"`. */
const holds = (expression: string, user: OrgUser): boolean =>
  expression.split(/\s+OR\s+/i).some((part) =>
    part.split(/\s+AND\s+/i).every((term) => {
      const found = /^\s*user\.(\w+)\s*==\s*"([^"]*)"\s*$/.exec(term);
      if (!found?.[1]) throw new Error(`this simulator cannot read the rule ${term}`);
      return user.profile[found[1]] === found[2];
    }),
  );

const enact = (org: Org, rule: Rule, users: Iterable<OrgUser>): void => {
  if (rule.status !== "ACTIVE") return;
  for (const user of users) {
    const wanted = user.status !== "DEPROVISIONED" && !rule.exclude.includes(user.id) && holds(rule.expression, user);
    for (const id of rule.groupIds) {
      const group = org.groups.get(id);
      if (group && wanted && !isMember(group, user)) group.members.add(user.id);
    }
  }
};

/** Rules are looked at later than the change that concerns them, as Okta does. */
export const scheduleRules = (server: Server, userId?: string): void =>
  server.world.write((org) => {
    const one = userId === undefined ? undefined : org.users.get(userId);
    for (const rule of org.rules.values())
      enact(org, rule, userId === undefined ? org.users.values() : one ? [one] : []);
  }, server.rulesMs);
