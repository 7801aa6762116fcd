import { asProblem } from "../../core/problem.ts";
import { api, Holder } from "./api.ts";
import { type Batches, type Door, type Inner, isLost, stopper } from "./batch.ts";
import type { Client } from "./client.ts";
import {
  again,
  type Did,
  type Doing,
  indexes,
  isMissing,
  type MembershipAct,
  path,
  refusedDid,
  type With,
} from "./doing.ts";
import type { GroupTarget } from "./sku.ts";
import { inError } from "./trouble.ts";

/** `/$ref` is not to be left out: without it Graph deletes the person. */
const membership = (client: Client, { step, act }: Doing<MembershipAct>): Inner => {
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

const member = /object references already exist/i;

/** Who joins and leaves groups that Entra licenses. */
export const createMemberships = (client: Client, batches: Batches) => {
  /** Who left is no member: what Entra does with the license later concerns no list of ours. */
  const ended = (act: MembershipAct): Did =>
    act.is !== "leave" && (act.group.group.assignedLicenses?.length ?? 0) > 0 ? { is: "accepted" } : { is: "done" };
  /** One by one in a batch. A second time changes nothing, so of whom Graph gave no answer is simply asked for again. */
  const singly = async (doings: readonly Doing<MembershipAct>[], how: With, nth = 1): Promise<readonly Did[]> => {
    const [first] = doings;
    if (!first) return [];
    const door: Door = first.act.is === "reprocess" ? "reprocess" : "memberships";
    const jobs = doings.map((doing) => ({ step: doing.step, request: membership(client, doing) }));
    const results = await batches.write(door, jobs, how.before, how.signal);
    const dids = results.map((result, i): Did => {
      const doing = doings[i] as Doing<MembershipAct>; // one result per job
      if (result.is === "ok") return ended(doing.act);
      if (result.is === "lost") return { is: "failed", problem: result.problem };
      if (result.is !== "refused") return result;
      const isSo =
        doing.act.is === "leave" ? isMissing(result) : doing.act.is === "join" && member.test(result.message);
      return isSo ? { is: "already" } : refusedDid({ connection: client.connection, door }, doing, result);
    });
    const lost = indexes(results, (r) => r.is === "lost");
    return nth >= 3 ? dids : again({ doings, dids, which: lost }, (some) => singly(some, how, nth + 1));
  };
  /** Who was a member already may be one in error: then Entra is asked to process them again. */
  const retried = async (group: GroupTarget, doings: readonly Doing<MembershipAct>[], how: With) => {
    const dids = await singly(doings, how);
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
    const redo = (some: readonly Doing<MembershipAct>[]) =>
      singly(
        some.map(({ step }) => ({ step, act: { is: "reprocess" as const, group } })),
        how,
      );
    return again({ doings, dids, which: broken }, redo);
  };
  /** Twenty at once, all or nothing: when one of them cannot join, each is asked for alone. */
  const join = async (
    group: GroupTarget,
    doings: readonly Doing<MembershipAct>[],
    how: With,
  ): Promise<readonly Did[]> => {
    const alone = () => retried(group, doings, how);
    const stop = await stopper(how.before, doings);
    if (stop) return doings.map(() => ({ is: "stopped", reason: stop.reason }));
    const body = { "members@odata.bind": doings.map(({ step }) => linkTo(client, step.holder)) };
    try {
      const options = { signal: how.signal, body, okStatus: [400, 404] };
      const { status } = await client.http.exchange(api.join, { id: group.group.id }, options);
      return status < 300 ? doings.map(({ act }) => ended(act)) : alone();
    } catch (error) {
      if (how.signal.aborted) return doings.map(() => ({ is: "stopped", reason: how.signal.reason }));
      if (isLost(error)) return alone();
      return doings.map(() => ({ is: "failed", problem: asProblem(error) }));
    }
  };

  return { join, singly };
};
