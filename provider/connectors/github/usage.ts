import type { Connector, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { Copilot } from "./copilot.ts";
import { capabilities } from "./facts.ts";
import type { People } from "./people.ts";

const day = 24 * 3_600_000;
/** GitHub keeps it so long; then `last_activity_at` is null, which says nothing about earlier. */
const kept = 90 * day;

interface Parts {
  readonly people: People;
  readonly copilot: Copilot;
  readonly now: () => number;
  readonly link: (person: Person) => string | null;
}
/** Null stays unknown: without telemetry in the editor, or after 90 days, GitHub knows nothing of somebody who may work with it daily. */
export const createUsage =
  ({ people, copilot, now, link }: Parts): NonNullable<Connector["usage"]> =>
  async (persons, signal, accountOf = link): Promise<UsageReport> => {
    const signalName = capabilities.activity?.signal ?? "";
    const names = new Map(persons.map((p) => [p.id, accountOf(p)]));
    const wanted = [...new Set([...names.values()].filter((n) => n !== null))].sort();
    const [{ lastUsed }, accounts] = await Promise.all([copilot.list(signal), people.accounts(wanted, signal)]);
    const at = (person: Person): string | null => {
      const account = accounts.get(names.get(person.id) ?? "");
      return account ? (lastUsed.get(account.id) ?? null) : null;
    };
    return {
      signal: signalName,
      coverageFrom: new Date(now() - kept).toISOString(),
      // Events take up to a day until they are counted.
      asOf: new Date(now() - day).toISOString(),
      usage: persons.map((p) => ({ person: p.id, at: at(p), signal: signalName })),
    };
  };
