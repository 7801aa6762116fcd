import type { Ast } from "../core/ast.ts";
import { fault } from "./place.ts";
import { attributeName, type Of } from "./tree.ts";
import {
  ATTRIBUTE,
  BOOL,
  fieldMeant,
  fieldNames,
  fieldType,
  meantBy,
  TEXT,
  TIME,
  type Type,
  typeName,
} from "./vocabulary.ts";

export interface Scope {
  /** What was found out about each node; the compiler reads it. */
  readonly types: Map<Ast, Type>;
  /** The variable of the comprehension around, if any. One level is all there is. */
  readonly variable: { readonly name: string; readonly type: Type } | null;
}

export function typeOfName(ast: Of<"name">, scope: Scope): Type {
  if (ast.name === scope.variable?.name) return scope.variable.type;
  if (ast.name === "now") return TIME;
  if (ast.name === "user") return { kind: "person" };
  if (ast.name === "usage")
    throw fault(ast.at, "usage is not known to rules", "Inactive seats are taken back by the pool's reclaim.");
  const field = fieldMeant(ast.name);
  const meant = fieldNames.includes(ast.name)
    ? `user.${ast.name}`
    : (meantBy(ast.name, ["user", "now"]) ?? (field && `user.${field}`));
  const text = /^[A-Z]/.test(ast.name) ? " Put text in quotes." : "";
  throw fault(
    ast.at,
    `unknown name ${short(ast.name)}${meant ? `; did you mean ${meant}?` : ""}`,
    `Variables: user and now.${text}`,
  );
}

/** `user.x`, `user.attributes.x`, `user.attributes["x"]` and the same inside has(). */
export function typeOfSelection(ast: Of<"field" | "index" | "has">, of: Type, scope: Scope): Type {
  if (of.kind === "person" && ast.kind !== "index") return userField(ast);
  if (of.kind === "attributes") {
    if (ast.kind !== "index") return ast.kind === "has" ? BOOL : ATTRIBUTE;
    if (ast.key.kind === "literal" && typeof ast.key.value === "string") {
      scope.types.set(ast.key, TEXT);
      return ATTRIBUTE;
    }
    throw fault(ast.key.at, "an attribute's name is a fixed text", 'Write user.attributes["cost-center"].');
  }
  if (ast.kind === "index") throw fault(ast.key.at, `[…] reads attributes only, not ${typeName(of)}`, indexHint(of));
  const dotted = attributeName(ast.of);
  const hint = dotted === null ? undefined : `Write user.attributes["${short(`${dotted}.${ast.name}`)}"].`;
  throw fault(
    ast.at,
    `${typeName(of)} has no field ${short(ast.name)}`,
    ast.kind === "has" ? "Write has(user.department)." : hint,
  );
}

const indexHint = (of: Type): string =>
  of.kind === "person"
    ? "Write user.department."
    : of.kind === "list" || of.kind === "attribute"
      ? 'Lists have no fixed order: write "value" in the list, or list.exists(v, condition).'
      : 'Write user.attributes["name"].';

function userField(ast: Of<"field" | "has">): Type {
  const type = fieldType(ast.name);
  if (type) return ast.kind === "has" ? BOOL : type;
  const meant = fieldMeant(ast.name);
  const hint = `What the directory adds is under user.attributes, for example user.attributes.${short(ast.name)}. Fields: ${fieldNames.join(", ")}.`;
  throw fault(ast.at, `unknown field user.${short(ast.name)}${meant ? `; did you mean user.${meant}?` : ""}`, hint);
}

export const short = (word: string): string => (word.length > 64 ? `${word.slice(0, 64)}…` : word);
