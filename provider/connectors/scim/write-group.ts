import type { Outcome, SeatStep } from "../../core/connector.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { api, type Group, patchMessage } from "./api.ts";
import { scimTypeOf } from "./client.ts";
import { quoted } from "./filter.ts";
import { poolOf } from "./seats.ts";
import { problemOf, type Trouble, troubleOf } from "./trouble.ts";
import { announce, type Batch, failed, labelOf, type Told, type Writing } from "./write.ts";

export type Dialect = "path-filter" | "value-list";
/** How members are taken out here; learnt once per connector. */
export interface Manner {
  dialect: Dialect;
  /** Somebody was taken out this way and was gone. */
  proven: boolean;
  readonly declared: boolean;
}

type Members = ReadonlySet<string>;
const holders = (steps: readonly SeatStep[]): string[] => steps.map((s) => s.holder);
const membersOf = (group: Group | null): Members => new Set((group?.members ?? []).map((m) => m.value));

const operations = (act: Batch["act"], dialect: Dialect, ids: readonly string[]): readonly unknown[] => {
  const value = ids.map((id) => ({ value: id }));
  if (act === "give") return [{ op: "add", path: "members", value }];
  if (dialect === "value-list") return [{ op: "remove", path: "members", value }];
  // One operation each: a chain of `or` inside brackets is legal, and some services read it as one odd id and say 204.
  return ids.map((id) => ({ op: "remove", path: `members[value eq ${quoted(id)}]` }));
};

export const createGroupWriter = (w: Writing, manner: Manner) => {
  const patch = async (
    group: Group,
    act: Batch["act"],
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<unknown> => {
    const body = { schemas: [patchMessage], Operations: operations(act, manner.dialect, ids) };
    const attributes = w.extension;
    const reply = await w.client.http.exchange(api.patchGroup, { id: group.id, attributes }, { signal, body });
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

  /** Removal by a list of values empties the group at services that ignore the list: tried on one, looked at, undone. */
  const probe = async (group: Group, batch: Batch, step: SeatStep): Promise<boolean> => {
    const { signal } = batch;
    const before = membersOf(await w.groups.fresh(group.id, signal));
    manner.dialect = "value-list";
    await patch(group, "take", [step.holder], signal);
    const after = membersOf(await w.groups.fresh(group.id, signal));
    const lost = [...before].filter((id) => id !== step.holder && !after.has(id));
    if (lost.length > 0) {
      await patch(group, "give", lost, signal);
      throw new Problem(
        "unsupported",
        `connection "${w.client.connection}": the SCIM service took ${lost.length + 1} members out of the group instead of one; the others are back in`,
        { hint: "It knows no way to take out one member by PATCH. Its own console has to be used, or `active`." },
      );
    }
    manner.proven = !after.has(step.holder);
    return manner.proven;
  };

  /** Was a removal understood? A service that says 204 and does nothing is one that wants the other dialect. */
  const took = async (group: Group, steps: readonly SeatStep[], signal: AbortSignal): Promise<boolean> => {
    if (manner.declared || manner.proven) return true;
    try {
      const now = membersOf(await w.groups.fresh(group.id, signal));
      manner.proven = steps.some((s) => !now.has(s.holder));
      return manner.proven;
    } catch (error) {
      if (signal.aborted) throw error;
      return true; // the service said that it is done, and nothing says otherwise
    }
  };

  async function* other(group: Group, batch: Batch, steps: readonly SeatStep[]): Told {
    const [step, ...rest] = steps;
    if (!step) return;
    await announce(batch, [step]);
    let works = false;
    try {
      works = await probe(group, batch, step);
    } catch (error) {
      if (batch.signal.aborted || !(error instanceof Problem) || error.code === "unsupported") throw error;
    }
    if (works) {
      w.client.log(
        "info",
        `${w.client.connection}: this SCIM service takes members out by value: set patchDialect = "value-list"`,
      );
      yield { step, result: "done" };
      yield* chunk(group, batch, rest, 0);
      return;
    }
    manner.dialect = "path-filter";
    manner.proven = true;
    yield* chunk(group, batch, steps, 0);
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
    const otherDialect = batch.act === "take" && !manner.declared && !manner.proven && manner.dialect === "path-filter";
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
      answer = await patch(group, batch.act, holders(steps), batch.signal);
    } catch (error) {
      if (batch.signal.aborted) throw error;
      problem = { error };
    }
    if (problem) return yield* recover(group, batch, steps, { error: problem.error, again });
    (batch.act === "give" ? w.adding : w.removing).took(steps.length, w.now() - began);
    if (batch.act === "take" && !(await took(group, steps, batch.signal))) return yield* other(group, batch, steps);
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
