import { FilterError, type PatchPath, parsePath } from "../filter.ts";
import { isJson, type Json } from "./evaluate.ts";
import { refuse } from "./refusal.ts";
import { type Model, resolve, type Target } from "./schema.ts";

/** Where servers differ in PATCH, as found in the wild. */
export interface PatchManners {
  /** `"op": "Add"`, as Entra sends it. */
  readonly capitalOps: "accept" | "refuse";
  /** `members[value eq "x"]`. */
  readonly pathFilters: "accept" | "refuse";
  /** `{"op":"remove","path":"members","value":[…]}`. `empties`: the value is ignored and every member goes. */
  readonly removeByValue: "refuse" | "apply" | "empties";
  /** A filter that selects nothing: an error, or the entry that it describes is made. */
  readonly unmatched: "refuse" | "create";
  readonly unknown: "refuse" | "ignore";
}

export type Operation =
  | { readonly op: "add" | "replace"; readonly at: At | null; readonly value: unknown }
  | { readonly op: "remove"; readonly at: At; readonly value: unknown };
export interface At {
  readonly path: PatchPath;
  readonly target: Target;
}

export const locate = (model: Model, text: string, manners: PatchManners): At | null => {
  let path: PatchPath;
  try {
    path = parsePath(text);
  } catch (error) {
    if (error instanceof FilterError) return refuse("invalidPath", error.message);
    throw error;
  }
  if (path.where && manners.pathFilters === "refuse") refuse("invalidPath", "filters in paths are not supported");
  const sub = path.sub ?? path.path.sub;
  const target = resolve(model, { ...path.path, sub });
  return target ? { path, target } : null;
};

const requiredWhole = (at: At): boolean =>
  at.target.attribute?.required === true && !at.target.sub && at.path.where === null;

const verb = (raw: unknown, manners: PatchManners): "add" | "replace" | "remove" => {
  const op = typeof raw === "string" ? raw.toLowerCase() : "";
  if (op !== "add" && op !== "replace" && op !== "remove")
    return refuse("invalidValue", `${JSON.stringify(raw)} is not a PATCH operation: add, remove or replace`);
  if (op !== raw && manners.capitalOps === "refuse")
    return refuse("invalidSyntax", `${JSON.stringify(raw)} must be written "${op}"`);
  return op;
};

const key = (body: Json, name: string): readonly [boolean, unknown] => {
  const entry = Object.entries(body).find(([k]) => k.toLowerCase() === name);
  return [entry !== undefined, entry?.[1]];
};

const placeOf = (model: Model, text: unknown, manners: PatchManners): At | "ignored" | null => {
  if (text === undefined || text === null || text === "") return null;
  if (typeof text !== "string") return refuse("invalidPath", "path: a string was expected");
  const at = locate(model, text, manners);
  if (!at) return manners.unknown === "ignore" ? "ignored" : refuse("invalidPath", `'${text}' is in no schema`);
  const { attribute, sub } = at.target;
  if (attribute?.mutability === "readOnly" || sub?.mutability === "readOnly")
    refuse("mutability", `'${text}' is read-only`);
  return at;
};

const remove = (at: At | null, value: unknown, manners: PatchManners): Operation => {
  if (!at) return refuse("noTarget", "remove needs a path");
  if (value !== undefined && value !== null && manners.removeByValue === "refuse")
    refuse("invalidValue", "remove takes no value: a filter in the path selects what to remove");
  if (requiredWhole(at)) refuse("mutability", "a required attribute cannot be removed");
  return { op: "remove", at, value };
};

const operation = (model: Model, raw: unknown, manners: PatchManners): Operation | null => {
  if (!isJson(raw)) return refuse("invalidSyntax", "an operation is an object");
  const op = verb(key(raw, "op")[1], manners);
  const [, path] = key(raw, "path");
  const [given, value] = key(raw, "value");
  const missing = path === undefined || path === null || path === "";
  if (op === "remove" && missing) return refuse("noTarget", "remove needs a path");
  if ((op === "add" && (value === undefined || value === null)) || (op === "replace" && !given))
    return refuse("invalidValue", `${op} needs a value`);
  const at = placeOf(model, path, manners);
  if (at === "ignored") return null;
  if (op === "remove") return remove(at, value, manners);
  const unassigns = value === null || (op === "replace" && Array.isArray(value) && value.length === 0);
  if (at && unassigns && requiredWhole(at)) refuse("mutability", "a required attribute cannot be unassigned");
  return { op, at, value };
};

/** Checks what is wrong on any resource, before one is looked up: a bad request is a 400 even where the resource is missing. */
export const readPatch = (model: Model, body: unknown, manners: PatchManners): readonly Operation[] => {
  if (!isJson(body)) return refuse("invalidSyntax", "a JSON object was expected");
  const [, operations] = key(body, "operations");
  if (!Array.isArray(operations) || operations.length === 0)
    return refuse("invalidValue", "Operations holds one or more operations");
  return operations.map((raw: unknown) => operation(model, raw, manners)).filter((o) => o !== null);
};
