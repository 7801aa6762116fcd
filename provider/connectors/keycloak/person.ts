import type { Person } from "../../core/person.ts";
import type { User } from "./api.ts";
import { type AttributeField, type Config, fieldNames } from "./config.ts";

/** Service accounts are users too. Lists of users leave them out; lists of members, role holders and single reads do not. */
export const isServiceAccount = (user: User): boolean => user.username.startsWith("service-account-");

const time = (value: string | null): string | null => {
  if (value === null) return null;
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

/** Several values where one is meant are not guessed at: a rule that reads the field is undecided then. */
const single = (values: readonly string[] | undefined): string | null =>
  values?.length === 1 ? (values[0] ?? null) : null;

export type ToPerson = (user: User, groups: readonly string[] | null) => Person;

export const personMaker = (config: Config, connection: string): ToPerson => {
  const names = fieldNames(config, connection);
  const lists = new Set(config.lists);
  return (user, groups) => {
    const given = user.attributes ?? {};
    const from = (field: AttributeField): string | null => single(given[names[field]]);
    const attributes: Record<string, string | readonly string[]> = {};
    for (const [name, values] of Object.entries(given)) {
      const only = values.length === 1 && !lists.has(name) ? values[0] : undefined;
      attributes[name] = only ?? values;
    }
    return {
      id: user.id,
      login: user.username,
      email: user.email ?? null,
      status: user.enabled === false ? "suspended" : "active",
      firstName: user.firstName ?? null,
      lastName: user.lastName ?? null,
      department: from("department"),
      title: from("title"),
      manager: from("manager"),
      type: from("type"),
      createdAt:
        user.createdTimestamp === undefined || user.createdTimestamp === null
          ? null
          : new Date(user.createdTimestamp).toISOString(),
      startsOn: time(from("startsOn")),
      endsOn: time(from("endsOn")),
      groups,
      attributes,
    };
  };
};
