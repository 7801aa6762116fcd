import { z } from "zod";
import type { OpenWith, Scope, Sku } from "../../core/connector.ts";
import { field } from "../../core/fields.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { type Endpoint, get, type Params, post } from "../http/endpoint.ts";
import { createHttp, type Http, opened } from "../http/http.ts";
import { memo } from "../http/memo.ts";
import { byCursor } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";

/**
 * The JetBrains Account API, version 1.0: its own OpenAPI description (account.jetbrains.com/api-doc; a copy of 2023 is
 * swagger.json of github.com/tpopova13x/rest-assured). That marks no field of an answer as required: those are, without
 * which a license says nothing.
 */
export const publicAddress = "https://account.jetbrains.com/api/v1";
/** "maximum": 200. */
export const largestPage = 200;
/** "The revoke operation via the JetBrains Account API is available only 30 days after the license has been assigned." */
export const revocableAfterDays = 30;

/** Roles of the person whose token this is, on the organization or on one team. */
export const role = { read: "VIEWER", write: "ADMIN" } as const;
export const scopes: readonly Scope[] = [
  { scope: role.read, for: "reading licenses and their assignees", within: ["PRIMARY_CONTACT", "ADMIN"] },
  { scope: role.write, for: "assigning and unassigning licenses", when: "write" },
];

const Team = z.object({ id: z.int(), name: z.string().nullish() });
/** USER, SERVER (a license server or License Vault) or LICENSE_KEY. A person has no id here: the address is all there is. */
const Assignee = z.object({ type: z.string(), email: z.string().nullish(), uid: z.string().nullish() });
export const License = z.object({
  licenseId: z.string().min(1),
  product: z.object({ code: z.string().min(1), name: z.string().nullish() }),
  team: Team.nullish(),
  assignee: Assignee.nullish(),
  lastSeen: z.object({ lastSeenDate: z.string().nullish(), lastAssignmentDate: z.string().nullish() }).nullish(),
  isAvailableToAssign: z.boolean().nullish(),
  isSuspended: z.boolean().nullish(),
});
export type License = z.infer<typeof License>;

const Role = z.string().nullish();
/** What the token is for: the whole organization, or one of its teams. */
const Token = z.union([
  z.object({ type: z.literal("CUSTOMER"), role: Role }),
  z.object({ type: z.literal("TEAM"), team: Team.extend({ role: Role }) }),
]);

const reads = { scope: role.read };
export const api = {
  token: get("/token", Token, reads),
  /** Pages from 1. `assigned` is always said: what is given without it, the description leaves open. */
  licenses: get("/customer/licenses?assigned={assigned}&page={page}&perPage={size}", z.array(License), reads),
  license: get("/customer/licenses/{id}", License, reads),
  /** Neither may be sent twice unseen; one license goes to one person, so that a second look is enough. */
  assign: post("/customer/licenses/assign", null, { scope: role.write }),
  revoke: post("/customer/licenses/revoke?licenseId={id}", z.object({ licenseIds: z.array(z.string()).nullish() }), {
    scope: role.write,
  }),
};

/** The lower-case address of a person who has it; null: nobody, or no person. */
export const holderOf = ({ assignee }: License): string | null =>
  assignee?.type === "USER" && assignee.email ? assignee.email.toLowerCase() : null;
/** To be given to somebody. What expired is listed on, and is not. */
export const isFree = ({ assignee, isAvailableToAssign }: License): boolean =>
  !assignee && isAvailableToAssign === true;

export const config = z.object({
  customerCode: field(z.string(), {
    identifies: true,
    description: "Customer code: the organization's id, beside its name in JetBrains Account.",
    example: "1234567",
  }),
  apiKey: field(z.string().optional(), {
    description:
      "API token of an administrator, for the organization or for one team; who may only view may only plan. A token of a team sees that team's licenses alone.",
    secret: true,
  }),
  baseUrl: field(z.string().optional(), {
    identifies: true,
    description: `Address of the API. Default: \`${publicAddress}\`.`,
    example: publicAddress,
  }),
  sendEmail: field(z.boolean().default(true), {
    description:
      "JetBrains writes to whoever is assigned a license, and to those without a JetBrains Account how to get one.",
  }),
  pageSize: field(z.int().min(1).max(largestPage).default(largestPage), { description: "Licenses per page." }),
});
export type Config = z.infer<typeof config>;

