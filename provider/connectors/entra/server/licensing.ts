import type { GroupState, Inherited, SkuState, Tenant, UserState } from "./state.ts";

/** Every license that a person really has, with the plans that are off: off everywhere they have it from. */
export const effective = (user: UserState): ReadonlyMap<string, readonly string[]> => {
  const by = new Map<string, readonly (readonly string[])[]>();
  const add = (sku: string, off: readonly string[]): void => {
    by.set(sku, [...(by.get(sku) ?? []), off]);
  };
  for (const [sku, { disabledPlans }] of user.direct) add(sku, disabledPlans);
  for (const { skuId, state, disabledPlans } of user.inherited) if (state === "Active") add(skuId, disabledPlans);
  return new Map(
    [...by].map(([sku, lists]) => [sku, (lists[0] ?? []).filter((plan) => lists.every((l) => l.includes(plan)))]),
  );
};

export const capacity = ({ enabled, warning }: SkuState): number => enabled + warning;
const free = (tenant: Tenant, sku: SkuState): boolean => (tenant.consumed.get(sku.skuId) ?? 0) < capacity(sku);

/** Changes a person's licenses and keeps the counts true. */
export const change = (tenant: Tenant, user: UserState, how: () => void): void => {
  const before = effective(user);
  how();
  const after = effective(user);
  const count = (sku: string, by: number): void => {
    tenant.consumed.set(sku, (tenant.consumed.get(sku) ?? 0) + by);
  };
  for (const sku of before.keys()) if (!after.has(sku)) count(sku, -1);
  for (const sku of after.keys()) if (!before.has(sku)) count(sku, 1);
  tenant.changes += 1;
  user.changed = tenant.changes;
};

/** Which plans would be on, by the license that brings them. */
const plansOn = (tenant: Tenant, held: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string> => {
  const on = new Map<string, string>();
  for (const [sku, off] of held)
    for (const { servicePlanId } of tenant.skus.get(sku)?.plans ?? [])
      if (!off.includes(servicePlanId)) on.set(servicePlanId, sku);
  return on;
};
export type Violation =
  | { readonly kind: "MutuallyExclusiveViolation"; readonly plans: readonly [string, string] }
  | { readonly kind: "DependencyViolation"; readonly plans: readonly [string, string] };
export const violation = (tenant: Tenant, held: ReadonlyMap<string, readonly string[]>): Violation | null => {
  const on = plansOn(tenant, held);
  for (const plans of tenant.exclusive)
    if (on.has(plans[0]) && on.has(plans[1])) return { kind: "MutuallyExclusiveViolation", plans };
  for (const plans of tenant.needs)
    if (on.has(plans[0]) && !on.has(plans[1])) return { kind: "DependencyViolation", plans };
  return null;
};

/** Why this license of a group cannot be given; null: it can. */
const trouble = (tenant: Tenant, user: UserState, sku: SkuState, off: readonly string[]): string | null => {
  const held = new Map(effective(user));
  const location = user.properties.usageLocation;
  if (typeof location === "string" && sku.prohibitedIn.includes(location)) return "ProhibitedInUsageLocationViolation";
  if (!held.has(sku.skuId) && !free(tenant, sku)) return "CountViolation";
  held.set(sku.skuId, off);
  return violation(tenant, held)?.kind ?? null;
};

/** Gives a member what the group has; if one of its licenses cannot be given, none is. */
const processGroup = (tenant: Tenant, user: UserState, group: GroupState, at: string): readonly Inherited[] => {
  const found = group.licenses.map(({ skuId, disabledPlans }) => {
    const sku = tenant.skus.get(skuId);
    return { skuId, disabledPlans, error: sku ? trouble(tenant, user, sku, disabledPlans) : "Other" };
  });
  const fails = found.some(({ error }) => error !== null);
  return found.map(({ skuId, disabledPlans, error }) => ({
    skuId,
    groupId: group.id,
    state: fails ? "Error" : "Active",
    error: fails ? (error ?? "Other") : "None",
    disabledPlans,
    at,
  }));
};

/** What Entra's background job does after a membership changed, or when it is asked to look at a person again. */
export const process = (tenant: Tenant, user: UserState, at: string): void =>
  change(tenant, user, () => {
    const mine = [...tenant.groups.values()].filter((g) => g.licenses.length > 0 && g.members.has(user.id));
    const kept = user.inherited.filter(
      (i) =>
        i.state === "Active" && mine.some((g) => g.id === i.groupId && g.licenses.some((l) => l.skuId === i.skuId)),
    );
    user.inherited = [...kept];
    for (const group of mine) {
      if (group.licenses.every(({ skuId }) => kept.some((i) => i.groupId === group.id && i.skuId === skuId))) continue;
      const others = user.inherited.filter((i) => i.groupId !== group.id);
      user.inherited = others;
      // Counted as it is given, so that two groups in a row cannot both take the last seat.
      user.inherited = [...others, ...processGroup(tenant, user, group, at)];
    }
  });

export interface Wish {
  readonly add: readonly { readonly skuId: string; readonly disabledPlans: readonly string[] }[];
  readonly remove: readonly string[];
}
/** Why Entra refuses a direct assignment, in its words; null: it does not. */
export const refusalOf = (tenant: Tenant, user: UserState, { add, remove }: Wish): string | null => {
  for (const skuId of remove) {
    if (user.direct.has(skuId)) continue;
    return user.inherited.some((i) => i.skuId === skuId)
      ? "User license is inherited from a group membership and it cannot be removed directly from the user."
      : "User does not have a corresponding license.";
  }
  const location = user.properties.usageLocation;
  if (add.length > 0 && (typeof location !== "string" || location === ""))
    return "License assignment cannot be done for user with invalid usage location.";
  const held = new Map(effective(user));
  for (const skuId of remove)
    if (!user.inherited.some((i) => i.skuId === skuId && i.state === "Active")) held.delete(skuId);
  for (const { skuId, disabledPlans } of add) {
    const sku = tenant.skus.get(skuId);
    if (sku?.appliesTo !== "User") return `License ${skuId} does not correspond to a valid company License.`;
    const stranger = disabledPlans.find((plan) => !sku.plans.some(({ servicePlanId }) => servicePlanId === plan));
    if (stranger !== undefined) return `Service plan ${stranger} is not part of license ${skuId}.`;
    if (typeof location === "string" && sku.prohibitedIn.includes(location))
      return `License assignment failed because service plan in ${skuId} is not allowed in usage location ${location}.`;
    if (!held.has(skuId) && !effective(user).has(skuId) && !free(tenant, sku))
      return `Subscription with SKU ${skuId} does not have any available licenses.`;
    held.set(skuId, disabledPlans);
  }
  const wrong = add.length > 0 ? violation(tenant, held) : null;
  if (wrong?.kind === "MutuallyExclusiveViolation")
    return `License assignment failed because service plans ${wrong.plans.join(", ")} are mutually exclusive.`;
  if (wrong)
    return `License assignment failed because service plan ${wrong.plans[0]} depends on the service plan(s) ${wrong.plans[1]}.`;
  return null;
};
export const assign = (tenant: Tenant, user: UserState, wish: Wish & { readonly at: string }): void =>
  change(tenant, user, () => {
    for (const skuId of wish.remove) user.direct.delete(skuId);
    for (const { skuId, disabledPlans } of wish.add) user.direct.set(skuId, { disabledPlans, at: wish.at });
  });
