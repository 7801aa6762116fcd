import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type Group, type Member } from "./api.ts";
import type { Client } from "./client.ts";
import { quoted } from "./filter.ts";

export interface Groups {
  /** By displayName, else by id; with members. Problem where there is none, or several. */
  find(name: string, signal: AbortSignal): Promise<Group>;
  /** Names and ids. */
  names(signal: AbortSignal): Promise<readonly Group[]>;
  /** With members, also at services whose lists do not tell them. */
  everything(signal: AbortSignal): Promise<readonly Group[]>;
  named(names: readonly string[], signal: AbortSignal): Promise<readonly Group[]>;
  /** Straight from the service, with members; null: gone. */
  fresh(id: string, signal: AbortSignal): Promise<Group | null>;
  /** Read already in this walk? */
  known(name: string): Group | undefined;
  forget(): void;
}

export const isNested = (m: Member): boolean =>
  m.type?.toLowerCase() === "group" || (!m.type && /\/Groups\/[^/]+$/.test(m.$ref ?? ""));
export const titleOf = (g: Group): string => g.displayName ?? g.id;

export const createGroups = (client: Client, memo: Memo, extension: string | undefined): Groups => {
  const withMembers = ["displayName", "members", ...(extension ? [extension] : [])].join(",");
  const found = new Map<string, Group>();
  const where = `connection "${client.connection}"`;

  const fresh: Groups["fresh"] = async (id, signal) => {
    try {
      return await client.http.call(api.group, { id, attributes: withMembers }, { signal });
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 404) return null;
      throw error;
    }
  };
  /** Nobody, or not told? A single group is asked before nobody is believed. */
  const told = async (group: Group, signal: AbortSignal): Promise<Group> => {
    if (group.members) return group;
    return (await fresh(group.id, signal)) ?? group;
  };
  const names: Groups["names"] = (signal) =>
    memo("groups names", signal, (s) => client.list(api.groups, { attributes: "displayName" }, s));

  const matching = async (name: string, signal: AbortSignal): Promise<readonly Group[]> => {
    const { filter } = await client.features(signal);
    const fold = (g: Group): boolean => g.displayName?.toLowerCase() === name.toLowerCase();
    if (filter) {
      const query = { filter: `displayName eq ${quoted(name)}`, attributes: withMembers };
      const hits = (await client.list(api.groups, query, signal)).filter(fold);
      // A service that cannot filter groups after all answers with none: its list decides.
      if (hits.length > 0 || (await client.features(signal)).told) return hits;
    }
    return (await names(signal)).filter(fold);
  };

  const resolve = async (name: string, signal: AbortSignal): Promise<Group> => {
    const hits = await matching(name, signal);
    const exact = hits.filter((g) => g.displayName === name);
    const [one, another] = exact.length > 0 ? exact : hits;
    if (another)
      throw new Problem("conflict", `${where}: ${hits.length} groups are named "${name}"`, {
        hint: `Name the one you mean by its id: ${hits.map((g) => `group:${g.id}`).join(", ")}.`,
      });
    if (one) return told(one, signal);
    const byId = /^\.{1,2}$/.test(name) ? null : await fresh(name, signal);
    if (byId) return byId;
    const known = (await names(signal)).map((g) => `group:${titleOf(g)}`);
    const hint = didYouMean(`group:${name}`, known) ?? `It has ${known.length} groups.`;
    throw new Problem("not-found", `${where}: the SCIM service has no group "${name}"`, { hint });
  };

  return {
    fresh,
    names,
    known: (name) => found.get(name),
    find: (name, signal) =>
      memo(`group ${name}`, signal, async (s) => {
        const group = await resolve(name, s);
        found.set(name, group);
        return group;
      }),
    everything: (signal) =>
      memo("groups all", signal, async (s) => {
        const groups = await client.list(api.groups, { attributes: withMembers }, s);
        // A list in which one group tells its members tells those of all.
        if (groups.some((g) => g.members && g.members.length > 0)) return groups;
        return Promise.all(groups.map((g) => told(g, s)));
      }),
    named: (wanted, signal) =>
      memo(`groups named ${[...wanted].sort().join("\n")}`, signal, async (s) => {
        const filter = wanted.map((n) => `displayName eq ${quoted(n)}`).join(" or ");
        const groups = await client.list(api.groups, { filter, attributes: withMembers }, s);
        return Promise.all(groups.map((g) => told(g, s)));
      }),
    forget() {
      found.clear();
      memo.forget("group");
    },
  };
};
