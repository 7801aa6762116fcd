import type { Clock, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { User } from "./api.ts";
import type { Users } from "./users.ts";

export const signal = "google sign-in";
const never = Date.parse("1970-01-01T00:00:00Z");

/** Null: unknown. Google writes 1970 for "never signed in", and that is no evidence of a use that ended. */
const lastSeen = (user: User | undefined): string | null => {
  const at = Date.parse(user?.lastLoginTime ?? "");
  return Number.isNaN(at) || at <= never ? null : new Date(at).toISOString();
};

/** The last sign-in that the directory keeps of each account; of any product, and for as long as the account exists. */
export const createUsage =
  (users: Users, clock: Clock) =>
  async (people: readonly Person[], abort: AbortSignal): Promise<UsageReport> => {
    const asOf = clock.now();
    // Where another system is the directory, its people are found here by their address.
    const keyOf = (person: Person): readonly string[] => [person.id, ...(person.email ? [person.email] : [])];
    const found = await users.some(people.flatMap(keyOf), abort);
    const accountOf = (person: Person): User | undefined => keyOf(person).flatMap((key) => found.get(key) ?? [])[0];
    return {
      signal,
      coverageFrom: new Date(never).toISOString(),
      asOf: new Date(asOf).toISOString(),
      usage: people.map((person) => ({ person: person.id, at: lastSeen(accountOf(person)), signal })),
    };
  };
