import type { Sku } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { type App, api } from "./api.ts";
import type { Client } from "./client.ts";
import type { Groups, OktaGroup } from "./groups.ts";

/** A SKU, found: the group whose members, or the application whose users, have the seats. */
export type Target = { readonly is: "group"; readonly group: OktaGroup } | { readonly is: "app"; readonly app: App };
export interface Skus {
  find(sku: string, signal: AbortSignal): Promise<Target>;
  list(signal: AbortSignal): Promise<readonly Sku[]>;
  /** Without a question to Okta: which groups a write to this SKU changes. */
  writes(sku: string): readonly string[];
}

/** Ids are kept, names are for people: whoever renames a group or an application renames no licence. */
export const skuOf = (target: Target): Sku =>
  target.is === "group"
    ? { sku: `group:${target.group.id}`, name: target.group.name }
    : { sku: `app:${target.app.id}`, name: target.app.label };
const groupIn = (sku: string): string | null => /^group:(.+)$/s.exec(sku)?.[1] ?? null;
const appIn = (sku: string): string | null => /^app:(.+)$/s.exec(sku)?.[1] ?? null;
export const isGroupSku = (sku: string): boolean => groupIn(sku) !== null;

export const createSkus = (client: Client, memo: Memo, groups: Groups): Skus => {
  const where = `connection "${client.connection}"`;
  const known = new Map<string, OktaGroup>();
  const unknown = (what: string, hint: string | undefined): Problem =>
    new Problem("not-found", `${where}: Okta has no ${what}`, hint === undefined ? {} : { hint });
  const note = (group: OktaGroup): OktaGroup => {
    for (const name of [group.id, group.name, group.path]) known.set(name, group);
    return group;
  };
  const findGroup = async (label: string, signal: AbortSignal): Promise<Target> => {
    const group = await groups.find(label, signal);
    if (group) return { is: "group", group: note(group) };
    throw unknown(`group "${label}"`, await groups.near(label, "group:", signal));
  };
  const appsLike = (q: string | null, signal: AbortSignal): Promise<readonly App[]> =>
    client.list(api.apps, { q, limit: client.size.groups }, { what: "applications", key: (app) => app.id, signal });
  const oneOf = (label: string, found: readonly App[]): App | null => {
    const [first, second] = found;
    if (!second) return first ?? null;
    throw new Problem("conflict", `${where}: ${found.length} applications are labelled "${label}"`, {
      hint: `Say which by its id: ${found.map(({ id }) => `app:${id}`).join(", ")}.`,
    });
  };
  const findApp = async (label: string, signal: AbortSignal): Promise<Target> => {
    const byId = /^0oa[A-Za-z0-9]{17}$/.test(label)
      ? await client.find(api.app, { app: label }, { signal, kind: /\(AppInstance\)/ })
      : null;
    if (byId) return { is: "app", app: byId };
    const named = (await appsLike(label, signal)).filter((app) => app.label === label);
    const active = named.filter(({ status }) => status === "ACTIVE");
    const app = oneOf(label, active.length > 0 ? active : named);
    if (app) return { is: "app", app };
    const labels = (await appsLike(null, signal)).map((one) => one.label);
    throw unknown(`application "${label}"`, didYouMean(label, labels, "app:"));
  };
  const read = (sku: string, signal: AbortSignal): Promise<Target> => {
    const [label, app] = [groupIn(sku), appIn(sku)];
    if (label !== null) return findGroup(label, signal);
    if (app !== null) return findApp(app, signal);
    throw new Problem("invalid", `${where}: "${sku}" is no SKU of Okta`, {
      path: ["sku"],
      hint: "A seat is a membership or an assignment: group:NAME or app:LABEL.",
    });
  };
  /** Who works with groups only need not be allowed to see applications: said, because the list is then shorter. */
  const ifAllowed = async (list: Promise<readonly App[]>): Promise<readonly App[]> =>
    list.catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== "denied") throw error;
      client.log("warning", `${where}: applications are not among the SKUs listed: ${error.message}`);
      return [];
    });
  /** Found by name, a SKU goes by its id from then on: that is not asked again. */
  const found = new Map<string, Target>();
  const find = async (sku: string, signal: AbortSignal): Promise<Target> => {
    const target = await read(sku, signal);
    found.set(skuOf(target).sku, target);
    return target;
  };
  return {
    find: async (sku, signal) => found.get(sku) ?? memo(`sku ${sku}`, signal, (inner) => find(sku, inner)),
    async list(signal) {
      const [all, apps] = await Promise.all([groups.all(signal), ifAllowed(appsLike(null, signal))]);
      all.forEach(note);
      return [...all.map((group) => skuOf({ is: "group", group })), ...apps.map((app) => skuOf({ is: "app", app }))];
    },
    writes(sku) {
      const label = groupIn(sku);
      if (label === null) return [];
      const group = known.get(label);
      return group ? [...new Set([group.name, group.path])] : [label];
    },
  };
};
