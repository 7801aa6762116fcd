import type { Outcome, SeatStep } from "../../core/connector.ts";
import type { Problem } from "../../core/problem.ts";
import type { Batch } from "../http/writing.ts";
import type { Client } from "./client.ts";
import type { Groups } from "./groups.ts";
import type { Pace } from "./pace.ts";
import type { Seats } from "./seats.ts";
import type { Users } from "./users.ts";

/** What all writes of one connector share. */
export interface Writing {
  readonly client: Client;
  readonly users: Users;
  readonly groups: Groups;
  readonly seats: Seats;
  readonly now: () => number;
  readonly adding: Pace;
  readonly removing: Pace;
  readonly extension: string | undefined;
  /** What was read before a write is history: of groups always, of people where their attributes were written. */
  forget(people: boolean): void;
}

export const failed = (step: SeatStep, problem: Problem): Outcome => ({ step, result: "failed", problem });

/** Asks whether we may still write. What it throws is the caller's own and passes through everything here. */
export const announce = async (batch: Batch, steps: readonly SeatStep[]): Promise<void> => {
  batch.signal.throwIfAborted();
  await batch.before(steps);
  batch.signal.throwIfAborted();
};
