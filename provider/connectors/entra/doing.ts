import type { BeforeWrite, SeatStep } from "../../core/connector.ts";
import type { Problem } from "../../core/problem.ts";
import type { Act } from "./acts.ts";
import type { Door, Result } from "./batch.ts";
import { refusedStep } from "./trouble.ts";

export type Did =
  | { readonly is: "done" | "already" | "accepted" }
  | { readonly is: "failed"; readonly problem: Problem }
  | { readonly is: "stopped"; readonly reason: unknown };
export interface Doing<A extends Act = Act> {
  readonly step: SeatStep;
  readonly act: A;
}
export type LicenseAct = Extract<Act, { is: "license" }>;
export type MembershipAct = Exclude<Act, LicenseAct>;
export interface With {
  readonly before: BeforeWrite;
  readonly signal: AbortSignal;
}
const doorScope: Readonly<Record<Door, string>> = {
  licenses: "LicenseAssignment.ReadWrite.All",
  memberships: "GroupMember.ReadWrite.All",
  reprocess: "User.ReadWrite.All",
};

export const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;

const whatOf = (act: Act): string =>
  act.is === "license" ? (act.add?.license.name ?? act.remove?.name ?? "") : `group ${act.group.name}`;

export const refusedDid = (
  { connection, door }: { readonly connection: string; readonly door: Door },
  { step, act }: Doing,
  result: Extract<Result, { is: "refused" }>,
): Did => ({
  is: "failed",
  problem: refusedStep(result, { step, connection, what: whatOf(act), scope: doorScope[door] }),
});

/** `which` of them are done again; the others keep what became of them. */
export const again = async <A extends Act>(
  {
    doings,
    dids,
    which,
  }: {
    readonly doings: readonly Doing<A>[];
    readonly dids: readonly Did[];
    readonly which: readonly number[];
  },
  redo: (some: readonly Doing<A>[]) => Promise<readonly Did[]>,
): Promise<readonly Did[]> => {
  if (which.length === 0) return dids;
  const second = await redo(which.flatMap((i) => doings[i] ?? []));
  const merged = [...dids];
  which.forEach((i, at) => {
    const did = second[at];
    if (did) merged[i] = did;
  });
  return merged;
};
export const indexes = <T>(items: readonly T[], is: (item: T) => boolean): readonly number[] =>
  items.flatMap((item, i) => (is(item) ? [i] : []));

/** Graph's own word for "no such object". */
export const isMissing = ({ status, code }: { readonly status: number; readonly code: string }): boolean =>
  status === 404 && code === "Request_ResourceNotFound";
