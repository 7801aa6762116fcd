import type { Clock, Count } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type UserReport } from "./api.ts";
import type { Client } from "./client.ts";
import type { Target } from "./sku.ts";

/** The SKUs whose purchased count the customer usage report tells; all others it does not have. */
const totals: Readonly<Record<string, string>> = {
  "1010020020": "accounts:gsuite_enterprise_total_licenses",
  "Google-Apps-For-Business": "accounts:gsuite_basic_total_licenses",
  "Google-Apps-Unlimited": "accounts:gsuite_unlimited_total_licenses",
  "Google-Vault": "accounts:vault_total_licenses",
};
/** Use that is somebody's own doing: mail that comes in is none. */
const uses = [
  "accounts:last_login_time",
  "accounts:last_sso_time",
  "gmail:last_interaction_time",
  "drive:last_active_usage_time",
];
const day = 86_400_000;
/** Reports come two to four days late; later than this none is worth anything. */
const daysBack = 8;

export interface Activity {
  /** The report's day has ended then. */
  readonly asOf: number;
  /** Latest use in milliseconds, by the Directory's id; whoever is not in it is unknown. */
  readonly at: ReadonlyMap<string, number>;
}
export interface Reports {
  /** Bought licences, as a report of some days ago says. Google tells them to resellers only otherwise. */
  purchased(target: Target, signal: AbortSignal): Promise<Count | null>;
  activity(signal: AbortSignal): Promise<Activity | null>;
}

const latest = ({ parameters }: UserReport): number | null => {
  const times = (parameters ?? []).flatMap(({ name, datetimeValue }) =>
    uses.includes(name) && datetimeValue ? [Date.parse(datetimeValue)] : [],
  );
  // 1970 is "never".
  const real = times.filter((time) => time > day);
  return real.length === 0 ? null : Math.max(...real);
};

export const createReports = (client: Client, memo: Memo, clock: Clock): Reports => {
  /** The newest day for which there is a report. "Data for dates later than … is not yet available" is a 400. */
  const newest = async <T>(read: (date: string) => Promise<T | null>): Promise<{ date: string; found: T } | null> => {
    for (let back = 2; back <= daysBack; back += 1) {
      const date = new Date(clock.now() - back * day).toISOString().slice(0, 10);
      try {
        const found = await read(date);
        if (found !== null) return { date, found };
      } catch (error) {
        if (!(error instanceof HttpProblem) || error.status !== 400) throw error;
      }
    }
    client.log("warning", `${client.connection}: Google has no usage report of the last ${daysBack} days`);
    return null;
  };
  const bought = (signal: AbortSignal) =>
    memo("report of the organisation", signal, async (inner) => {
      const where = { customer: await client.customer(inner), parameters: Object.values(totals).join(",") };
      return newest(async (date) => {
        const { usageReports } = await client.call(api.usage, { ...where, date }, { signal: inner });
        const counts = (usageReports ?? []).flatMap(({ parameters }) =>
          (parameters ?? []).flatMap(({ name, intValue }) => (intValue ? [[name, Number(intValue)] as const] : [])),
        );
        return counts.length > 0 ? new Map(counts) : null;
      });
    });
  const usersOn = (date: string, signal: AbortSignal) =>
    client.pages<UserReport>({
      what: `usage report of ${date}`,
      key: ({ entity }) => entity.profileId,
      size: 1000,
      page: async (cursor, size) => {
        const customer = await client.customer(signal);
        const where = { date, customer, parameters: uses.join(","), size, cursor };
        const { usageReports, nextPageToken, warnings } = await client.call(api.userUsage, where, { signal });
        // Google says so inside a good answer: of some products, or of all, there is nothing yet.
        if (cursor === null && (warnings?.length ?? 0) > 0) return { items: [], next: null };
        return { items: usageReports ?? [], next: nextPageToken ?? null };
      },
    });
  return {
    async purchased(target, signal) {
      const name = target.is === "license" ? totals[target.sku] : undefined;
      const report = name === undefined ? null : await bought(signal);
      const value = name === undefined ? undefined : report?.found.get(name);
      if (report === null || value === undefined) return null;
      return { value, source: "reported", asOf: `${report.date}T00:00:00Z` };
    },
    activity: (signal) =>
      memo("report of users", signal, async (inner) => {
        const report = await newest(async (date) => {
          const users = await usersOn(date, inner);
          return users.length > 0 ? users : null;
        });
        if (report === null) return null;
        const seen = report.found.flatMap((user) => {
          const at = latest(user);
          return at === null ? [] : [[user.entity.profileId, at] as const];
        });
        return { asOf: Date.parse(`${report.date}T00:00:00Z`) + day, at: new Map(seen) };
      }),
  };
};
