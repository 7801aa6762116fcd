import type { Enterprise } from "../connectors/simulator/company.ts";
import { productGroups } from "./enterprise-organisation.ts";
import { enterpriseGroups, inventPeople } from "./enterprise-people.ts";
import { inventSeats } from "./enterprise-seats.ts";

const day = 86_400_000;

/**
 * A company that does not exist, as big as a real one: the same seed on the same day gives the same people, groups,
 * sign-ins, seats and contracts. It pays for what nobody uses and has made the usual mistakes, so that a plan has
 * something to find.
 */
export const inventEnterprise = (of: {
  readonly seed: number;
  /** Default: 10,000. */
  readonly people?: number;
  /** Milliseconds since the epoch; its day is the last of the twelve months. */
  readonly now: number;
}): Enterprise => {
  const now = Math.floor(of.now / day) * day;
  const size = of.people ?? 10_000;
  const invented = inventPeople({ seed: of.seed, people: size, now });
  const workers = invented.map(({ worker }) => worker);
  return {
    name: "Acme",
    domain: "acme.test",
    people: workers.sort((a, b) => (a.login < b.login ? -1 : 1)),
    groups: [...enterpriseGroups(size), ...productGroups],
    ...inventSeats(invented, { seed: of.seed, now }),
  };
};
