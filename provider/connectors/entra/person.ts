import type { Person } from "../../core/person.ts";
import type { User } from "./api.ts";
import type { Config } from "./config.ts";

/** Properties that become `user.attributes` without being asked for. */
export const plainAttributes = [
  "companyName",
  "country",
  "city",
  "state",
  "officeLocation",
  "employeeId",
  "employeeType",
  "userType",
  "usageLocation",
] as const;
const fields = [
  "id",
  "userPrincipalName",
  "mail",
  "accountEnabled",
  "givenName",
  "surname",
  "department",
  "jobTitle",
  "createdDateTime",
  "employeeHireDate",
  ...plainAttributes,
  "onPremisesExtensionAttributes",
];

/** What is asked for of each person; a missing one would look like a directory that lacks the value. */
export const selected = (config: Config): string => [...new Set([...fields, ...(config.attributes ?? [])])].join(",");

const time = (value: string | null | undefined): string | null => {
  const at = value ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};
/** Graph leaves some properties "" that were emptied. */
const text = (value: string | null | undefined): string | null => (value ? value : null);

const attribute = (value: unknown): string | readonly string[] | null => {
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (!Array.isArray(value)) return null;
  const items = value.filter((item) => typeof item === "string");
  return items.length > 0 && items.length === value.length ? items : null;
};

const attributesOf = (user: User, names: readonly string[]): Person["attributes"] => {
  const found: Record<string, string | readonly string[]> = {};
  const add = (name: string, value: unknown): void => {
    const one = attribute(value);
    if (one !== null) found[name] = one;
  };
  for (const name of names) add(name, user[name]);
  const extension = user.onPremisesExtensionAttributes;
  if (typeof extension === "object" && extension !== null)
    for (const [name, value] of Object.entries(extension)) add(name, value);
  return found;
};

export type ToPerson = (user: User, groups: readonly string[] | null, deleted?: boolean) => Person;
export const personMaker = (config: Config): ToPerson => {
  const names = [...plainAttributes, ...(config.attributes ?? [])];
  return (user, groups, deleted = false) => ({
    id: user.id,
    login: text(user.userPrincipalName),
    email: text(user.mail),
    status: deleted ? "deleted" : user.accountEnabled === false ? "suspended" : "active",
    firstName: text(user.givenName),
    lastName: text(user.surname),
    department: text(user.department),
    title: text(user.jobTitle),
    manager: text(user.manager?.userPrincipalName),
    type: text(user.employeeType),
    createdAt: time(user.createdDateTime),
    startsOn: time(user.employeeHireDate),
    endsOn: null,
    groups,
    attributes: attributesOf(user, names),
  });
};
