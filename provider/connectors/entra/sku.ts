import type { ServicePlan, Sku } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Memo } from "../http/memo.ts";
import { api, type Group, type SubscribedSku } from "./api.ts";
import { advanced, type Client } from "./client.ts";
import { counted, type Groups, isGuid, nameOf, pathOf } from "./groups.ts";
import { friendly } from "./names.ts";

export interface License {
  readonly is: "license";
  readonly id: string;
  readonly part: string;
  readonly name: string;
  readonly plans: readonly ServicePlan[];
  readonly units: { readonly purchased: number; readonly consumed: number; readonly suspended: number };
}
export interface GroupTarget {
  readonly is: "group";
  readonly group: Group;
  readonly name: string;
}
export type Target = License | GroupTarget;

export interface Skus {
  find(sku: string, signal: AbortSignal): Promise<Target>;
  list(signal: AbortSignal): Promise<readonly Sku[]>;
  /** Every license of the tenant that a person can hold. */
  licenses(signal: AbortSignal): Promise<readonly License[]>;
  /** Before members are written: a group with groups in it does not license everybody whom it seems to hold. */
  checkNested(target: GroupTarget, signal: AbortSignal): Promise<void>;
  /** Without a question: what was found in this walk, else the name itself. */
  writes(sku: string): readonly string[];
  /** After a write: how many are in use is another number now. */
  forget(): void;
}

const groupPrefix = "group:";
export const isGroupSku = (sku: string): boolean => sku.startsWith(groupPrefix);
export const skuOf = (target: Target): Sku =>
  target.is === "license"
    ? { sku: target.id, name: target.name, ...(target.plans.length > 0 ? { servicePlans: target.plans } : {}) }
    : { sku: `${groupPrefix}${target.name}`, name: target.name };

/** `enabled` and `warning` can be assigned: after a term ends there is a grace in which everything goes on working. */
const unitsOf = (rows: readonly SubscribedSku[]): License["units"] => {
  const sum = (of: (row: SubscribedSku) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    purchased: sum(({ prepaidUnits }) => prepaidUnits.enabled + (prepaidUnits.warning ?? 0)),
    consumed: sum(({ consumedUnits }) => consumedUnits),
    suspended: sum(({ prepaidUnits }) => prepaidUnits.suspended ?? 0),
  };
};
const licensesOf = (rows: readonly SubscribedSku[]): readonly License[] => {
  const users = rows.filter(({ appliesTo }) => appliesTo === "User");
  const by = new Map<string, SubscribedSku[]>();
  // One SKU can be bought under several accounts: seats are seats.
  for (const row of users) by.set(row.skuId, [...(by.get(row.skuId) ?? []), row]);
  return [...by.values()].flatMap((same) => {
    const [one] = same;
    if (!one) return [];
    const plans = one.servicePlans
      .filter(({ appliesTo }) => appliesTo !== "Company")
      .map(({ servicePlanId, servicePlanName }) => ({ id: servicePlanId, name: servicePlanName ?? servicePlanId }));
    const name = friendly[one.skuPartNumber] ?? one.skuPartNumber;
    return [{ is: "license" as const, id: one.skuId, part: one.skuPartNumber, name, plans, units: unitsOf(same) }];
  });
};

