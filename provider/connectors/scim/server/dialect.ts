import type { PatchManners } from "./patch.ts";

/** What a group's licenses cost and how they are given back, where the service counts them. */
export interface SeatTerms {
  /** More members than this are refused, unless the service buys as it goes. */
  readonly purchased: number;
  readonly buysOnAssign?: boolean;
  /** A member who is removed stays, and counts, until this moment. */
  readonly releasesAt?: string;
}

/** How one SCIM service differs from another. Every value stands for services that exist. */
export interface Dialect extends PatchManners {
  /** A service without the discovery endpoint leaves everything to be guessed. */
  readonly discovery: "served" | "missing";
  readonly patch: boolean;
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number } | null;
  readonly filter: boolean;
  readonly sort: boolean;
  readonly etag: boolean;
  readonly paging: { readonly cursor: boolean; readonly index: boolean };
  readonly maxPage: number;
  readonly cursorTimeoutSeconds: number;
  /** When a group says its members. `single`: never in a list. */
  readonly members: "default" | "asked" | "single";
  /** Whether a person says their groups. */
  readonly userGroups: boolean;
  readonly unknownMembers: "accept" | "refuse";
  /** What a deleted person leaves behind in groups. */
  readonly danglingMembers: "keep" | "drop";
  readonly groupNames: "free" | "unique";
  readonly patchAnswer: "nothing" | "resource";
  readonly seats: Readonly<Record<string, SeatTerms>>;
}

/** Everything the RFCs offer, and strict. */
export const complete: Dialect = {
  discovery: "served",
  patch: true,
  bulk: { maxOperations: 1000, maxPayloadSize: 1_048_576 },
  filter: true,
  sort: true,
  etag: true,
  paging: { cursor: true, index: true },
  maxPage: 1000,
  cursorTimeoutSeconds: 3600,
  members: "default",
  userGroups: true,
  unknownMembers: "refuse",
  danglingMembers: "drop",
  groupNames: "unique",
  patchAnswer: "nothing",
  capitalOps: "accept",
  pathFilters: "accept",
  removeByValue: "refuse",
  unmatched: "refuse",
  unknown: "refuse",
  seats: {},
};

/** Behaves as scim2-server 0.8.3 does by default; the request script holds the two together. */
export const likeScim2Server: Dialect = {
  ...complete,
  paging: { cursor: false, index: true },
  userGroups: false,
  unknownMembers: "accept",
  danglingMembers: "keep",
  groupNames: "free",
};

/** As Keycloak 26.7's preview behaves: pages of 100, members on request, neither Bulk nor ETag nor cursor. */
export const modest: Dialect = {
  ...complete,
  bulk: null,
  sort: false,
  etag: false,
  paging: { cursor: false, index: true },
  maxPage: 100,
  members: "asked",
  userGroups: false,
  patchAnswer: "resource",
};

/** Written for Entra: removes by a list of values, makes what a filter describes, ignores what it does not know, says nothing of itself. */
export const forEntra: Dialect = {
  ...complete,
  discovery: "missing",
  bulk: null,
  sort: false,
  etag: false,
  paging: { cursor: false, index: true },
  maxPage: 200,
  members: "single",
  pathFilters: "refuse",
  removeByValue: "apply",
  unmatched: "create",
  unknown: "ignore",
};
