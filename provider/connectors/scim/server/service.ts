import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Random } from "../../simulator/random.ts";
import { createWorld, type World } from "../../simulator/world.ts";
import { applyPatch } from "./apply-patch.ts";
import type { Dialect } from "./dialect.ts";
import { isJson, type Json } from "./evaluate.ts";
import { readPatch } from "./patch.ts";
import { notFound, Refusal, refuse, unsupported } from "./refusal.ts";
import { groupModel, groupModelWithSeats, type Model, userModel } from "./schema.ts";
import { type Candidate, checkQuery, createPager, type Page, type Query, select } from "./search.ts";
import { pendingOf, settleSeats } from "./seats.ts";
import {
  createdOf,
  drop,
  emptyTables,
  groupsOf,
  makeResource,
  memberIds,
  nameKey,
  type Resource,
  save,
  type Tables,
  tableOf,
} from "./store.ts";
import { readBody } from "./values.ts";

/** A condition that came with a request. */
export interface Condition {
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
}
export const unconditional: Condition = { ifMatch: null, ifNoneMatch: null };

export interface Service {
  readonly dialect: Dialect;
  readonly world: World<Tables>;
  readonly models: readonly Model[];
  create(model: Model, body: unknown): Resource;
  replace(model: Model, id: string, body: unknown, condition: Condition): Resource;
  patch(model: Model, id: string, body: unknown, condition: Condition): Resource;
  remove(model: Model, id: string, condition: Condition): void;
  find(model: Model, id: string): Resource;
  /** What a client sees, with what is derived. */
  view(model: Model, resource: Resource, listed: boolean): Json;
  search(models: readonly Model[], query: Query): Page;
}

const tags = (header: string): string[] =>
  [...header.matchAll(/(?:W\/)?"([^"]*)"|([^\s,]+)/gi)].map((m) => m[1] ?? (m[2] ?? "").replace(/^W\//i, ""));
/** Weakly compared, because SCIM's versions are weak (RFC 7644 section 3.14). */
export const fits = (header: string, resource: Resource): boolean =>
  header.trim() === "*" || tags(header).includes(String(resource.version));

export const createService = (dialect: Dialect, clock: SimulatorClock, random: Random): Service => {
  const world = createWorld(emptyTables(), clock);
  const withSeats = Object.keys(dialect.seats).length > 0;
  const models = [userModel, withSeats ? groupModelWithSeats : groupModel];
  const pager = createPager(dialect, clock.now, () => random.word(20));
  const reading = { unknown: dialect.unknown, blame: "invalidSyntax" } as const;
  let versions = 0;
  let lastTime = 0;
  const timestamp = (): string => {
    lastTime = Math.max(clock.now(), lastTime);
    return new Date(lastTime).toISOString();
  };

  const find = (model: Model, id: string): Resource => {
    const found = tableOf(world.read(), model.name).get(id);
    if (!found) throw notFound(`${model.name} '${id}'`);
    return found;
  };
  const guard = (resource: Resource, { ifMatch, ifNoneMatch }: Condition): void => {
    const failed =
      dialect.etag &&
      ((ifMatch?.trim() && !fits(ifMatch, resource)) || (ifNoneMatch?.trim() && fits(ifNoneMatch, resource)));
    if (failed) throw new Refusal(412, null, "Failed to update. Resource has changed on the server");
  };

  const checkUnique = (model: Model, body: Json, id: string | null): void => {
    const t = world.read();
    const taken = (): never => refuse("uniqueness", "One or more of the attribute values are already in use", 409);
    if (model.name === "User") {
      const owner = t.names.get(nameKey(body.userName));
      if (owner !== undefined && owner !== id) taken();
    } else if (dialect.groupNames === "unique") {
      const name = nameKey(body.displayName);
      for (const g of t.groups.values()) if (g.id !== id && nameKey(g.document.displayName) === name) taken();
    }
  };
  const checkMembers = (body: Json, before: Resource | undefined): void => {
    if (dialect.unknownMembers === "accept" || !Array.isArray(body.members)) return;
    const t = world.read();
    const known = new Set(memberIds(before));
    for (const member of body.members.filter(isJson)) {
      const id = String(member.value);
      if (!known.has(id) && !t.users.has(id) && !t.groups.has(id))
        refuse("invalidValue", `members: no resource has the id '${id}'`);
    }
  };

  const store = (model: Model, body: Json, before: Resource | undefined): Resource => {
    checkUnique(model, body, before?.id ?? null);
    if (model.name === "Group") checkMembers(body, before);
    const settled = settleSeats({ dialect, world, model, before, now: clock.now() }, body);
    versions += 1;
    const modified = timestamp();
    const stamp = {
      id: before?.id ?? random.uuid(),
      created: before ? createdOf(before) : modified,
      modified,
      version: versions,
    };
    const resource = makeResource(model, settled.body, stamp);
    world.write((t) => save(t, resource));
    settled.later(resource);
    return resource;
  };

  const forget = (resource: Resource): void => {
    world.write((t) => drop(t, resource));
    if (resource.kind === "Group" || dialect.danglingMembers === "keep") return;
    for (const id of [...(world.read().memberOf.get(resource.id) ?? [])]) {
      const group = world.read().groups.get(id);
      const members = Array.isArray(group?.document.members) ? group.document.members : [];
      if (group)
        store(
          models[1] ?? groupModel,
          { ...group.document, members: members.filter((m) => m.value !== resource.id) },
          group,
        );
    }
  };

  const view = (model: Model, resource: Resource, listed: boolean): Json => {
    if (model.name === "Group") {
      const { members, ...rest } = resource.document;
      const pending = withSeats ? pendingOf(resource) : [];
      if (pending.length > 0 && !(listed && dialect.members === "single"))
        return { ...rest, members: [...(Array.isArray(members) ? members : []), ...pending] };
      const empty = Array.isArray(members) && members.length === 0;
      return empty || (listed && dialect.members === "single") ? rest : resource.document;
    }
    if (!dialect.userGroups) return resource.document;
    const groups = groupsOf(listed ? world.listed() : world.read(), resource.id, (id) => `Groups/${id}`);
    return groups.length > 0 ? { ...resource.document, groups } : resource.document;
  };

  const candidates = function* (searched: readonly Model[], derived: boolean): Iterable<Candidate> {
    for (const model of searched)
      for (const resource of tableOf(world.listed(), model.name).values())
        yield { model, document: derived ? view(model, resource, true) : resource.document };
  };

  return {
    dialect,
    world,
    models,
    find,
    view,
    create: (model, body) => store(model, readBody(model, body, reading), undefined),
    replace(model, id, body, condition) {
      const before = find(model, id);
      const next = readBody(model, body, reading);
      guard(before, condition);
      return store(model, next, before);
    },
    patch(model, id, body, condition) {
      if (!dialect.patch) throw unsupported("PATCH");
      const operations = readPatch(model, body, dialect);
      const before = find(model, id);
      guard(before, condition);
      const after = applyPatch(model, dialect, operations, before.document);
      return after === before.document ? before : store(model, after, before);
    },
    remove(model, id, condition) {
      const before = find(model, id);
      guard(before, condition);
      forget(before);
    },
    search(searched, query) {
      checkQuery(query, dialect);
      const derived = /groups/i.test(`${query.filter} ${query.sortBy}`);
      const { cursor: _cursor, count: _count, startIndex: _start, ...rest } = query;
      const question = JSON.stringify([searched.map((m) => m.name), rest]);
      return pager(query, question, () => select(query, searched, () => candidates(searched, derived)));
    },
  };
};
