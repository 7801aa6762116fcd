import { Holder } from "./api.ts";
import type { Batches, Inner } from "./batch.ts";
import type { Client } from "./client.ts";
import {
  again,
  type Did,
  type Doing,
  indexes,
  isMissing,
  type LicenseAct,
  path,
  refusedDid,
  type With,
} from "./doing.ts";

const assignLicense = ({ step, act }: Doing<LicenseAct>): Inner => ({
  method: "POST",
  url: `${path("users", step.holder)}/assignLicense`,
  body: {
    addLicenses: act.add ? [{ skuId: act.add.license.id, disabledPlans: act.add.disabledPlans }] : [],
    removeLicenses: act.remove ? [act.remove.id] : [],
  },
});
const none = /does not have a corresponding license/i;

/** Is that what Entra now says of the person? Their own licenses only: what comes through a group is another seat. */
const isTrue = (holder: Holder, { add, remove }: LicenseAct): boolean => {
  const own = holder.licenseAssignmentStates.filter(({ assignedByGroup }) => !assignedByGroup);
  const off = (sku: string): string => [...(own.find(({ skuId }) => skuId === sku)?.disabledPlans ?? [])].sort().join();
  const has = (sku: string): boolean => own.some(({ skuId, state }) => skuId === sku && state !== "Error");
  const gained = add === null || (has(add.license.id) && off(add.license.id) === [...add.disabledPlans].sort().join());
  return gained && (remove === null || !has(remove.id));
};

/** Licenses of people, in batches: given, taken, swapped. */
export const createLicenses = (client: Client, batches: Batches) => {
  /** Of whom Graph gave no answer: what does it say of them now? */
  const readBack = async (doings: readonly Doing<LicenseAct>[], signal: AbortSignal): Promise<readonly boolean[]> => {
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
  const licenses = async (doings: readonly Doing<LicenseAct>[], how: With, nth = 1): Promise<readonly Did[]> => {
    const jobs = doings.map((doing) => ({ step: doing.step, request: assignLicense(doing) }));
    const results = await batches.write("licenses", jobs, how.before, how.signal);
    const dids = results.map((result, i): Did => {
      const doing = doings[i] as Doing<LicenseAct>; // one result per job
      if (result.is === "ok") return { is: "done" };
      if (result.is === "refused" && doing.act.add === null && (isMissing(result) || none.test(result.message)))
        return { is: "already" };
      if (result.is === "refused")
        return refusedDid({ connection: client.connection, door: "licenses" }, doing, result);
      return result.is === "lost" ? { is: "failed", problem: result.problem } : result;
    });
    const swaps = indexes(results, (r) => r.is === "refused" && none.test(r.message)).filter((i) => doings[i]?.act.add);
    // The old license is gone already: what is left of the swap is the new one.
    const swapped = await again({ doings, dids, which: swaps }, (some) => {
      const only = some.map(({ step, act }) => ({ step, act: { ...act, remove: null } }));
      return licenses(only, how, nth);
    });
    const lost = indexes(results, (r) => r.is === "lost");
    if (lost.length === 0) return swapped;
    const now = await readBack(
      lost.flatMap((i) => doings[i] ?? []),
      how.signal,
    ).catch(() => null);
    if (now === null) return swapped; // its own problem says more than that the look-up failed too
    const settled = swapped.map((did, i): Did => (now[lost.indexOf(i)] ? { is: "done" } : did));
    if (nth >= 3) return settled;
    const undone = lost.filter((_i, at) => now[at] === false);
    return again({ doings, dids: settled, which: undone }, (some) => licenses(some, how, nth + 1));
  };

  return licenses;
};
