import { Problem } from "../core/problem.ts";
import type { Message, NamedSeat, TakenSeat } from "../core/resource.ts";
import { canonical } from "../core/value.ts";
import type { HandOvers } from "./hand-over.ts";
import { nameOf, type RunState } from "./run-state.ts";

/** Empty where people have no names here. */
const some = (all: readonly string[]): string => {
  const names = all.filter((name) => name !== "");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? "" : `: ${names.slice(0, 5).join(", ")}${more}`;
};

/**
 * People go from one pool of a license to another: the first no longer claims them, the second does. Which of the two is
 * planned first the engine decides, so the plan of the first cannot know. Once both are planned it is written down whom the first
 * must leave alone: its apply then lets go of their seats instead of taking them.
 */
export const createSparing = (state: RunState, handOvers: HandOvers) => {
  const taking = new Map<string, readonly TakenSeat[]>();
  const told = new Map<string, string>();

  const refuseExclusive = (key: string, kept: readonly TakenSeat[], other: string): void => {
    const theirs = kept.filter(({ reason }) => reason === "external").map(({ name }) => name);
    if (theirs.length === 0) return;
    throw new Problem(
      "conflict",
      `pool ${nameOf(key)} is exclusive and would take the seats of ${theirs.length} ${theirs.length === 1 ? "person" : "people"} whom pool ${other} owns or claims${some(theirs)}`,
      {
        path: ["ownership"],
        hint: `Give pool ${nameOf(key)} a scope that leaves them out, or make the two one pool with more rules.`,
      },
    );
  };

  /** What this plan takes from people. */
  const takes = (key: string, seats: readonly TakenSeat[]): void => void taking.set(key, seats);

  /** After a pool was planned. Problem `conflict` where one takes what it never had and another has. */
  const spare = (): readonly Message[] =>
    [...taking].flatMap(([key, seats]): Message[] => {
      const rivals = state.rivals(key);
      const of = ({ license, holder }: NamedSeat) => rivals(license).get(holder);
      const kept = seats.filter((seat) => of(seat) !== undefined);
      const which = canonical(kept);
      if (kept.length === 0 || which === told.get(key)) return [];
      const others = [...new Set(kept.map((seat) => of(seat) ?? ""))].join(", ");
      refuseExclusive(key, kept, others);
      told.set(key, which);
      handOvers.spare(
        key,
        kept.map(({ license, holder }) => ({ license, holder })),
      );
      const who = `${kept.length} ${kept.length === 1 ? "person keeps the seat" : "people keep the seats"}`;
      const text = `pool ${nameOf(key)}: ${who} that its plan takes, since pool ${others} owns or claims them; ${nameOf(key)} only lets go of them${some(kept.map(({ name }) => name))}`;
      return [{ level: "warning", text }];
    });

  return { takes, spare };
};
