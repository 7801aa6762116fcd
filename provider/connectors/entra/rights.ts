import type { Scope } from "../../core/connector.ts";

/**
 * Application permissions of Microsoft Graph, least privileged first, as its reference says per operation:
 * subscribedSkus (subscribedsku-list), users and deleted users (user-list, user-delta, directory-deleteditems-get),
 * members (group-list-transitivemembers), assignLicense (user-assignlicense), members/$ref (group-delete-members).
 */
const reader = ["Directory.Read.All", "Directory.ReadWrite.All"];
export const scopes: readonly Scope[] = [
  {
    scope: "User.Read.All",
    for: "people, who holds a license, deleted people",
    within: [...reader, "User.ReadWrite.All"],
  },
  {
    scope: "GroupMember.Read.All",
    for: "groups that rules read, groups that licenses come through",
    within: [...reader, "Group.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All"],
  },
  {
    scope: "LicenseAssignment.Read.All",
    for: "SKUs, their service plans and how many are bought",
    within: [...reader, "Organization.Read.All", "Organization.ReadWrite.All", "LicenseAssignment.ReadWrite.All"],
  },
  {
    scope: "LicenseAssignment.ReadWrite.All",
    for: "assigning and unassigning licenses",
    when: "write",
    within: ["Directory.ReadWrite.All", "User.ReadWrite.All"],
  },
  {
    scope: "GroupMember.ReadWrite.All",
    for: "giving and taking seats that are membership of a group (`via`)",
    when: "optional",
    within: ["Group.ReadWrite.All", "Directory.ReadWrite.All"],
  },
  {
    scope: "User.ReadWrite.All",
    for: "asking Entra to process a person in a licensing error again (`via`)",
    when: "optional",
    within: ["Directory.ReadWrite.All"],
  },
  { scope: "AuditLog.Read.All", for: "sign-ins as usage (needs Entra ID P1)", when: "optional" },
];

/** The roles that a token of this app carries. Its payload is read, nothing in it is believed: Graph decides. */
export const rolesOf = (token: string | null): readonly string[] | null => {
  const payload = token?.split(".")[1];
  if (payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null || !("roles" in claims)) return [];
    const { roles } = claims;
    return Array.isArray(roles) ? roles.filter((role) => typeof role === "string").sort() : [];
  } catch {
    return null;
  }
};
