import type { SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { Batch } from "../http/writing.ts";
import { api, type Group, patchMessage } from "./api.ts";
import type { Config } from "./config.ts";
import { quoted } from "./filter.ts";
import { poolOf } from "./seats.ts";
import { troubleOf } from "./trouble.ts";
import { announce, type Writing } from "./write.ts";

/**
 * How members are taken out of a group. `each`: one operation per member, as RFC 7644 shows it. `any`: one operation
 * whose filter names many; legal, and five times as fast at scim2-server, where each operation costs the whole group.
 * `value-list`: what services written for Entra want. A service that misreads `any` or `value-list` may take out everybody,
 * so each is first tried on few, looked at and repaired.
 */
export type Dialect = "each" | "any" | "value-list";

export interface Removal {
  readonly dialect: Dialect;
  /** May another dialect be tried still? */
  open(): boolean;
  patch(group: Group, ids: readonly string[], signal: AbortSignal): Promise<unknown>;
  /** Takes these few out in this dialect and looks. True: they are gone, nobody else is, and it is used from now on. */
  probe(dialect: Dialect, group: Group, batch: Batch, steps: readonly SeatStep[]): Promise<boolean>;
  /** Who is still there although the service said that it is done. */
  stillThere(group: Group, batch: Batch, steps: readonly SeatStep[]): Promise<readonly SeatStep[]>;
  settleFor(dialect: Dialect): void;
}

const operations = (dialect: Dialect, ids: readonly string[]): readonly unknown[] => {
  const one = (filter: string) => ({ op: "remove", path: `members[${filter}]` });
  const equals = ids.map((id) => `value eq ${quoted(id)}`);
  if (dialect === "value-list") return [{ op: "remove", path: "members", value: ids.map((value) => ({ value })) }];
  return dialect === "any" ? [one(equals.join(" or "))] : equals.map(one);
};

/** A probe was refused: the common way finds out the rest. */
export class NotUnderstood extends Error {
  constructor(cause: unknown) {
    super("not understood", { cause });
  }
}

export const createRemoval = (w: Writing, config: Config): Removal => {
  const declared = config.patchDialect !== undefined && config.patchDialect !== "auto";
  let dialect: Dialect = config.patchDialect === "value-list" ? "value-list" : "each";
  let settled = declared;

  const send = async (as: Dialect, group: Group, ids: readonly string[], signal: AbortSignal): Promise<unknown> => {
    const body = { schemas: [patchMessage], Operations: operations(as, ids) };
    const reply = await w.client.http.exchange(
      api.patchGroup,
      { id: group.id, attributes: w.extension },
      { signal, body },
    );
    return reply.body;
  };
  const look = async (
    group: Group,
    signal: AbortSignal,
  ): Promise<{ members: Set<string>; leaving: ReadonlyMap<string, string> }> => {
    const now = await w.groups.fresh(group.id, signal);
    const leaving = now ? poolOf(now, w.extension).endsAt : new Map<string, string>();
    return { members: new Set((now?.members ?? []).map((m) => m.value)), leaving };
  };
  const repair = async (group: Group, lost: readonly string[], signal: AbortSignal): Promise<void> => {
    const value = lost.map((id) => ({ value: id }));
    const body = { schemas: [patchMessage], Operations: [{ op: "add", path: "members", value }] };
    await w.client.http.exchange(api.patchGroup, { id: group.id }, { signal, body });
  };

  return {
    get dialect() {
      return dialect;
    },
    open: () => !settled,
    patch: (group, ids, signal) => send(dialect, group, ids, signal),
    async probe(as, group, batch, steps) {
      const { signal } = batch;
      const ids = new Set(steps.map((s) => s.holder));
      // Whether the service understands is open when it does not answer.
      const otherwise = (error: unknown): never => {
        throw signal.aborted || troubleOf(error) === "unknown" ? error : new NotUnderstood(error);
      };
      const before = await look(group, signal).catch(otherwise);
      // Who is no member proves nothing by being none afterwards.
      if (![...ids].every((id) => before.members.has(id) && !before.leaving.has(id))) return false;
      await announce(batch, steps);
      // A lost answer may hide that it took out everybody: the look that follows finds out, and repairs.
      const lostAnswer = await send(as, group, [...ids], signal).then(
        () => null,
        (error: unknown) => (signal.aborted || troubleOf(error) !== "unknown" ? otherwise(error) : { error }),
      );
      const after = await look(group, signal).catch(otherwise);
      const lost = [...before.members].filter((id) => !ids.has(id) && !after.members.has(id));
      if (lost.length > 0) await repair(group, lost, signal);
      if (lost.length > 0 && as === "value-list")
        throw new Problem(
          "unsupported",
          `connection "${w.client.connection}": the SCIM service took ${lost.length + ids.size} members out of the group instead of ${ids.size}; the others are back in`,
          { hint: "It knows no way to take out one member by PATCH. Its own console has to be used, or `active`." },
        );
      const gone = [...ids].every((id) => !after.members.has(id) || after.leaving.has(id));
      const works = gone && lost.length === 0;
      if (!gone && lostAnswer) throw lostAnswer.error;
      if (works) {
        dialect = as;
        settled = true;
      }
      return works;
    },
    async stillThere(group, batch, steps) {
      if (settled) return [];
      try {
        const { members, leaving } = await look(group, batch.signal);
        const left = steps.filter((s) => members.has(s.holder) && !leaving.has(s.holder));
        // Who was no member before proves nothing by being none now.
        const known = w.seats.known(batch.sku);
        if (left.length === 0 && known && steps.some((s) => known.has(s.holder))) settled = true;
        return left;
      } catch (error) {
        if (batch.signal.aborted) throw error;
        return []; // the service said that it is done, and nothing says otherwise
      }
    },
    settleFor(as) {
      dialect = as;
      settled = true;
    },
  };
};
