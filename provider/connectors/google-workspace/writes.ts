import type { BeforeWrite, Outcome, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { type Acting, type Did, moved, skusOf, stepByStep } from "../http/writing.ts";
import type { Client } from "./client.ts";
import type { Seats } from "./seats.ts";
import { keyOf, type Skus, type Target } from "./sku.ts";
import type { Users } from "./users.ts";
import { createWriter, type Holder, isOpen } from "./write.ts";

interface Parts {
  readonly client: Client;
  readonly skus: Skus;
  readonly seats: Seats;
  readonly users: Users;
}
export type Apply = (steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal) => AsyncIterable<Outcome>;

/** Answers take longer than a second now and then: a few under way keep the one a second. Groups allow far more. */
const width = { licenses: 3, groups: 8 };

const givesUpAfter = 5;

export const isGroup = (sku: string): boolean => sku.startsWith("group:");
const isAddress = (holder: string): boolean => holder.includes("@");

export const createApply = ({ client, skus, seats, users }: Parts): Apply => {
  const { give, take, swap } = createWriter(client);

  /** The address of this moment, not the one of when it was planned: a rename in between is no failure. */
  const holderOf = async (step: SeatStep, signal: AbortSignal): Promise<Holder | null> => {
    if (isAddress(step.holder)) return { id: step.holder, email: step.holder };
    const user = users.told(step.holder) ?? (await users.one(step.holder, signal));
    return user ? { id: user.id, email: user.primaryEmail } : null;
  };
  const nobody = (step: SeatStep): Problem =>
    new Problem(
      "not-found",
      `connection "${client.connection}": Google knows no account ${step.account} (${step.holder})`,
      {
        hint: "It was deleted, or is not of this organisation. Accounts are never created.",
      },
    );

  const move = async ({ step, ask, signal }: Acting, holder: Holder): Promise<Did> => {
    if (step.to === undefined) throw new Problem("bug", `move of ${step.account} names no SKU to move to`);
    const [from, to] = [await skus.find(step.sku, signal), await skus.find(step.to, signal)];
    if (keyOf(from) === keyOf(to)) return "already"; // no SKU of Google's has service plans to change
    if (from.is === "license" && to.is === "license" && from.product === to.product)
      return swap({ from, to, holder, ask, signal });
    return moved(
      step,
      () => give({ target: to, holder, ask, signal }),
      () => take({ target: from, holder, ask, signal }),
    );
  };
  const written = async (acting: Acting, holder: Holder): Promise<Did> => {
    const { step, ask, signal } = acting;
    if (step.act === "move") return move(acting, holder);
    const target = await skus.find(step.sku, signal);
    return (step.act === "assign" ? give : take)({ target, holder, ask, signal });
  };
  const act = async (acting: Acting): Promise<Did> => {
    const { step, signal } = acting;
    const holder = await holderOf(step, signal);
    // Google takes the licences and memberships of whoever is deleted.
    if (holder === null && step.act === "unassign") return "already";
    if (holder === null) throw nobody(step);
    try {
      return await written(acting, holder);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "invalid" || isAddress(step.holder)) throw error;
      // Thousands of licences take hours, and somebody may have been renamed meanwhile.
      const now = await users.again(step.holder, signal).catch(() => null);
      if (now === null || now.primaryEmail === holder.email) throw error;
      return written(acting, { id: now.id, email: now.primaryEmail });
    }
  };
  /** Each write is tried for minutes. When Google answers none, ten thousand of them would be tried for days. */
  const untilSilent = () => {
    let silent = 0;
    return async (acting: Acting): Promise<Did> => {
      if (silent >= givesUpAfter) {
        const text = `connection "${client.connection}": Google left ${silent} writes in a row unanswered; ${acting.step.account} was not tried`;
        throw new Problem("unreachable", text, { hint: "Nothing is lost: run the same again when it answers." });
      }
      try {
        const did = await act(acting);
        silent = 0;
        return did;
      } catch (error) {
        silent = isOpen(error) ? silent + 1 : 0;
        throw error;
      }
    };
  };

  return async function* apply(steps, before, signal) {
    const named = [...new Set(steps.flatMap(skusOf))];
    // Looked up before anything is written, so that all writes begin in the order of their steps.
    const targets = await Promise.allSettled(named.map((sku) => skus.find(sku, signal)));
    const ids = steps.map(({ holder }) => holder).filter((id) => !isAddress(id));
    await users.some(ids, signal).catch(() => null); // each step asks again for its own person, and tells
    signal.throwIfAborted();
    const touched = targets.flatMap((t): Target[] => (t.status === "fulfilled" ? [t.value] : []));
    const wide = named.every(isGroup) ? width.groups : width.licenses;
    try {
      yield* stepByStep(steps, { before, signal, width: wide }, untilSilent());
    } finally {
      seats.forget(touched);
    }
  };
};
