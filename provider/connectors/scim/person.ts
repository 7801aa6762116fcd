import type { Person } from "../../core/person.ts";
import type { User } from "./api.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
type Facts = Readonly<Record<string, unknown>>;

const facts = (value: unknown): Facts => (typeof value === "object" && value !== null ? (value as Facts) : {}); // any JSON may come
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const time = (value: unknown): string | null => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

/** Said elsewhere in a person, or of no use to a rule. */
const told = new Set([
  "schemas",
  "id",
  "meta",
  "name",
  "active",
  "groups",
  "photos",
  "x509Certificates",
  "password",
  "title",
  "userType",
  "ims",
]);

const plain = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;

/** One value: text; several: a list. An entry of a list is its `value`. */
const flat = (value: unknown): string | readonly string[] | null => {
  if (Array.isArray(value)) {
    const all = value
      .map((item: unknown) => plain(item) ?? plain(facts(item).value))
      .filter((v) => v !== null && v !== "");
    const [only] = all;
    return all.length === 0 ? null : all.length === 1 && only ? only : all.filter((v) => v !== null);
  }
  return plain(value);
};

const attributesOf = (user: User): Person["attributes"] => {
  const out: Record<string, string | readonly string[]> = {};
  const take = (from: Facts, skip: (name: string) => boolean): void => {
    for (const [name, value] of Object.entries(from)) {
      const one = skip(name) ? null : flat(value);
      if (one !== null && one !== "") out[name] ??= one;
    }
  };
  take(user, (name) => told.has(name) || name.startsWith("urn:"));
  // Typed entries also under their type: roles[type eq "seatType"] is `roles.seatType`.
  for (const name of ["roles", "entitlements"])
    for (const item of Array.isArray(user[name]) ? user[name] : []) {
      const { type, value } = facts(item);
      if (typeof type === "string" && typeof value === "string") out[`${name}.${type}`] ??= value;
    }
  for (const [urn, extension] of Object.entries(user))
    if (urn.startsWith("urn:"))
      take(facts(extension), (name) => name === "manager" || (urn === enterprise && name === "department"));
  return out;
};

export const mailOf = (user: User): string | null => {
  const emails = (user.emails ?? []).filter((e) => e.value);
  return (emails.find((e) => e.primary) ?? emails[0])?.value ?? null;
};

/** A person as rules see them. */
export const personOf = (user: User, groups: readonly string[] | null): Person => {
  const work = facts(user[enterprise]);
  const manager = facts(work.manager);
  return {
    id: user.id,
    login: text(user.userName),
    email: mailOf(user),
    // A service that says nothing of activity means active.
    status: user.active === false ? "suspended" : "active",
    firstName: text(user.name?.givenName),
    lastName: text(user.name?.familyName),
    department: text(work.department),
    title: text(user.title),
    manager: text(manager.displayName) ?? text(manager.value),
    type: text(user.userType),
    createdAt: time(user.meta?.created),
    startsOn: null,
    endsOn: null,
    groups,
    attributes: attributesOf(user),
  };
};
