import type { Clock, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { User } from "./api.ts";
import type { Reports } from "./reports.ts";
import type { Users } from "./users.ts";

export const signal = "google sign-in";
const withReports = "google sign-in, mail and files";
const never = Date.parse("1970-01-01T00:00:00Z");

/** Null: unknown. Google writes 1970 for "never signed in", and that is no evidence of a use that ended. */
const signedIn = (user: User | undefined): number | null => {
  const at = Date.parse(user?.lastLoginTime ?? "");
  return Number.isNaN(at) || at <= never ? null : at;
};
const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/**
 * The last sign-in that the directory keeps of each account; of any product, and for as long as the account exists. With
 * reports also the last use of mail and files, because a session outlives its sign-in by weeks; then all is as old as the report.
 */
export const createUsage =
  (users: Users, reports: Reports | null, clock: Clock) =>
  async (people: readonly Person[], abort: AbortSignal): Promise<UsageReport> => {
    const now = clock.now();
    // Where another system is the directory, its people are found here by their address.
    const keysOf = (person: Person): readonly string[] => [person.id, ...(person.email ? [person.email] : [])];
    const found = await users.some(people.flatMap(keysOf), abort);
    const report = reports ? await reports.activity(abort) : null;
    const source = report ? withReports : signal;
    const lastSeen = (person: Person): string | null => {
      const user = keysOf(person).flatMap((key) => found.get(key) ?? [])[0];
      const at = later(signedIn(user), user ? (report?.at.get(user.id) ?? null) : null);
      return at === null ? null : new Date(at).toISOString();
    };
    return {
      signal: source,
      coverageFrom: new Date(never).toISOString(),
      asOf: new Date(Math.min(now, report?.asOf ?? now)).toISOString(),
      usage: people.map((person) => ({ person: person.id, at: lastSeen(person), signal: source })),
    };
  };
