import type { Field, Kind } from "../core/fields.ts";
import { table, ticked } from "./markdown.ts";

/** A field's type for a reader; a named object links to its own table further down. */
const typeText = (kind: Kind): string => {
  switch (kind.is) {
    case "string":
      return kind.oneOf ? kind.oneOf.map((value) => ticked(value)).join(" or ") : "string";
    case "list":
      return `list of ${typeText(kind.of)}`;
    case "map":
      return `map of ${typeText(kind.of)}`;
    case "object":
      return kind.name ? `[${kind.name}](#${kind.name.toLowerCase()})` : "object";
    default:
      return kind.is;
  }
};

const remarks = (field: Field): string[] => [
  ...(field.example === undefined ? [] : [`Example: ${ticked(field.example)}.`]),
  ...(field.immutable ? ["A change replaces the resource."] : []),
  ...(field.secret ? ["**Secret.**"] : []),
  ...(field.planned ? ["Known in the plan."] : []),
  ...(field.derived ? ["Derived from inputs, so known in the first preview."] : []),
];
const sentence = (text: string): string => (/[.!?:)]$/.test(text) ? text : `${text}.`);

export const describe = (field: Field): string => [sentence(field.description), ...remarks(field)].join(" ");

const defaultText = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" ? '`""`' : ticked(text);
};

/** Required, optional, or the default. */
const need = (field: Field): string => {
  if (!field.optional) return "**required**";
  // An empty object as default means that its members' defaults apply, and those stand in their own table.
  const plain = field.default === undefined || JSON.stringify(field.default) === "{}";
  return plain ? "optional" : defaultText(field.default);
};

/** Members of an object without a name of its own stand right below it, with a dot. */
const spread = (fields: readonly Field[], prefix = ""): readonly (readonly [string, Field])[] =>
  fields.flatMap((field) => {
    const own = [`${prefix}${field.name}`, field] as const;
    const { kind } = field;
    return kind.is === "object" && !kind.name ? [own, ...spread(kind.fields, `${own[0]}.`)] : [own];
  });

const visible = (fields: readonly Field[]): readonly Field[] => fields.filter((field) => !field.hidden);

export const inputTable = (fields: readonly Field[]): string =>
  table(
    ["Input", "Type", "Default", "Description"],
    spread(visible(fields)).map(([name, field]) => [ticked(name), typeText(field.kind), need(field), describe(field)]),
  );

export const outputTable = (fields: readonly Field[]): string =>
  table(
    ["Output", "Type", "Description"],
    spread(visible(fields)).map(([name, field]) => [ticked(name), typeText(field.kind), describe(field)]),
  );

const inside = (kind: Kind): readonly Kind[] => {
  if (kind.is === "list" || kind.is === "map") return inside(kind.of);
  if (kind.is !== "object") return [];
  return [kind, ...kind.fields.flatMap((field) => inside(field.kind))];
};

/** Every named object that these fields use, at any depth, in order of appearance. */
const namedObjects = (fields: readonly Field[]): ReadonlyMap<string, readonly Field[]> => {
  const found = new Map<string, readonly Field[]>();
  for (const kind of fields.flatMap((field) => inside(field.kind)))
    if (kind.is === "object" && kind.name && !found.has(kind.name)) found.set(kind.name, kind.fields);
  return found;
};

/** The tables of the objects that inputs and outputs use; each once. */
export const objectTables = (inputs: readonly Field[], outputs: readonly Field[]): string => {
  const given = namedObjects(visible(inputs));
  const told = [...namedObjects(visible(outputs))].filter(([name]) => !given.has(name));
  const section = (name: string, body: string) => `### ${name}\n\n${body}`;
  const sections = [
    ...[...given].map(([name, fields]) => section(name, inputTable(fields))),
    ...told.map(([name, fields]) => section(name, outputTable(fields))),
  ];
  return sections.length > 0 ? `## Objects\n\n${sections.join("\n\n")}` : "";
};
