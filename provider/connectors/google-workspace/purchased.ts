import type { Clock, Count } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api } from "./api.ts";
import type { Client } from "./client.ts";
import type { Target } from "./sku.ts";

/** The SKUs whose purchased count the customer usage report tells; all others it does not have. */
const parameters: Readonly<Record<string, string>> = {
  "1010020020": "accounts:gsuite_enterprise_total_licenses",
  "Google-Apps-For-Business": "accounts:gsuite_basic_total_licenses",
  "Google-Apps-Unlimited": "accounts:gsuite_unlimited_total_licenses",
  "Google-Vault": "accounts:vault_total_licenses",
};
const day = 86_400_000;
/** Reports come two to four days late; a week back and none is there: then none is told. */
const daysBack = 8;

/** Bought licences, as a report of some days ago says. Google tells them to resellers only otherwise. */
export const createPurchased = (client: Client, memo: Memo, clock: Clock) => {
  const on = async (date: string, signal: AbortSignal): Promise<ReadonlyMap<string, number> | null> => {
    const customer = await client.customer(signal);
    try {
      const wanted = Object.values(parameters).join(",");
      const { usageReports } = await client.call(api.usage, { date, customer, parameters: wanted }, { signal });
      const counts = (usageReports ?? []).flatMap(({ parameters: told }) =>
        (told ?? []).flatMap(({ name, intValue }) => (intValue ? [[name, Number(intValue)] as const] : [])),
      );
      return counts.length > 0 ? new Map(counts) : null;
    } catch (error) {
      // "Data for dates later than … is not yet available."
      if (error instanceof HttpProblem && error.status === 400) return null;
      throw error;
    }
  };
  const latest = (signal: AbortSignal) =>
    memo("purchased", signal, async (inner) => {
      for (let back = 2; back <= daysBack; back += 1) {
        const date = new Date(clock.now() - back * day).toISOString().slice(0, 10);
        const counts = await on(date, inner);
        if (counts) return { date, counts };
      }
      client.log("warning", `${client.connection}: Google has no usage report of the last ${daysBack} days`);
      return null;
    });
  return async (target: Target, signal: AbortSignal): Promise<Count | null> => {
    const name = target.is === "license" ? parameters[target.sku] : undefined;
    const report = name === undefined ? null : await latest(signal);
    const value = name === undefined ? undefined : report?.counts.get(name);
    return report === null || value === undefined
      ? null
      : { value, source: "reported", asOf: `${report.date}T00:00:00Z` };
  };
};
