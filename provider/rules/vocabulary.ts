import { nearest } from "../core/nearest.ts";
import { type Status, statuses } from "../core/person.ts";

/** What an expression can be. `attribute`: text when the directory has one value, a list when it has several. */
export type Type =
  | {
      readonly kind:
        | "bool"
        | "text"
        | "status"
        | "int"
        | "time"
        | "span"
        | "attribute"
        | "attributes"
        | "person"
        | "nothing";
    }
  | { readonly kind: "list"; readonly of: Type };

export const BOOL: Type = { kind: "bool" };
export const TEXT: Type = { kind: "text" };
export const INT: Type = { kind: "int" };
export const TIME: Type = { kind: "time" };
export const SPAN: Type = { kind: "span" };
export const ATTRIBUTE: Type = { kind: "attribute" };
export const NOTHING: Type = { kind: "nothing" };
export const list = (of: Type): Type => ({ kind: "list", of });

export const textFields = [
  "id",
  "login",
  "email",
  "firstName",
  "lastName",
  "department",
  "title",
  "manager",
  "type",
] as const;
export const timeFields = ["createdAt", "startsOn", "endsOn"] as const;
export type TextField = (typeof textFields)[number];
export type TimeField = (typeof timeFields)[number];

const fields: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...textFields.map((name): [string, Type] => [name, TEXT]),
  ...timeFields.map((name): [string, Type] => [name, TIME]),
  ["status", { kind: "status" }],
  ["groups", list(TEXT)],
  ["attributes", { kind: "attributes" }],
]);
export const fieldNames: readonly string[] = [...fields.keys()];
export const fieldType = (name: string): Type | undefined => fields.get(name);

export const isTextField = (name: string): name is TextField => textFields.some((field) => field === name);
export const isTimeField = (name: string): name is TimeField => timeFields.some((field) => field === name);
export const isStatus = (text: string): text is Status => statuses.some((status) => status === text);

/** Names other systems use for the same thing; `nearest` cannot find these by their letters. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["mail", "email"],
  ["username", "login"],
  ["userprincipalname", "login"],
  ["upn", "login"],
  ["name", "firstName or user.lastName"],
  ["givenname", "firstName"],
  ["surname", "lastName"],
  ["familyname", "lastName"],
  ["sn", "lastName"],
  ["dept", "department"],
  ["jobtitle", "title"],
  ["enabled", "status"],
  ["active", "status"],
  ["state", "status"],
  ["roles", "groups"],
  ["teams", "groups"],
  ["memberof", "groups"],
  ["usertype", "type"],
  ["employeetype", "type"],
  ["hiredate", "startsOn"],
  ["startdate", "startsOn"],
  ["enddate", "endsOn"],
  ["created", "createdAt"],
  ["custom", "attributes"],
]);

/** The known name that somebody who wrote `word` most likely meant. One or two letters are near to everything. */
export const meantBy = (word: string, known: Iterable<string>): string | null =>
  word.length < 3 ? null : (nearest(word.slice(0, 64), known, 1)[0] ?? null);

/** The field of `user` that somebody who wrote `name` most likely meant. */
export const fieldMeant = (name: string): string | null => {
  const key = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  return elsewhere.get(key) ?? meantBy(key, fieldNames);
};

export const functionNames = [
  "has",
  "size",
  "startsWith",
  "endsWith",
  "contains",
  "matches",
  "lowerAscii",
  "exists",
  "all",
  "timestamp",
  "duration",
] as const;

/** How messages call a type. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "bool":
      return "true or false";
    case "text":
    case "status":
      return "text";
    case "int":
      return "a number";
    case "time":
      return "a time";
    case "span":
      return "a duration";
    case "attribute":
      return "an attribute (text, or a list where it has several values)";
    case "attributes":
      return "the map of all attributes";
    case "person":
      return "a whole person";
    case "nothing":
      return "nothing";
    case "list":
      return type.of.kind === "nothing" ? "an empty list" : `a list of ${plural(type.of)}`;
  }
}

const plural = (type: Type): string => {
  const names = {
    bool: "true or false",
    text: "texts",
    int: "numbers",
    time: "times",
    span: "durations",
    attribute: "attributes",
  };
  return type.kind === "status" ? "texts" : type.kind in names ? names[type.kind as keyof typeof names] : "lists";
};
