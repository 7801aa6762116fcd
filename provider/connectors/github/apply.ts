import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import type { Batch, Told } from "../http/writing.ts";
import { unknownSku } from "./sku.ts";
import { failed } from "./write.ts";

export interface Writer {
  write(batch: Batch): Told;
  forget(): void;
}
export interface Applying {
  readonly connection: string;
  /** Null: no such SKU. */
  writer(sku: string): Writer | null;
  /** People per request, so that a move gives and takes in the same portions. */
  readonly portion: number;
}

/** Steps in a row that do the same with the same SKU. */
const runsOf = (steps: readonly SeatStep[]): SeatStep[][] => {
  const runs: SeatStep[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    const [head] = last ?? [];
    if (last && head && head.act === step.act && head.sku === step.sku && head.to === step.to) last.push(step);
    else runs.push([step]);
  }
  return runs;
};

const failure = ({ result }: Outcome): boolean => result === "failed";

export const createApply = ({ connection, writer, portion }: Applying) => {
  const half = async function* (batch: Batch): Told {
    const to = writer(batch.sku);
    if (to === null) {
      const problem = unknownSku(connection, batch.sku, "It is copilot, enterprise or team:SLUG.");
      yield* batch.steps.map((step) => failed(step, problem));
      return;
    }
    try {
      yield* to.write(batch);
    } finally {
      to.forget();
    }
  };
  /** The new seat before the old one: whoever stands in between has both, never none. */
  const move = async function* (batch: Batch, to: string): Told {
    for (let from = 0; from < batch.steps.length; from += portion) {
      const steps = batch.steps.slice(from, from + portion);
      const given = new Map<SeatStep, Outcome>();
      for await (const outcome of half({ ...batch, act: "give", sku: to, steps })) given.set(outcome.step, outcome);
      const taken = new Map<SeatStep, Outcome>();
      const rest = steps.filter((step) => !failure(given.get(step) ?? failed(step, null)));
      for await (const outcome of half({ ...batch, act: "take", steps: rest })) taken.set(outcome.step, outcome);
      for (const step of steps) yield taken.get(step) ?? given.get(step) ?? failed(step, null);
    }
  };
  return async function* apply(steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal): Told {
    for (const run of runsOf(steps)) {
      const [head] = run;
      if (!head) continue;
      const { sku, to = sku } = head;
      const batch = { act: head.act === "assign" ? "give" : "take", sku, steps: run, before, signal } as const;
      if (head.act !== "move") yield* half(batch);
      // Nothing here has service plans: the seat is as it should be.
      else if (to === sku) yield* run.map((step): Outcome => ({ step, result: "already" }));
      else yield* move(batch, to);
    }
  };
};

const minute = 60_000;
const hour = 3_600_000;
/** Invitations to one organization in 24 hours. */
const invitations = 500;

/** At GitHub's documented rates for writes: 80 a minute, 500 an hour; and for invitations by the day. */
export const takesMs = (
  steps: readonly SeatStep[],
  portion: number,
  isCopilot: (sku: string) => boolean,
  invites: (sku: string) => boolean,
): number => {
  let requests = 0;
  let invited = 0;
  const bought = new Map<string, number>();
  for (const { act, sku, to } of steps)
    for (const [what, which] of act === "move"
      ? ([
          ["assign", to ?? sku],
          ["unassign", sku],
        ] as const)
      : ([[act, sku]] as const)) {
      if (isCopilot(which)) bought.set(`${what} ${which}`, (bought.get(`${what} ${which}`) ?? 0) + 1);
      else requests += 1;
      if (what === "assign" && invites(which)) invited += 1;
    }
  for (const people of bought.values()) requests += Math.ceil(people / portion);
  const byMinute = Math.floor(Math.max(0, requests - 1) / 80) * minute;
  const byHour = Math.floor(Math.max(0, requests - 1) / 500) * hour;
  const byDay = Math.floor(Math.max(0, invited - 1) / invitations) * 24 * hour;
  return Math.max(byMinute, byHour, byDay);
};
