import { Problem, Problems } from "../core/problem.ts";
import type { Ctx, NamedSeat, Planned, Previous, Resource } from "../core/resource.ts";
import type { SessionDeps } from "./ctx.ts";
import { complete, plain } from "./definitions.ts";
import type { RunState } from "./run-state.ts";
import type { At, Session } from "./verbs.ts";

interface RemovalDeps {
  readonly session: SessionDeps;
  readonly state: RunState;
  readonly resource: (type: string) => Resource;
  readonly ctx: (at: At) => Ctx;
}
interface Made {
  readonly planned: Planned;
  readonly previous: Previous;
  readonly ctx: Ctx;
}

/**
 * Removal is judged where it happens, in whatever order the engine chooses: a removal may be planned before the pool that takes
 * its seats over, in this process, and done before it, in another. What is spared is written down as it is found.
 */
export const createRemovals = ({ session, state, resource, ctx }: RemovalDeps) => {
  const { handOvers, journal, settings } = session;
  /** What this process has named for release, by resource key. */
  const releasing = new Map<string, readonly NamedSeat[]>();

  /** The program declares this very resource: what goes is an older instance of it, and the living one has the seats. */
  const living = (key: string, walk: string | null): boolean =>
    state.checked.has(key) || (walk !== null && handOvers.shown(key, walk));

  const planned = async (at: At, previous: Previous, named?: readonly NamedSeat[]): Promise<Made | null> => {
    const { planRemoval } = resource(at.type).lifecycle;
    if (!planRemoval) return null;
    const asked = named ? { ...ctx(at), named } : ctx(at);
    const inputs = previous.inputs && complete(resource(at.type), at, previous.inputs);
    const of = plain({ ...previous, inputs });
    return { planned: await planRemoval(of, asked), previous: of, ctx: asked };
  };

  const plan: Session["planRemoval"] = async (at, previous) => {
    const made = living(at.key, null) ? null : await planned(at, previous);
    const { messages = [], refusal = null, approved = [] } = made?.planned ?? {};
    const seats = approved as readonly NamedSeat[]; // as a removal's plan gives them
    releasing.set(at.key, seats);
    return { messages, refusal, seats, walk: handOvers.walk };
  };

  /** A pool was planned: does it own or claim seats that a removal of this run has named? */
  const spare = (): void => {
    for (const [key, seats] of releasing) {
      const rivals = state.rivals(key);
      const kept = seats.filter(({ license, holder }) => rivals(license).has(holder));
      if (kept.length > 0) handOvers.spare(key, kept);
    }
  };

  const remove: Session["remove"] = async (at, previous, of) => {
    const { lifecycle } = resource(at.type);
    if (living(at.key, of?.walk ?? null)) return;
    const seen = state.known.get(at.key);
    if (seen) seen.removed = true;
    if (!lifecycle.planRemoval || !lifecycle.remove) return;
    if (settings.offline)
      throw new Problem("refused", "the provider is offline: it removes nothing", { path: ["offline"] });
    const { unread } = (of ? null : session.run.read<{ unread?: string }>("release", at.key)) ?? {};
    if (unread !== undefined)
      throw new Problem("refused", `${at.name} is not removed: in the preview, ${unread}`, {
        hint: "Run the same command again: nobody loses a seat whom no preview has named, and without the pool nobody would take these back.",
      });
    const spared = of ? handOvers.spared(at.key, of.walk) : [];
    const isSpared = (seat: NamedSeat): boolean =>
      spared.some(({ license, holder }) => license === seat.license && holder === seat.holder);
    const made = await planned(
      at,
      previous,
      of?.seats.filter((seat) => !isSpared(seat)),
    );
    if (!made) return;
    if (made.planned.refusal) throw made.planned.refusal;
    const done = await lifecycle.remove(made.planned, made.previous, made.ctx);
    if (done.failures.length > 0) throw new Problems(done.failures);
    if (!state.created.has(at.key)) journal.forget(made.ctx.key);
  };

  return { plan, spare, remove };
};
