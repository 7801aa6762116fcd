import { createLicenses } from "./assign.ts";
import type { Batches } from "./batch.ts";
import type { Client } from "./client.ts";
import type { Did, Doing, LicenseAct, MembershipAct, With } from "./doing.ts";
import { createMemberships } from "./membership.ts";

export const createPerform = (client: Client, batches: Batches) => {
  const licenses = createLicenses(client, batches);
  const { join, singly } = createMemberships(client, batches);
  /** One kind of act for several people. */
  return async (doings: readonly Doing[], how: With): Promise<readonly Did[]> => {
    const act = doings[0]?.act;
    if (act === undefined) return [];
    // Neighbours in a request are of one kind: see `rounds`.
    if (act.is === "license") return licenses(doings as readonly Doing<LicenseAct>[], how);
    const memberships = doings as readonly Doing<MembershipAct>[];
    return act.is === "join" ? join(act.group, memberships, how) : singly(memberships, how);
  };
};
