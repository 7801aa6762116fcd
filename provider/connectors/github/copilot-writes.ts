import type { Outcome, Seat, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { AfterTimeout } from "../http/problems.ts";
import { type Batch, labelOf, Stopped, type Told } from "../http/writing.ts";
import { api } from "./api.ts";
import { type Client, said, statusOf } from "./client.ts";
import type { Copilot } from "./copilot.ts";
import type { People } from "./people.ts";
import { announce, failed, isOpen, noAccount, rethrow } from "./write.ts";

interface Parts {
  readonly client: Client;
  readonly copilot: Copilot;
  readonly people: People;
}
/** One batch on its way: what is known of each step so far. */
interface Going extends Batch {
  readonly logins: ReadonlyMap<string, string>;
  readonly told: Map<SeatStep, Outcome>;
  /** Refusals of whole requests so far: a refusal that means everybody must not be repeated for each. */
  refused: number;
}

const fromTeam = (connection: string, step: SeatStep, team: string): Problem =>
  new Problem("unsupported", `connection "${connection}": ${labelOf(step)} has the Copilot seat through ${team}`, {
    hint: `Take them out of ${team}, or end the team's access to Copilot: a seat that comes from a team is not cancelled one by one.`,
  });
const notBought = (connection: string, step: SeatStep): Problem =>
  new Problem("invalid", `connection "${connection}": GitHub created no Copilot seat for ${labelOf(step)}`, {
    hint: "Are they a member of the organization? Only members can have a seat of it.",
  });
const notCancelled = (connection: string, step: SeatStep): Problem =>
  new Problem("refused", `connection "${connection}": GitHub did not cancel the Copilot seat of ${labelOf(step)}`, {
    hint: "Try again; if it stays, see the seat in the organization's Copilot access settings.",
  });

/** What a seat says about a step that was sent, whatever the answer said. */
const judged = (connection: string, act: Batch["act"], step: SeatStep, seat: Seat | null): Outcome => {
  if (act === "give")
    return seat !== null && seat.endsAt === undefined
      ? { step, result: "done" }
      : failed(step, notBought(connection, step));
  if (seat === null) return { step, result: "already" };
  if (seat.endsAt !== undefined) return { step, result: "pending", until: seat.endsAt };
  const team = seat.inheritedFrom;
  return failed(step, team === undefined ? notCancelled(connection, step) : fromTeam(connection, step, team));
};

/** Up to here each person's seat is asked for; beyond, the list is read anew. */
const few = 5;

const createLook = ({ client, copilot }: Parts) => {
  const oneByOne = async (going: Going, steps: readonly SeatStep[]): Promise<boolean> => {
    for (const step of steps) {
      const seat = await copilot.one(going.logins.get(step.holder) ?? "", going.signal);
      going.told.set(step, judged(client.connection, going.act, step, seat));
    }
    return true;
  };
  /** GitHub's answers only count. Who has a seat now says what became of each. */
  return async (going: Going, steps: readonly SeatStep[]): Promise<void> => {
    copilot.forget();
    if (steps.length <= few) {
      const told = await oneByOne(going, steps).catch((error: unknown) => {
        // 422: their invitation is pending, and then only the list tells.
        if (statusOf(error) !== 422) throw error;
        return false;
      });
      if (told) return;
    }
    const { byHolder } = await copilot.list(going.signal);
    for (const step of steps)
      going.told.set(step, judged(client.connection, going.act, step, byHolder.get(step.holder) ?? null));
  };
};

/** Everybody's seat of a cycle ends on the same day: one of them is asked. */
const endOf = async ({ copilot }: Parts, going: Going, step: SeatStep): Promise<string | null | undefined> => {
  const known = copilot.known()?.cycleEndsAt ?? null;
  if (known !== null) return known;
  const seat = await copilot.one(going.logins.get(step.holder) ?? "", going.signal).catch((error: unknown) => {
    rethrow(error, going.signal);
    return undefined;
  });
  return seat === undefined ? undefined : (seat?.endsAt ?? null);
};

const createSend = (parts: Parts) => {
  const { client, copilot } = parts;
  const { owner } = client;
  const look = createLook(parts);

  const succeeded = async (going: Going, steps: readonly SeatStep[], count: number): Promise<void> => {
    if (count !== steps.length) return look(going, steps);
    const first = steps[0];
    const until = going.act === "give" || !first ? undefined : await endOf(parts, going, first);
    copilot.forget();
    for (const step of steps)
      going.told.set(
        step,
        going.act === "give" || until === null
          ? { step, result: "done" }
          : { step, result: "pending", ...(until === undefined ? {} : { until }) },
      );
  };
  const request = async (going: Going, steps: readonly SeatStep[]): Promise<number> => {
    await announce(going, steps);
    const body = { selected_usernames: steps.map((s) => going.logins.get(s.holder) ?? "") };
    const { signal } = going;
    if (going.act === "give") return (await client.call(api.buy, { owner }, { signal, body })).seats_created;
    return (await client.call(api.cancel, { owner }, { signal, body })).seats_cancelled;
  };
  /** One person whom GitHub refuses must not keep the others from their seats: halves find out who it is. */
  const halved = async (going: Going, steps: readonly SeatStep[]): Promise<void> => {
    const middle = Math.ceil(steps.length / 2);
    await send(going, steps.slice(0, middle), false);
    await send(going, steps.slice(middle), false);
  };
  const explained = (step: SeatStep, error: unknown): unknown =>
    statusOf(error) === 422 && going422.test(said(error)) ? fromTeam(client.connection, step, "a team") : error;
  const send = async (going: Going, steps: readonly SeatStep[], again: boolean): Promise<void> => {
    try {
      await succeeded(going, steps, await request(going, steps));
    } catch (error) {
      rethrow(error, going.signal);
      const status = statusOf(error);
      if (isOpen(error)) {
        // It may have been done: look before anything is repeated. Its own problem says more than that the look failed too.
        const looked = await look(going, steps).then(
          () => true,
          (other: unknown) => {
            rethrow(other, going.signal);
            return false;
          },
        );
        const rest = steps.filter((s) => !looked || going.told.get(s)?.result === "failed");
        if (looked && error instanceof AfterTimeout && !again && rest.length > 0) return send(going, rest, true);
        for (const step of rest) going.told.set(step, failed(step, error));
        return;
      }
      going.refused += 1;
      const oneOfThem = (status === 422 || status === 404) && steps.length > 1;
      if (oneOfThem && going.refused <= 2 * Math.ceil(Math.log2(going.steps.length)) + 8) return halved(going, steps);
      for (const step of steps) going.told.set(step, failed(step, explained(step, error)));
    }
  };
  return send;
};
/** GitHub's refusal of a DELETE for somebody whose seat comes from a team. */
const going422 = /team/i;

/** Buys or cancels Copilot seats, as many in a request as are configured. Told in the order of the steps. */
export const createCopilotWrites = (parts: Parts) => {
  const { client, copilot, people } = parts;
  const size = client.config.batch ?? 100;
  const send = createSend(parts);

  const prepare = async (batch: Batch): Promise<Going> => {
    const going: Going = {
      ...batch,
      told: new Map(),
      refused: 0,
      logins: await people.logins(batch.steps, batch.signal),
    };
    const known = copilot.known();
    for (const step of batch.steps) {
      const team = batch.act === "take" ? known?.byHolder.get(step.holder)?.inheritedFrom : undefined;
      if (!going.logins.has(step.holder)) going.told.set(step, failed(step, noAccount(client.connection, step)));
      else if (team !== undefined) going.told.set(step, failed(step, fromTeam(client.connection, step, team)));
    }
    return going;
  };
  return async function* write(batch: Batch): Told {
    const obstacle = await copilot.obstacle(batch.signal);
    for (let from = 0; from < batch.steps.length; from += size) {
      const steps = batch.steps.slice(from, from + size);
      if (obstacle) {
        yield* steps.map((step) => failed(step, obstacle));
        continue;
      }
      const going = await prepare({ ...batch, steps });
      const open = steps.filter((s) => !going.told.has(s));
      let stop: unknown;
      try {
        if (open.length > 0) await send(going, open, false);
      } catch (error) {
        stop = error;
      }
      // What was done is told before what stopped us.
      for (const step of steps) {
        const outcome = going.told.get(step);
        if (outcome) yield outcome;
      }
      if (stop !== undefined) throw stop instanceof Stopped ? stop.reason : stop;
    }
  };
};
