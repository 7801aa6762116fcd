import { isJson, type Json } from "./evaluate.ts";
import type { Model } from "./schema.ts";

/** A stored resource is never changed, only replaced. */
export interface Resource {
  readonly id: string;
  readonly kind: Model["name"];
  /** As a client sees it, but for its location and what is derived (a person's groups). */
  readonly document: Json;
  readonly version: number;
}
export interface Tables {
  readonly users: Map<string, Resource>;
  readonly groups: Map<string, Resource>;
  /** By folded userName: it is unique. */
  readonly names: Map<string, string>;
  readonly memberOf: Map<string, Set<string>>;
}
export const emptyTables = (): Tables => ({
  users: new Map(),
  groups: new Map(),
  names: new Map(),
  memberOf: new Map(),
});

export const tableOf = (t: Tables, kind: Model["name"]): Map<string, Resource> =>
  kind === "User" ? t.users : t.groups;

/** Names are compared without case (RFC 7643 section 4.1.1). */
export const nameKey = (name: unknown): string =>
  typeof name === "string" ? name.normalize("NFC").toLowerCase().normalize("NFC") : "";

export const membersOf = (group: Resource | undefined): readonly Json[] => {
  const members = group?.document.members;
  return Array.isArray(members) ? members.filter(isJson) : [];
};
export const memberIds = (group: Resource | undefined): string[] => membersOf(group).map((m) => String(m.value));

const linkMembers = (t: Tables, before: Resource | undefined, after: Resource | undefined): void => {
  const group = after?.id ?? before?.id;
  if (group === undefined) return;
  const now = new Set(memberIds(after));
  for (const id of memberIds(before)) if (!now.has(id)) t.memberOf.get(id)?.delete(group);
  for (const id of now) {
    const of = t.memberOf.get(id);
    if (of) of.add(group);
    else t.memberOf.set(id, new Set([group]));
  }
};

export const save = (t: Tables, resource: Resource): void => {
  const table = tableOf(t, resource.kind);
  const before = table.get(resource.id);
  table.set(resource.id, resource);
  if (resource.kind === "Group") {
    linkMembers(t, before, resource);
    return;
  }
  if (before) t.names.delete(nameKey(before.document.userName));
  t.names.set(nameKey(resource.document.userName), resource.id);
};

export const drop = (t: Tables, resource: Resource): void => {
  const before = tableOf(t, resource.kind).get(resource.id);
  tableOf(t, resource.kind).delete(resource.id);
  if (resource.kind === "Group") linkMembers(t, before, undefined);
  else if (before) t.names.delete(nameKey(before.document.userName));
};

export interface Stamp {
  readonly id: string;
  readonly created: string;
  readonly modified: string;
  readonly version: number;
}
/** A resource as a document: schemas first, as the attributes present demand. */
export const makeResource = (model: Model, body: Json, stamp: Stamp): Resource => {
  const extensions = model.extensions.map((e) => e.id).filter((urn) => body[urn] !== undefined);
  const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, ...rest } = body;
  return {
    id: stamp.id,
    kind: model.name,
    version: stamp.version,
    document: {
      schemas: [model.schema.id, ...extensions],
      id: stamp.id,
      meta: {
        resourceType: model.name,
        created: stamp.created,
        lastModified: stamp.modified,
        version: `W/"${stamp.version}"`,
      },
      ...rest,
    },
  };
};
export const createdOf = (resource: Resource): string =>
  isJson(resource.document.meta) ? String(resource.document.meta.created) : "";

/** A person's groups, also through groups in groups (RFC 7643 section 4.1.2: `indirect`). */
export const groupsOf = (t: Tables, id: string, location: (group: string) => string): Json[] => {
  const found = new Map<string, "direct" | "indirect">();
  const visit = (of: string, type: "direct" | "indirect"): void => {
    for (const group of t.memberOf.get(of) ?? [])
      if (!found.has(group)) {
        found.set(group, type);
        visit(group, "indirect");
      }
  };
  visit(id, "direct");
  return [...found].map(([group, type]) => ({
    value: group,
    $ref: location(group),
    display: t.groups.get(group)?.document.displayName,
    type,
  }));
};
