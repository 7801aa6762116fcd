import type { BeforeWrite, SeatStep } from "../../core/connector.ts";
import { asProblem, type Problem } from "../../core/problem.ts";
import { AfterTimeout } from "../http/problems.ts";
import type { Act } from "./acts.ts";
import { api, Holder } from "./api.ts";
import { type Batches, type Door, type Inner, type Result, stopper } from "./batch.ts";
import type { Client } from "./client.ts";
import type { GroupTarget } from "./sku.ts";
import { inError, refusedStep } from "./trouble.ts";

export type Did =
  | { readonly is: "done" | "already" | "accepted" }
  | { readonly is: "failed"; readonly problem: Problem }
  | { readonly is: "stopped"; readonly reason: unknown };
export interface Doing<A extends Act = Act> {
  readonly step: SeatStep;
  readonly act: A;
}
type License = Extract<Act, { is: "license" }>;
type Membership = Exclude<Act, License>;
interface With {
  readonly before: BeforeWrite;
  readonly signal: AbortSignal;
}
const doorScope: Readonly<Record<Door, string>> = {
  licenses: "LicenseAssignment.ReadWrite.All",
  memberships: "GroupMember.ReadWrite.All",
  reprocess: "User.ReadWrite.All",
};

const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;
const whatOf = (act: Act): string =>
  act.is === "license" ? (act.add?.license.name ?? act.remove?.name ?? "") : `group ${act.group.name}`;

const assignLicense = ({ step, act }: Doing<License>): Inner => ({
  method: "POST",
  url: `${path("users", step.holder)}/assignLicense`,
  body: {
    addLicenses: act.add ? [{ skuId: act.add.license.id, disabledPlans: act.add.disabledPlans }] : [],
    removeLicenses: act.remove ? [act.remove.id] : [],
  },
});
/** `/$ref` is not to be left out: without it Graph deletes the person. */
const membership = (client: Client, { step, act }: Doing<Membership>): Inner => {
  if (act.is === "reprocess")
    return { method: "POST", url: `${path("users", step.holder)}/reprocessLicenseAssignment`, body: {} };
  const { id } = act.group.group;
  if (act.is === "leave") return { method: "DELETE", url: `${path("groups", id, "members", step.holder)}/$ref` };
  return {
    method: "POST",
    url: `${path("groups", id, "members")}/$ref`,
    body: { "@odata.id": linkTo(client, step.holder) },
  };
};
const linkTo = (client: Client, id: string): string => `${client.root}/directoryObjects/${encodeURIComponent(id)}`;

const none = /does not have a corresponding license/i;
const member = /object references already exist/i;

/** Is that what Entra now says of the person? Their own licenses only: what comes through a group is another seat. */
const isTrue = (holder: Holder, { add, remove }: License): boolean => {
  const own = holder.licenseAssignmentStates.filter(({ assignedByGroup }) => !assignedByGroup);
  const off = (sku: string): string => [...(own.find(({ skuId }) => skuId === sku)?.disabledPlans ?? [])].sort().join();
  const has = (sku: string): boolean => own.some(({ skuId, state }) => skuId === sku && state !== "Error");
  const gained = add === null || (has(add.license.id) && off(add.license.id) === [...add.disabledPlans].sort().join());
  return gained && (remove === null || !has(remove.id));
};

