import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { scopes } from "../api.ts";
import { guarded } from "./directory.ts";
import { etag } from "./lists.ts";
import { refuse } from "./refusals.ts";
import type { Server } from "./state.ts";

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

const usage =
  (server: Server) =>
  ({ params, query }: Asked): Answer => {
    const date = params.date ?? "";
    if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date))) return refuse.noDate(date);
    const newest = new Date(server.clock.now() - late * day).toISOString().slice(0, 10);
    if (date > newest) return refuse.tooLate(newest);
    const wanted = query.get("parameters")?.split(",");
    const parameters = parametersOf(server).filter(({ name }) => wanted?.includes(name) ?? true);
    const entity = { type: "CUSTOMER", customerId: server.customerId };
    const report = { kind: "admin#reports#usageReport", date, etag: etag(parameters), entity, parameters };
    return { status: 200, body: { kind: "admin#reports#usageReports", etag: etag(report), usageReports: [report] } };
  };

export const reportRoutes = (server: Server): readonly Route[] => [
  on.get("/admin/reports/v1/usage/dates/{date}", guarded(server, "reports", [scopes.reports], usage(server))),
];
