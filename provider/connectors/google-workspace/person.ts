import type { Person } from "../../core/person.ts";
import type { Organization, User } from "./api.ts";
import { type AttributeField, type Config, fieldNames } from "./config.ts";

const time = (value: string | null | undefined): string | null => {
  if (value === null || value === undefined) return null;
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};
const scalar = (value: unknown): string | null =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : null;

/** A field with several values is a list of objects, each with a `value`. */
const valuesOf = (given: unknown): string | readonly string[] | null => {
  if (!Array.isArray(given)) return scalar(given);
  return given.flatMap((one: unknown) => {
    const value = typeof one === "object" && one !== null && "value" in one ? scalar(one.value) : scalar(one);
    return value === null ? [] : [value];
  });
};

/** The primary one, or the only one: of several, none is guessed at. */
const organizationOf = (user: User): Organization | null => {
  const all = user.organizations ?? [];
  return all.find(({ primary }) => primary === true) ?? (all.length === 1 ? (all[0] ?? null) : null);
};
const only = (list: User["relations"], type: string): string | null => {
  const found = (list ?? []).filter((one) => one.type === type && one.value);
  return found.length === 1 ? (found[0]?.value ?? null) : null;
};

const attributesOf = (user: User): Record<string, string | readonly string[]> => {
  const organization = organizationOf(user);
  const own: Record<string, string | null | undefined> = {
    orgUnitPath: user.orgUnitPath,
    costCenter: organization?.costCenter,
    employeeId: only(user.externalIds, "organization"),
    archived: user.archived ? "true" : "false",
  };
  const attributes: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(own)) if (value) attributes[name] = value;
  for (const [schema, fields] of Object.entries(user.customSchemas ?? {}))
    for (const [name, given] of Object.entries(fields)) {
      const value = valuesOf(given);
      if (value !== null) attributes[`${schema}.${name}`] = value;
    }
  return attributes;
};

/** Suspended and archived people cannot sign in. */
export const isActive = (user: User): boolean => !user.suspended && !user.archived;

export type ToPerson = (user: User, groups: readonly string[] | null) => Person;
export const personMaker = (config: Config, connection: string): ToPerson => {
  const names = fieldNames(config, connection);
  return (user, groups) => {
    const organization = organizationOf(user);
    const attributes = attributesOf(user);
    const from = (field: AttributeField, own: string | null | undefined): string | null => {
      const name = names[field];
      if (name === undefined) return own ?? null;
      const value = attributes[name];
      return typeof value === "string" ? value : null;
    };
    return {
      id: user.id,
      login: user.primaryEmail,
      email: user.primaryEmail,
      status: isActive(user) ? "active" : "suspended",
      firstName: user.name?.givenName ?? null,
      lastName: user.name?.familyName ?? null,
      department: from("department", organization?.department),
      title: from("title", organization?.title),
      manager: from("manager", only(user.relations, "manager")),
      type: from("type", organization?.description),
      createdAt: time(user.creationTime),
      startsOn: time(from("startsOn", null)),
      endsOn: time(from("endsOn", null)),
      groups,
      attributes,
    };
  };
};