export const createSkus = (client: Client, memo: Memo, groups: Groups): Skus => {
  const found = new Map<string, GroupTarget>();
  const subscribed = (signal: AbortSignal): Promise<readonly SubscribedSku[]> =>
    memo("skus", signal, async (inner) => (await client.http.call(api.skus, {}, { signal: inner })).value);
  const licenses = async (signal: AbortSignal): Promise<readonly License[]> => licensesOf(await subscribed(signal));

  const findLicense = async (name: string, signal: AbortSignal): Promise<License> => {
    const wanted = name.toLowerCase();
    const all = await licenses(signal);
    const one = all.find(({ id, part, name: own }) => [id, part, own].some((word) => word.toLowerCase() === wanted));
    if (one) return one;
    const other = (await subscribed(signal)).find(
      ({ skuId, skuPartNumber }) => skuId === wanted || skuPartNumber.toLowerCase() === wanted,
    );
    if (other)
      throw client.problem(
        "unsupported",
        `${other.skuPartNumber} is bought for the whole company: nobody holds a seat of it`,
        "Only SKUs that Graph calls `appliesTo: User` have seats.",
      );
    const names = all.flatMap(({ part, name: own }) => (own === part ? [part] : [part, own]));
    throw client.problem("not-found", `the tenant has no SKU "${name}"`, didYouMean(name, names));
  };

  const refuse = (name: string, why: string, hint: string) =>
    client.problem("unsupported", `group "${name}" ${why}`, hint);
  const nested = async ({ group, name }: GroupTarget, signal: AbortSignal): Promise<void> => {
    const below = await client.http.call(api.groupsIn, { id: group.id }, { signal, headers: advanced });
    const inner = below.value[0];
    if (inner)
      throw refuse(
        name,
        `has groups in it ("${nameOf(inner)}"): Entra gives no license to the people of a nested group`,
        "Take the nested groups out, or use another group.",
      );
  };
  /** A group whose members this connector may not or cannot write. */
  const checkGroup = (group: Group): void => {
    const name = nameOf(group);
    if (group.groupTypes?.includes("DynamicMembership"))
      throw refuse(
        name,
        "is dynamic: Entra itself decides who is in it",
        "Write its condition as the rule of a seat pool, and give the pool a group with assigned membership.",
      );
    if (group.onPremisesSyncEnabled === true)
      throw refuse(
        name,
        "is synchronised from a local Active Directory, which owns its members",
        "Use a group of Entra's own.",
      );
  };
  const findGroup = async (label: string, signal: AbortSignal): Promise<GroupTarget> => {
    const [group, other] = await groups.named(label, signal);
    if (group && other)
      throw client.problem(
        "conflict",
        `several groups are named "${label}"`,
        `Say which: ${[group, other].map((one) => `${groupPrefix}${pathOf(one, true)}`).join(" or ")}.`,
      );
    if (!group) {
      const names = (await groups.all(signal)).map(nameOf);
      throw client.problem("not-found", `Entra has no group "${label}"`, didYouMean(label, names, groupPrefix));
    }
    checkGroup(group);
    await groups.written(group, signal);
    return { is: "group", group, name: label.startsWith("/") || isGuid(label) ? label : nameOf(group) };
  };
  const find: Skus["find"] = (sku, signal) =>
    isGroupSku(sku)
      ? memo(`target ${sku}`, signal, async (inner) => {
          const target = await findGroup(sku.slice(groupPrefix.length), inner);
          found.set(sku, target);
          return target;
        })
      : findLicense(sku, signal);

  return {
    find,
    licenses,
    checkNested: (target, signal) => memo(`nested ${target.group.id}`, signal, (inner) => nested(target, inner)),
    async list(signal) {
      const params = { top: client.top, filter: "assignedLicenses/$count ne 0", count: true };
      const [own, licensed] = await Promise.all([
        licenses(signal),
        client.list("licensed groups", { endpoint: api.groups, params, counted: true }, signal),
      ]);
      const by = counted(licensed);
      const named = (group: Group): string => ((by.get(nameOf(group)) ?? 0) > 1 ? pathOf(group, true) : nameOf(group));
      return [
        ...own.map(skuOf),
        ...licensed.map((group) => ({ sku: `${groupPrefix}${named(group)}`, name: named(group) })),
      ];
    },
    writes(sku) {
      if (!isGroupSku(sku)) return [];
      const target = found.get(sku);
      const label = sku.slice(groupPrefix.length);
      if (!target) return [label, ...(label.startsWith("/") ? [] : [`/${label}`])];
      const all = [target.group, ...groups.above(target.group.id)];
      return [...new Set(all.flatMap((one) => [nameOf(one), pathOf(one, false), pathOf(one, true)]))];
    },
    forget: () => memo.forget("skus"),
  };
};
