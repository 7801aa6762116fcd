import { FilterError, parsePath } from "../filter.ts";
import { isJson, type Json } from "./evaluate.ts";
import { refuse } from "./refusal.ts";
import { type Model, resolve, type Target } from "./schema.ts";

/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9). Unknown names are ignored; both at once make no sense. */
export interface Projection {
  readonly only: readonly Target[] | null;
  readonly without: readonly Target[];
}
export const everything: Projection = { only: null, without: [] };

const targets = (model: Model, text: string): Target[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .flatMap((name) => {
      try {
        const { path, where } = parsePath(name);
        if (where) return refuse("invalidPath", `'${name}' selects values`);
        const target = resolve(model, path);
        return target ? [target] : [];
      } catch (error) {
        if (error instanceof FilterError) return refuse("invalidPath", error.message);
        throw error;
      }
    });

export const readProjection = (model: Model, attributes: string | null, excluded: string | null): Projection => {
  if (attributes && excluded) refuse("invalidValue", "attributes and excludedAttributes exclude one another");
  return {
    only: attributes ? targets(model, attributes) : null,
    without: excluded ? targets(model, excluded) : [],
  };
};

export const asks = (p: Projection, name: string): boolean =>
  p.only?.some((t) => t.extension === null && t.attribute?.name === name) ?? false;

const pick = (value: unknown, subs: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => pick(item, subs));
  return isJson(value) ? Object.fromEntries(subs.filter((s) => s in value).map((s) => [s, value[s]])) : value;
};
const omit = (value: unknown, sub: string): unknown => {
  if (Array.isArray(value))
    return value
      .map((item: unknown) => omit(item, sub))
      .filter((item) => !isJson(item) || Object.keys(item).length > 0);
  if (!isJson(value)) return value;
  const { [sub]: _gone, ...rest } = value;
  return rest;
};

const chosen = (host: Json, wanted: readonly Target[]): Json => {
  const out: Record<string, unknown> = {};
  for (const { attribute, sub } of wanted) {
    if (!attribute || host[attribute.name] === undefined) continue;
    const subs = wanted.filter((t) => t.attribute === attribute).map((t) => t.sub?.name);
    const whole = subs.includes(undefined);
    out[attribute.name] =
      whole || !sub
        ? host[attribute.name]
        : pick(
            host[attribute.name],
            subs.filter((s) => s !== undefined),
          );
  }
  return out;
};

const only = (document: Json, wanted: readonly Target[]): Json => {
  const out: Record<string, unknown> = { schemas: document.schemas, id: document.id };
  Object.assign(
    out,
    chosen(
      document,
      wanted.filter((t) => t.extension === null),
    ),
  );
  for (const urn of new Set(wanted.map((t) => t.extension))) {
    const host = urn === null ? undefined : document[urn];
    if (urn === null || !isJson(host)) continue;
    const inside = wanted.filter((t) => t.extension === urn);
    const part = inside.some((t) => !t.attribute) ? host : chosen(host, inside);
    if (Object.keys(part).length > 0) out[urn] = part;
  }
  return out;
};

const stripped = (document: Json, unwanted: readonly Target[]): Json => {
  const out: Record<string, unknown> = { ...document };
  for (const { extension, attribute, sub } of unwanted) {
    if (attribute?.returned === "always") continue;
    const host = extension === null ? out : { ...(isJson(out[extension]) ? out[extension] : {}) };
    if (!attribute) delete out[String(extension)];
    else if (sub) host[attribute.name] = omit(host[attribute.name], sub.name);
    else delete host[attribute.name];
    if (extension === null || !attribute) continue;
    if (Object.keys(host).length > 0) out[extension] = host;
    else delete out[extension];
  }
  return out;
};

/** `schemas` names the schemas of what is shown, not of what is stored. */
const withSchemas = (shown: Json): Json => {
  const { schemas } = shown;
  return Array.isArray(schemas) ? { ...shown, schemas: schemas.filter((urn, i) => i === 0 || urn in shown) } : shown;
};

/** `quiet`: attributes that are returned only when asked for by name. */
export const project = (document: Json, p: Projection, quiet: readonly string[]): Json => {
  if (p.only) return withSchemas(only(document, p.only));
  const silent =
    quiet.length === 0 ? document : Object.fromEntries(Object.entries(document).filter(([k]) => !quiet.includes(k)));
  return p.without.length > 0 ? withSchemas(stripped(silent, p.without)) : silent;
};