export const createPerform = (client: Client, batches: Batches) => {
  const failed = (door: Door, { step, act }: Doing, result: Extract<Result, { is: "refused" }>): Did => ({
    is: "failed",
    problem: refusedStep(result, { step, connection: client.connection, what: whatOf(act), scope: doorScope[door] }),
  });
  /** Those of which it is open what became of them are done again; `instead` says how, null how they ended. */
  const again = async <A extends Act>(
    doings: readonly Doing<A>[],
    results: readonly Did[],
    redo: (some: readonly Doing<A>[]) => Promise<readonly Did[]>,
    which: readonly number[],
  ): Promise<readonly Did[]> => {
    if (which.length === 0) return results;
    const second = await redo(which.flatMap((i) => doings[i] ?? []));
    const merged = [...results];
    which.forEach((i, at) => {
      const did = second[at];
      if (did) merged[i] = did;
    });
    return merged;
  };
  const indexes = <T>(items: readonly T[], is: (item: T) => boolean): readonly number[] =>
    items.flatMap((item, i) => (is(item) ? [i] : []));

  /** Of whom Graph gave no answer: what does it say of them now? */
  const readBack = async (doings: readonly Doing<License>[], signal: AbortSignal): Promise<readonly boolean[]> => {
    const select = "$select=id,userPrincipalName,accountEnabled,assignedLicenses,licenseAssignmentStates";
    const answers = await batches.ask(
      doings.map(({ step }) => `${path("users", step.holder)}?${select}`),
      signal,
    );
    return answers.map((answer, i) => {
      const holder = Holder.safeParse(answer);
      const act = doings[i]?.act;
      return holder.success && act !== undefined && isTrue(holder.data, act);
    });
  };
  const licenses = async (doings: readonly Doing<License>[], how: With, nth = 1): Promise<readonly Did[]> => {
    const jobs = doings.map((doing) => ({ step: doing.step, request: assignLicense(doing) }));
    const results = await batches.write("licenses", jobs, how.before, how.signal);
    const dids = results.map((result, i): Did => {
      const doing = doings[i] as Doing<License>; // one result per job
      if (result.is === "ok") return { is: "done" };
      if (result.is === "refused" && doing.act.add === null && (result.status === 404 || none.test(result.message)))
        return { is: "already" };
      if (result.is === "refused") return failed("licenses", doing, result);
      return result.is === "lost" ? { is: "failed", problem: result.problem } : result;
    });
    const swaps = indexes(results, (r) => r.is === "refused" && none.test(r.message)).filter((i) => doings[i]?.act.add);
    // The old license is gone already: what is left of the swap is the new one.
    const swapped = await again(
      doings,
      dids,
      (some) =>
        licenses(
          some.map(({ step, act }) => ({ step, act: { ...act, remove: null } })),
          how,
          nth,
        ),
      swaps,
    );
    const lost = indexes(results, (r) => r.is === "lost");
    if (lost.length === 0) return swapped;
    const now = await readBack(
      lost.flatMap((i) => doings[i] ?? []),
      how.signal,
    ).catch(() => null);
    if (now === null) return swapped; // its own problem says more than that the look-up failed too
    const settled = swapped.map((did, i): Did => (now[lost.indexOf(i)] ? { is: "done" } : did));
    if (nth >= 3) return settled;
    return again(
      doings,
      settled,
      (some) => licenses(some, how, nth + 1),
      lost.filter((_i, at) => now[at] === false),
    );
  };

  /** Who left is no member: what Entra does with the license later concerns no list of ours. */
  const ended = (act: Membership): Did =>
    act.is !== "leave" && (act.group.group.assignedLicenses?.length ?? 0) > 0 ? { is: "accepted" } : { is: "done" };
  /** One by one in a batch. A second time changes nothing, so of whom Graph gave no answer is simply asked for again. */
  const singly = async (doings: readonly Doing<Membership>[], how: With, nth = 1): Promise<readonly Did[]> => {
    const [first] = doings;
    if (!first) return [];
    const door: Door = first.act.is === "reprocess" ? "reprocess" : "memberships";
    const jobs = doings.map((doing) => ({ step: doing.step, request: membership(client, doing) }));
    const results = await batches.write(door, jobs, how.before, how.signal);
    const dids = results.map((result, i): Did => {
      const doing = doings[i] as Doing<Membership>; // one result per job
      if (result.is === "ok") return ended(doing.act);
      if (result.is === "lost") return { is: "failed", problem: result.problem };
      if (result.is !== "refused") return result;
      const isSo =
        doing.act.is === "leave" ? result.status === 404 : doing.act.is === "join" && member.test(result.message);
      return isSo ? { is: "already" } : failed(door, doing, result);
    });
    const lost = indexes(results, (r) => r.is === "lost");
    return nth >= 3 ? dids : again(doings, dids, (some) => singly(some, how, nth + 1), lost);
  };
  /** Who was a member already may be one in error: then Entra is asked to process them again. */
  const retried = async (group: GroupTarget, doings: readonly Doing<Membership>[], dids: readonly Did[], how: With) => {
    const already = indexes(dids, ({ is }) => is === "already");
    if (already.length === 0 || (group.group.assignedLicenses?.length ?? 0) === 0) return dids;
    const urls = already.map(
      (i) => `${path("users", doings[i]?.step.holder ?? "")}?$select=id,assignedLicenses,licenseAssignmentStates`,
    );
    const answers = await batches.ask(urls, how.signal).catch(() => []);
    const broken = already.filter((_i, at) => {
      const holder = Holder.safeParse(answers[at]);
      return (
        holder.success &&
        holder.data.licenseAssignmentStates.some((s) => s.assignedByGroup === group.group.id && inError(s))
      );
    });
    const redo = (some: readonly Doing<Membership>[]) =>
      singly(
        some.map(({ step }) => ({ step, act: { is: "reprocess" as const, group } })),
        how,
      );
    return again(doings, dids, redo, broken);
  };
  /** Twenty at once, all or nothing: when one of them cannot join, each is asked for alone. */
  const join = async (group: GroupTarget, doings: readonly Doing<Membership>[], how: With): Promise<readonly Did[]> => {
    const alone = async () => retried(group, doings, await singly(doings, how), how);
    const stop = await stopper(how.before, doings);
    if (stop) return doings.map(() => ({ is: "stopped", reason: stop.reason }));
    const body = { "members@odata.bind": doings.map(({ step }) => linkTo(client, step.holder)) };
    try {
      const options = { signal: how.signal, body, okStatus: [400, 404] };
      const { status } = await client.http.exchange(api.join, { id: group.group.id }, options);
      return status < 300 ? doings.map(({ act }) => ended(act)) : alone();
    } catch (error) {
      if (how.signal.aborted) return doings.map(() => ({ is: "stopped", reason: how.signal.reason }));
      if (error instanceof AfterTimeout) return alone();
      return doings.map(() => ({ is: "failed", problem: asProblem(error) }));
    }
  };

  /** One kind of act for several people. */
  return async (doings: readonly Doing[], how: With): Promise<readonly Did[]> => {
    const act = doings[0]?.act;
    if (act === undefined) return [];
    // Neighbours in a request are of one kind: see `rounds`.
    if (act.is === "license") return licenses(doings as readonly Doing<License>[], how);
    const memberships = doings as readonly Doing<Membership>[];
    return act.is === "join" ? join(act.group, memberships, how) : singly(memberships, how);
  };
};