/** `II`, or of one team `II/2046529`. */
interface Target extends Sku {
  readonly has: (license: License) => boolean;
}
const same = (a: string, b: string | null | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

export const targetsIn = (licenses: readonly License[]): ReadonlyMap<string, Target> => {
  const targets = new Map<string, Target>();
  for (const { product, team } of licenses) {
    const { code, name } = product;
    targets.set(code, { sku: code, name: name ?? code, has: (one) => one.product.code === code });
    if (!team) continue;
    const own = (one: License): boolean => one.product.code === code && one.team?.id === team.id;
    const named = `${name ?? code}/${team.name ?? team.id}`;
    targets.set(`${code}/${team.id}`, { sku: `${code}/${team.id}`, name: named, has: own });
  }
  return targets;
};
const unknownSku = (connection: string, name: string, targets: readonly Target[]): Problem => {
  const names = targets.flatMap((one) => [one.sku, one.name]);
  const hint = "A SKU is a product's code or name, and of one team CODE/TEAM.";
  const text = `connection "${connection}": the organization has no license of ${JSON.stringify(name)}`;
  return new Problem("not-found", text, { hint: `${didYouMean(name, names) ?? ""} ${hint}`.trim() });
};

/** JetBrains' own word for a refusal: `TEAM_MISMATCH`. */
export const codeOf = (error: unknown): string => {
  const body = error instanceof HttpProblem ? error.body : null;
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
};

const httpOf = (given: Config, using: OpenWith): Http => {
  const { connection } = using;
  const { apiKey, customerCode, baseUrl = publicAddress } = given;
  if (apiKey === undefined) {
    const variable = `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_API_KEY`;
    const text = `connection "${connection}": apiKey is missing`;
    throw new Problem("denied", text, { path: ["apiKey"], hint: `Set ${variable}.` });
  }
  const auth = { kind: "header", name: "X-Api-Key", value: apiKey } as const;
  const tenant = `${baseUrl} ${customerCode}`;
  return createHttp({ ...opened(using), vendor: "JetBrains", baseUrl, auth, tenant, concurrency: 4 });
};

/** Requests with both headers, and the one list that everything is read from. */
export const createClient = (given: Config, using: OpenWith) => {
  const { connection } = using;
  const { customerCode, pageSize: size } = given;
  const http = httpOf(given, using);
  const exchange = <T, P extends Params>(e: Endpoint<T, P>, p: P, signal: AbortSignal, body?: unknown) =>
    http.exchange(e, p, { signal, headers: { "x-customer-code": customerCode }, ...(body ? { body } : {}) });
  const half = (assigned: boolean, signal: AbortSignal): Promise<readonly License[]> =>
    byCursor({
      what: `connection "${connection}": licenses`,
      key: ({ licenseId }: License) => licenseId,
      page: async (cursor) => {
        const page = Number(cursor ?? 1);
        const { data, headers } = await exchange(api.licenses, { assigned, page, size }, signal);
        const total = Number(headers["x-total-count"] ?? Number.NaN);
        if (!Number.isInteger(total))
          throw new Problem("bug", `connection "${connection}": JetBrains listed licenses without X-Total-Count`);
        return { items: data ?? [], total, next: page * size < total ? String(page + 1) : null };
      },
    });
  const once = memo();
  /** Those that nobody has first: whichever is assigned meanwhile is then in both, and the assignee decides. */
  const licenses = (signal: AbortSignal): Promise<ReadonlyMap<string, License>> =>
    once("licenses", signal, async (own) => {
      const all = [...(await half(false, own)), ...(await half(true, own))];
      return new Map(all.map((license) => [license.licenseId, license]));
    });
  const find = async (name: string, signal: AbortSignal): Promise<Target> => {
    const targets = [...targetsIn([...(await licenses(signal)).values()]).values()];
    const found = targets.find((one) => same(name, one.sku)) ?? targets.find((one) => same(name, one.name));
    if (!found) throw unknownSku(connection, name, targets);
    return found;
  };
  const data = async <T, P extends Params>(e: Endpoint<T, P>, p: P, signal: AbortSignal, body?: unknown): Promise<T> =>
    (await exchange(e, p, signal, body)).data as T; // null with `okStatus` only
  /** Null: there is no such license any more. Another 404 (a proxy's, a wrong address) proves nothing. */
  const look = (id: string, signal: AbortSignal): Promise<License | null> =>
    data(api.license, { id }, signal).catch((error: unknown) => {
      if (codeOf(error) === "LICENSE_NOT_FOUND") return null;
      throw error;
    });
  return { connection, data, look, licenses, find, forget: once.forget, requests: http.requests };
};
export type Client = ReturnType<typeof createClient>;
