import type { Message } from "../core/resource.ts";
import type { Listed, Plan } from "../planner/index.ts";

/** As many names as in other warnings; state has more of them. */
const MOST = 20;

interface Way {
  readonly one: string;
  readonly many: string;
  /** What somebody can do about it. */
  readonly next: string;
}
/** As somebody wished, or passing with time. */
const quiet: ReadonlySet<string> = new Set(["cooldown", "exempt", "inherited", "living-pool", "out-of-scope"]);
/** What connectors tell of accounts (`Connector.lacks`), by codes of their own. */
const lacking: Way = {
  one: "claimed person lacks what the vendor asks for",
  many: "claimed people lack what the vendor asks for",
  next: "What helps stands beside each.",
};
/** Codes of `blocked` that somebody can mend. */
const ways: Readonly<Record<string, Way>> = {
  "no-seat-to-move": {
    one: "person cannot move to the license that they should have, since no seat of it is free",
    many: "people cannot move to the license that they should have, since no seat of it is free",
    next: "Free a seat or buy one. Where people would change places, one free seat of either license is enough.",
  },
  "seat-error": {
    one: "claimed person holds a seat that does not work",
    many: "claimed people hold seats that do not work",
    next: "What helps is in the vendor's words; the state has them, too.",
  },
  no_account: {
    one: "claimed person has no account at the vendor, and so no seat",
    many: "claimed people have no account at the vendor, and so no seat",
    next: "Give them one there, or let the connection's account say how they are called there.",
  },
  refused: {
    one: "claimed person was refused a seat by the vendor",
    many: "claimed people were refused a seat by the vendor",
    next: "What helps is in the vendor's words; it is asked again a day after it refused.",
  },
  "no-tier": {
    one: "person is claimed, and no tier's condition holds for them",
    many: "people are claimed, and no tier's condition holds for them",
    next: "Give the pool a tier that they match, or a last one without a condition.",
  },
  deactivates: {
    one: "person keeps a seat whose loss would deactivate them at the vendor",
    many: "people keep seats whose loss would deactivate them at the vendor",
    next: "Set allowDeactivation if that is meant, or end their access there by hand.",
  },
  "license-unknown": {
    one: "person holds a seat of a license that this pool does not have any more, and that cannot be opened",
    many: "people hold seats of a license that this pool does not have any more, and that cannot be opened",
    next: "Give the pool its license back, or repair the connection to it; then they can move.",
  },
};

const warning = (pool: string, { one, many, next }: Way, people: readonly Listed[]): Message => {
  const more = people.length > MOST ? [`  … and ${people.length - MOST} more`] : [];
  const lines = people.slice(0, MOST).map(({ sentence }) => `  - ${sentence}`);
  const head = `pool ${pool}: ${people.length} ${people.length === 1 ? one : many}. ${next}`;
  return { level: "warning", text: [head, ...lines, ...more].join("\n") };
};

/** Whom no step helps: a plan without one would say that all is well. */
export const stuck = ({ blocked }: Plan, pool: string): readonly Message[] => {
  const codes = new Set([...Object.keys(ways), ...blocked.map(({ code }) => code)]);
  return [...codes].flatMap((code) => {
    const people = quiet.has(code) ? [] : blocked.filter((one) => one.code === code);
    return people.length === 0 ? [] : [warning(pool, ways[code] ?? lacking, people)];
  });
};
