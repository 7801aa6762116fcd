import type { Scope } from "../../core/connector.ts";

/** Roles of the client `realm-management`; which request needs which is in `api.ts`. `realm-admin` holds them all. */
export const scopes: readonly Scope[] = [
  {
    scope: "view-users",
    for: "people, groups, seats that are group memberships",
    within: ["manage-users", "realm-admin"],
  },
  {
    scope: "manage-users",
    for: "assigning and unassigning (includes view-users)",
    when: "write",
    within: ["realm-admin"],
  },
  { scope: "view-realm", for: "seats that are realm roles", when: "optional", within: ["manage-realm", "realm-admin"] },
  {
    scope: "view-clients",
    for: "seats that are client roles",
    when: "optional",
    within: ["manage-clients", "realm-admin"],
  },
  { scope: "view-events", for: "sign-ins as usage", when: "optional", within: ["manage-events", "realm-admin"] },
];

/** Composite roles come with their parts, which nobody granted. */
const parts: Readonly<Record<string, readonly string[]>> = {
  "view-users": ["query-users", "query-groups"],
  "view-clients": ["query-clients"],
  "view-organizations": ["query-organizations"],
};
const granted = (roles: readonly string[]): readonly string[] => {
  if (roles.includes("realm-admin")) return ["realm-admin"];
  const implied = new Set(roles.flatMap((role) => parts[role] ?? []));
  return roles.filter((role) => !implied.has(role)).sort();
};

const claim = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? (of as Record<string, unknown>)[name] : undefined; // any JSON may come

/**
 * The roles that the token carries; null where it does not say: it is opaque, or its client lacks the scope `roles`. Its
 * payload is read, nothing in it is believed: Keycloak decides. A token of the realm `master` names a realm's roles under
 * a client of its own.
 */
export const rolesOf = (token: string | null, { realm, authRealm = realm }: Realms): readonly string[] | null => {
  const payload = token?.split(".")[1];
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const access = claim(claims, "resource_access");
    if (access === undefined) return null;
    const roles = claim(claim(access, authRealm === realm ? "realm-management" : `${realm}-realm`), "roles");
    return Array.isArray(roles) ? granted(roles.filter((role) => typeof role === "string")) : [];
  } catch {
    return null;
  }
};
interface Realms {
  readonly realm: string;
  readonly authRealm?: string | undefined;
}
