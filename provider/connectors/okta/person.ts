import type { Person, Status } from "../../core/person.ts";
import type { User } from "./api.ts";
import type { Names } from "./config.ts";

/** Okta's eight. Whoever must reset a password or is locked out for now still works here; whoever was never activated does not yet. */
const statusOf: Readonly<Record<string, Status>> = {
  ACTIVE: "active",
  PASSWORD_EXPIRED: "active",
  LOCKED_OUT: "active",
  RECOVERY: "active",
  STAGED: "staged",
  PROVISIONED: "staged",
  SUSPENDED: "suspended",
  DEPROVISIONED: "deleted",
};
/** Transitional words (`ACTIVATING`) and those of the future: neither working nor gone. */
export const personStatus = (status: string): Status => statusOf[status] ?? "staged";
export const isGone = (user: User): boolean => personStatus(user.status) === "deleted";
export const isAble = (user: User): boolean => !["suspended", "deleted"].includes(personStatus(user.status));

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== ""
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : null;
const time = (value: string | null | undefined): string | null => {
  if (value === null || value === undefined) return null;
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

export const loginOf = ({ profile }: User): string | null => text(profile.login);
export const emailOf = ({ profile }: User): string | null => text(profile.email);

/** Every attribute of the profile, custom ones too; whoever has none is undecided in a rule that reads it. */
const attributesOf = (profile: User["profile"]): Person["attributes"] => {
  const found: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(profile)) {
    const one = Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : text(value);
    if (one !== null) found[name] = one;
  }
  return found;
};

export const toPerson = (user: User, names: Names, groups: readonly string[] | null): Person => {
  const { profile } = user;
  // Okta's two attributes for a manager: an id of any directory, or a name.
  const manager = text(profile[names.manager]) ?? (names.manager === "managerId" ? text(profile.manager) : null);
  return {
    id: user.id,
    login: loginOf(user),
    email: emailOf(user),
    status: personStatus(user.status),
    firstName: text(profile.firstName),
    lastName: text(profile.lastName),
    department: text(profile[names.department]),
    title: text(profile[names.title]),
    manager,
    type: text(profile[names.type]),
    createdAt: time(user.created),
    startsOn: time(text(profile[names.startsOn])),
    endsOn: time(text(profile[names.endsOn])),
    groups,
    attributes: attributesOf(profile),
  };
};
