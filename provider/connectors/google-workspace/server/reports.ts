import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { scopes } from "../api.ts";
import { guarded } from "./directory.ts";
import { cut, etag, sortedBy } from "./lists.ts";
import { refuse } from "./refusals.ts";
import type { Server, SimUser } from "./state.ts";

const names: Readonly<Record<string, string>> = {
  "1010020020": "gsuite_enterprise",
  "Google-Apps-For-Business": "gsuite_basic",
  "Google-Apps-Unlimited": "gsuite_unlimited",
  "Google-Vault": "vault",
};
const day = 86_400_000;
/** How late a report is. */
const late = 3;

const parametersOf = (server: Server): readonly { readonly name: string; readonly intValue: string }[] => {
  const org = server.world.read();
  const used = (sku: string): number =>
    [...org.licenses].reduce((sum, [key, ids]) => (key.endsWith(`/${sku}`) ? sum + ids.size : sum), 0);
  return [
    { name: "accounts:num_users", intValue: String(org.users.size) },
    ...Object.entries(names).flatMap(([sku, name]) => [
      { name: `accounts:${name}_total_licenses`, intValue: String(server.purchased.get(sku) ?? 0) },
      { name: `accounts:${name}_used_licenses`, intValue: String(used(sku)) },
    ]),
  ];
};

const refusedDate = (server: Server, date: string): Answer | null => {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date))) return refuse.noDate(date);
  const newest = new Date(server.clock.now() - late * day).toISOString().slice(0, 10);
  return date > newest ? refuse.tooLate(newest) : null;
};
const usage =
  (server: Server) =>
  ({ params, query }: Asked): Answer => {
    const date = params.date ?? "";
    const refused = refusedDate(server, date);
    if (refused) return refused;
    const wanted = query.get("parameters")?.split(",");
    const parameters = parametersOf(server).filter(({ name }) => wanted?.includes(name) ?? true);
    const entity = { type: "CUSTOMER", customerId: server.customerId };
    const report = { kind: "admin#reports#usageReport", date, etag: etag(parameters), entity, parameters };
    return { status: 200, body: { kind: "admin#reports#usageReports", etag: etag(report), usageReports: [report] } };
  };

/** A time as a report of that day has it: later ones it does not know. */
const timeOf = (name: string, at: string | undefined, end: number) =>
  at !== undefined && Date.parse(at) < end ? [{ name, datetimeValue: at }] : [];
const userReport = (server: Server, user: SimUser, date: string) => {
  const end = Date.parse(`${date}T00:00:00Z`) + day;
  const parameters = [
    ...timeOf("accounts:last_login_time", user.lastLoginTime, end),
    ...timeOf("gmail:last_interaction_time", user.lastInteraction ?? new Date(0).toISOString(), end),
  ];
  const { id: profileId, primaryEmail: userEmail } = user;
  const entity = { type: "USER", customerId: server.customerId, userEmail, profileId };
  return { kind: "admin#reports#usageReport", date, etag: etag(parameters), entity, parameters };
};

const userUsage =
  (server: Server) =>
  (asked: Asked): Answer => {
    const { params, query } = asked;
    const date = params.date ?? "";
    const refused = refusedDate(server, date);
    if (refused) return refused;
    const text = query.get("maxResults");
    const size = text === null ? 1000 : Number(text);
    if (!Number.isInteger(size) || size < 1 || size > 1000) return refuse.range(text ?? "", 1000);
    const wanted = query.get("parameters")?.split(",");
    const page = cut(
      asked,
      sortedBy(server.world.read().users.values(), (u) => u.id),
      {
        ...{ key: (user: SimUser) => user.id, size, random: server.random },
      },
    );
    if (page === null) return refuse.input("pageToken");
    const usageReports = page.items.map((user) => {
      const report = userReport(server, user, date);
      return { ...report, parameters: report.parameters.filter(({ name }) => wanted?.includes(name) ?? true) };
    });
    const next = page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken };
    return {
      status: 200,
      body: { kind: "admin#reports#usageReports", etag: etag(usageReports), usageReports, ...next },
    };
  };

export const reportRoutes = (server: Server): readonly Route[] => {
  const may = (handle: (asked: Asked) => Answer) => guarded(server, "reports", [scopes.reports], handle);
  return [
    on.get("/admin/reports/v1/usage/users/all/dates/{date}", may(userUsage(server))),
    on.get("/admin/reports/v1/usage/dates/{date}", may(usage(server))),
  ];
};
