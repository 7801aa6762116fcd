import { FilterError, type PatchPath, parsePath } from "../filter.ts";
import { isJson, type Json } from "./evaluate.ts";
import { Refusal, refuse } from "./refusal.ts";
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

const parsed = (text: string): PatchPath => {
  try {
    return parsePath(text);
  } catch (error) {
    if (error instanceof FilterError) return refuse("invalidPath", error.message);
    throw error;
  }
};

export const locate = (model: Model, text: string, manners: PatchManners): At | null => {
  const path = parsed(text);
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

interface Raw {
  readonly op: "add" | "replace" | "remove";
  readonly path: string | null;
  readonly value: unknown;
}

/** What an operation must have, whatever the resource. */
const shape = (raw: unknown, manners: PatchManners): Raw => {
  if (!isJson(raw)) return refuse("invalidValue", "an operation is an object");
  const op = verb(key(raw, "op")[1], manners);
  const [, text] = key(raw, "path");
  const [given, value] = key(raw, "value");
  const path = text === undefined || text === null || text === "" ? null : text;
  if (path !== null && typeof path !== "string") return refuse("invalidPath", "path: a string was expected");
  if (path !== null) parsed(path);
  if (op === "remove" && path === null) return refuse("noTarget", "remove needs a path");
  if ((op === "add" && (value === undefined || value === null)) || (op === "replace" && !given))
    return refuse("invalidValue", `${op} needs a value`);
  return { op, path, value };
};

/** A value for the resource or for an extension is an object, and its keys are attributes. */
const checkKeys = (model: Model, at: At | null, value: unknown, manners: PatchManners): void => {
  if (at?.target.attribute || value === null) return;
  if (!isJson(value)) {
    refuse("invalidValue", "an object was expected");
    return;
  }
  for (const name of Object.keys(value)) {
    if (name.toLowerCase() === "schemas" || manners.unknown === "ignore") continue;
    if (!keyed(model, at, name, manners)) refuse("invalidValue", `'${name}' is in no schema`);
  }
};

/** The place that a key of such a value stands for. */
export const keyed = (model: Model, at: At | null, name: string, manners: PatchManners): At | null => {
  try {
    return locate(model, at?.target.extension ? `${at.target.extension}:${name}` : name, manners);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
};

const operation = (model: Model, { op, path, value }: Raw, manners: PatchManners): Operation | null => {
  const at = path === null ? null : locate(model, path, manners);
  if (path !== null && !at)
    return manners.unknown === "ignore" ? null : refuse("invalidPath", `'${path}' is in no schema`);
  const { attribute, sub } = at?.target ?? {};
  if (op === "remove" && value !== undefined && value !== null && manners.removeByValue === "refuse")
    refuse("invalidValue", "remove takes no value: a filter in the path selects what to remove");
  if (attribute?.mutability === "readOnly" || sub?.mutability === "readOnly")
    refuse("mutability", `'${path}' is read-only`);
  if (op === "remove") {
    if (!at) return refuse("noTarget", "remove needs a path");
    if (requiredWhole(at)) refuse("mutability", "a required attribute cannot be removed");
    return { op, at, value };
  }
  checkKeys(model, at, value, manners);
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
  const raw = operations.map((one: unknown) => shape(one, manners));
  return raw.map((one) => operation(model, one, manners)).filter((o) => o !== null);
};
