import type { World } from "../../simulator/world.ts";
import type { Dialect, SeatTerms } from "./dialect.ts";
import { isJson, type Json } from "./evaluate.ts";
import { Refusal } from "./refusal.ts";
import { type Model, urns } from "./schema.ts";
import { createdOf, makeResource, memberIds, type Resource, save, type Tables } from "./store.ts";

export interface Settling {
  readonly dialect: Dialect;
  readonly world: World<Tables>;
  readonly model: Model;
  readonly before: Resource | undefined;
  readonly now: number;
}
export interface Settled {
  readonly body: Json;
  /** What happens after the resource is stored: seats that are given back later. */
  later(resource: Resource): void;
}

const releasesOf = (group: Resource | undefined): readonly Json[] => {
  const pool = group?.document[urns.seats];
  const releases = isJson(pool) ? pool.releases : undefined;
  return Array.isArray(releases) ? releases.filter(isJson) : [];
};

/** Who has left but still counts: listed as a member until the seat is really free. */
export const pendingOf = (group: Resource): readonly Json[] => releasesOf(group).map((r) => ({ value: r.value }));

const pool = (releases: readonly Json[], purchased: number): Json => ({
  [urns.seats]: { purchased, ...(releases.length > 0 ? { releases } : {}) },
});

const release =
  (model: Model, id: string, endsAt: string, terms: SeatTerms) =>
  (t: Tables): void => {
    const group = t.groups.get(id);
    if (!group) return;
    const releases = releasesOf(group).filter((r) => r.endsAt !== endsAt);
    const stamp = { id, created: createdOf(group), modified: endsAt, version: group.version };
    save(t, makeResource(model, { ...group.document, ...pool(releases, terms.purchased) }, stamp));
  };

/** Enforces what was bought for a group, and keeps those who leave until their seat is really free. */
export const settleSeats = (s: Settling, body: Json): Settled => {
  const name = typeof body.displayName === "string" ? body.displayName : "";
  const terms = s.model.name === "Group" ? s.dialect.seats[name] : undefined;
  if (!terms) return { body, later: () => undefined };
  const ids = new Set(Array.isArray(body.members) ? body.members.filter(isJson).map((m) => String(m.value)) : []);
  const releasesAt = terms.releasesAt !== undefined && Date.parse(terms.releasesAt) > s.now ? terms.releasesAt : null;
  const left = releasesAt === null ? [] : memberIds(s.before).filter((id) => !ids.has(id));
  const pending = releasesOf(s.before).filter((r) => !ids.has(String(r.value)));
  const releases = [...pending, ...left.map((value) => ({ value, endsAt: releasesAt }))];
  const [used, wanted] = [memberIds(s.before).length + releasesOf(s.before).length, ids.size + releases.length];
  const bought = Math.max(terms.purchased, terms.buysOnAssign ? wanted : 0);
  if (wanted > used && wanted > bought)
    throw new Refusal(
      403,
      null,
      `No license is available for '${name}': ${terms.purchased} purchased, ${used} in use, ${wanted} wanted`,
    );
  return {
    body: { ...body, ...pool(releases, bought) },
    later: (resource) => {
      if (left.length > 0 && releasesAt !== null)
        s.world.write(release(s.model, resource.id, releasesAt, terms), Date.parse(releasesAt) - s.now);
    },
  };
};
