import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { refusals } from "./refusals.ts";
import type { Server } from "./state.ts";

export interface Facts {
  /** Any of these roles will do. */
  readonly roles: readonly string[];
  /** Resource units before `$select` and the like. */
  readonly units?: number;
}
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

const wide = { read: ["Directory.Read.All", "Directory.ReadWrite.All"], write: ["Directory.ReadWrite.All"] };
export const roles = {
  users: ["User.Read.All", "User.ReadWrite.All", ...wide.read],
  groups: ["GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", ...wide.read],
  skus: [
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    ...wide.read,
  ],
  assign: ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", ...wide.write],
  members: ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", ...wide.write],
  changeUsers: ["User.ReadWrite.All", ...wide.write],
};

/** throttling-limits: `$select` and a small `$top` one less, `$expand` one more, never below one. */
const unitsOf = (base: number, query: URLSearchParams): number => {
  const top = Number(query.get("$top") ?? Number.NaN);
  return Math.max(1, base - (query.has("$select") ? 1 : 0) + (query.has("$expand") ? 1 : 0) - (top < 20 ? 1 : 0));
};

const throttle = (
  server: Server,
  { method, query, as }: Asked,
  { units = 1 }: Facts,
): { readonly refuse: Answer } | { readonly headers: Record<string, string> } => {
  const { buckets, clock, tenantId } = server;
  const client = server.tokens.get(as)?.app.clientId ?? "";
  const refuse = (what: string, limit: string, until: number) => ({
    refuse: refusals.limited(
      what,
      `Tenant_Application/${limit}/${client}/${tenantId}`,
      Math.max(1, Math.ceil((until - clock.now()) / 1000)),
    ),
  });
  const cost = unitsOf(units, query);
  const over = buckets.units.take(cost);
  if (over) return refuse("ResourceUnitLimitExceeded", "ReadWrite", over.until);
  const late = method === "GET" ? null : buckets.writes.take();
  if (late) return refuse("WriteLimitExceeded", "Write", late.until);
  const used = Math.max(
    1 - buckets.units.remaining() / buckets.units.limit,
    1 - buckets.writes.remaining() / buckets.writes.limit,
  );
  return {
    headers: {
      "x-ms-resource-unit": String(cost),
      ...(used > 0.8 ? { "x-ms-throttle-limit-percentage": used.toFixed(2) } : {}),
    },
  };
};

/** A route of Graph: limits first, then what the app may, then the answer. */
export const createRoute =
  (server: Server) =>
  (method: Method, path: string, facts: Facts, handle: (asked: Asked) => Answer): Route => {
    const make = { GET: on.get, POST: on.post, PATCH: on.patch, DELETE: on.del }[method];
    return make(`/v1.0${path}`, (asked) => {
      const limited = throttle(server, asked, facts);
      if ("refuse" in limited) return limited.refuse;
      const own = server.tokens.get(asked.as)?.app.roles ?? [];
      const answer = facts.roles.some((role) => own.includes(role)) ? handle(asked) : refusals.denied();
      return { ...answer, headers: { ...limited.headers, ...answer.headers } };
    });
  };

export const isAdvanced = ({ headers }: Asked): boolean => headers.consistencylevel?.toLowerCase() === "eventual";
/** Absolute and https, as Graph gives links; http to this machine, and from the root where there is no host (no socket). */
export const linkOf = ({ headers: { host }, path }: Asked, query: URLSearchParams): string => {
  const scheme = /^(127\.0\.0\.1|localhost)(:|$)/.test(host ?? "") ? "http" : "https";
  return `${host ? `${scheme}://${host}` : ""}${path}?${query.toString()}`;
};
