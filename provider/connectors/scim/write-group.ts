import type { Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { type Batch, labelOf, type Told } from "../http/writing.ts";
import { api, type Group, patchMessage } from "./api.ts";
import { scimTypeOf } from "./client.ts";
import { type Dialect, NotUnderstood, type Removal } from "./removal.ts";
import { poolOf } from "./seats.ts";
import { problemOf, type Trouble, troubleOf } from "./trouble.ts";
import { announce, failed, type Writing } from "./write.ts";

type Members = ReadonlySet<string>;
const holders = (steps: readonly SeatStep[]): string[] => steps.map((s) => s.holder);
const membersOf = (group: Group | null): Members => new Set((group?.members ?? []).map((m) => m.value));

/** From so many on it pays to find out whether one operation can name them all: that costs two looks at the group. */
const worthTrying = 5;

export const createGroupWriter = (w: Writing, removal: Removal) => {
  const add = async (group: Group, ids: readonly string[], signal: AbortSignal): Promise<unknown> => {
    const Operations = [{ op: "add", path: "members", value: ids.map((value) => ({ value })) }];
    const body = { schemas: [patchMessage], Operations };
    const reply = await w.client.http.exchange(
      api.patchGroup,
      { id: group.id, attributes: w.extension },
      { signal, body },
    );
    return reply.body;
  };

  const outcome = (batch: Batch, step: SeatStep, answer: unknown): Outcome => {
    const had = w.seats.known(batch.sku)?.has(step.holder);
    if (batch.act === "give") return { step, result: had === true ? "already" : "done" };
    const until =
      w.extension && typeof answer === "object" && answer !== null
        ? poolOf(answer as Group, w.extension).endsAt.get(step.holder)
        : undefined;
    if (until !== undefined) return { step, result: "pending", until };
    return { step, result: had === false ? "already" : "done" };
  };
  const satisfied = (batch: Batch, step: SeatStep, now: Members): boolean =>
    now.has(step.holder) === (batch.act === "give");

  /** What a probe says: yes, no, or why it is open; then nothing is settled. */
  const works = async (
    dialect: Dialect,
    group: Group,
    batch: Batch,
    steps: readonly SeatStep[],
  ): Promise<boolean | Problem> => {
    for (let nth = 1; ; nth += 1)
      try {
        return await removal.probe(dialect, group, batch, steps);
      } catch (error) {
        if (error instanceof NotUnderstood) return false;
        if (batch.signal.aborted || troubleOf(error) !== "unknown") throw error;
        if (nth === 3) return asProblem(error);
      }
  };

  /** The way of RFC 7644 was refused, or understood as nothing: the other one is tried on one member. */
  async function* other(group: Group, batch: Batch, asked: readonly SeatStep[]): Told {
    const now = await w.groups.fresh(group.id, batch.signal).catch((error: unknown) => {
      if (batch.signal.aborted) throw error;
      return undefined;
    });
    const inside = now === undefined ? null : membersOf(now);
    const steps = asked.filter((s) => inside?.has(s.holder) ?? true);
    for (const step of asked) if (!steps.includes(step)) yield { step, result: "already" };
    const [step, ...rest] = steps;
    if (!step) return;
    const answer = await works("value-list", group, batch, [step]);
    if (answer instanceof Problem) {
      for (const one of steps) yield failed(one, problemOf(answer, labelOf(one)));
      return;
    }
    if (answer) {
      const { connection, log } = w.client;
      log("info", `${connection}: this SCIM service takes members out by value: set patchDialect = "value-list"`);
      yield { step, result: "done" };
      return yield* chunk(group, batch, rest, 0);
    }
    removal.settleFor("each");
    yield* chunk(group, batch, steps, 0);
  }

  /** Many at once, if the service understands one filter for them; found out on two. */
  async function* manyAtOnce(
    group: Group,
    batch: Batch,
    steps: readonly SeatStep[],
  ): AsyncGenerator<Outcome, readonly SeatStep[], void> {
    if (batch.act === "give" || !removal.open() || steps.length < worthTrying) return steps;
    const [two, rest] = [steps.slice(0, 2), steps.slice(2)];
    if ((await works("any", group, batch, two)) !== true) return steps;
    for (const step of two) yield outcome(batch, step, null);
    return rest;
  }

  /** Nobody knows what happened: the group itself is asked before anything is repeated. */
  async function* settle(
    group: Group,
    batch: Batch,
    steps: readonly SeatStep[],
    at: { error: unknown; again: number },
  ): Told {
    let now: Members;
    try {
      now = membersOf(await w.groups.fresh(group.id, batch.signal));
    } catch (error) {
      if (batch.signal.aborted) throw error;
      for (const step of steps) yield failed(step, problemOf(at.error, labelOf(step)));
      return;
    }
    const open: SeatStep[] = [];
    for (const step of steps)
      if (satisfied(batch, step, now)) yield { step, result: "done" };
      else open.push(step);
    if (open.length === 0) return;
    if (at.again >= 2) for (const step of open) yield failed(step, problemOf(at.error, labelOf(step)));
    else yield* chunk(group, batch, open, at.again + 1);
  }

  async function* split(group: Group, batch: Batch, steps: readonly SeatStep[], error: unknown): Told {
    const [first] = steps;
    if (steps.length === 1 && first) {
      yield failed(first, problemOf(error, labelOf(first)));
      return;
    }
    const half = Math.ceil(steps.length / 2);
    let soldOut: Problem | null = null;
    for (const part of [steps.slice(0, half), steps.slice(half)])
      if (soldOut) for (const step of part) yield failed(step, soldOut);
      else
        for await (const one of chunk(group, batch, part, 0)) {
          // Whoever comes after the last free seat finds none either.
          if (one.problem?.code === "no-seats") soldOut = one.problem;
          yield one;
        }
  }

  async function* missing(group: Group, batch: Batch, steps: readonly SeatStep[], error: unknown): Told {
    const there = await w.groups.fresh(group.id, batch.signal).catch((cause: unknown) => {
      if (batch.signal.aborted) throw cause;
      return group; // unknown: then each of them is tried alone
    });
    if (there) return yield* split(group, batch, steps, error);
    for (const step of steps)
      yield batch.act === "take"
        ? { step, result: "already" }
        : failed(step, problemOf(error, `the group of ${batch.sku} is gone`));
  }

  async function* recover(
    group: Group,
    batch: Batch,
    steps: readonly SeatStep[],
    at: { error: unknown; again: number },
  ): Told {
    const { error, again } = at;
    const trouble: Trouble = troubleOf(error);
    const otherDialect = batch.act === "take" && removal.open();
    if (otherDialect && trouble === "somebody") return yield* other(group, batch, steps);
    if (trouble === "unknown") return yield* settle(group, batch, steps, at);
    if (trouble === "raced" && again < 3 && scimTypeOf(error) !== "uniqueness")
      return yield* chunk(group, batch, steps, again + 1);
    if (trouble === "missing") return yield* missing(group, batch, steps, error);
    if (trouble === "too-large") (batch.act === "give" ? w.adding : w.removing).tooMany(steps.length);
    if (trouble !== "everybody") return yield* split(group, batch, steps, error);
    for (const step of steps) yield failed(step, problemOf(error, labelOf(step)));
  }

  async function* chunk(group: Group, batch: Batch, steps: readonly SeatStep[], again: number): Told {
    if (steps.length === 0) return;
    await announce(batch, steps);
    const began = w.now();
    let answer: unknown;
    let problem: { readonly error: unknown } | null = null;
    try {
      const ids = [...new Set(holders(steps))];
      answer = await (batch.act === "give" ? add(group, ids, batch.signal) : removal.patch(group, ids, batch.signal));
    } catch (error) {
      if (batch.signal.aborted) throw error;
      problem = { error };
    }
    if (problem) return yield* recover(group, batch, steps, { error: problem.error, again });
    (batch.act === "give" ? w.adding : w.removing).took(steps.length, w.now() - began);
    const left = batch.act === "take" ? await removal.stillThere(group, batch, steps) : [];
    if (left.length > 0) {
      for (const step of steps) if (!left.includes(step)) yield outcome(batch, step, answer);
      return yield* other(group, batch, left);
    }
    for (const step of steps) yield outcome(batch, step, answer);
  }

  /** Services that do not look whether a member exists would keep a seat for nobody. */
  async function* onlyPeople(batch: Batch): AsyncGenerator<Outcome, readonly SeatStep[], void> {
    if (batch.act === "take") return batch.steps;
    const known = await w.users.byId(holders(batch.steps), batch.signal);
    const real: SeatStep[] = [];
    for (const step of batch.steps) {
      const there = known.has(step.holder) || (await w.users.one(step.holder, batch.signal)) !== null;
      if (there) real.push(step);
      else
        yield failed(
          step,
          new Problem("not-found", `${labelOf(step)}: the SCIM service has no user with the id "${step.holder}"`, {
            hint: "The account was deleted since it was looked up, or never existed.",
          }),
        );
    }
    return real;
  }

  return async function* write(batch: Batch, name: string): Told {
    let group: Group;
    let steps: readonly SeatStep[];
    try {
      group = await w.groups.find(name, batch.signal);
      steps = yield* onlyPeople(batch);
    } catch (error) {
      if (batch.signal.aborted) throw error;
      for (const step of batch.steps) yield failed(step, asProblem(error));
      return;
    }
    steps = yield* manyAtOnce(group, batch, steps);
    const pace = batch.act === "give" ? w.adding : w.removing;
    for (let at = 0; at < steps.length; ) {
      const part = steps.slice(at, at + pace.size());
      at += part.length;
      // Emptied or sold out: the rest would hear the same.
      let soldOut: Problem | null = null;
      for await (const one of chunk(group, batch, part, 0)) {
        if (one.problem?.code === "no-seats") soldOut = one.problem;
        yield one;
      }
      if (soldOut && batch.act === "give") {
        for (const step of steps.slice(at)) yield failed(step, soldOut);
        return;
      }
    }
  };
};
