import type { Attribute, AttributeKind } from "../frontends/terraform/schema.ts";
import { ticked } from "./markdown.ts";

/** An object's members, and what a reader is to be told of them: written the way Terraform's own generator does. */
interface Nested {
  readonly path: readonly string[];
  readonly fields: readonly Attribute[];
  readonly block: boolean;
}

const objectIn = (kind: AttributeKind): readonly Attribute[] | null => {
  if (kind.is === "object") return kind.fields;
  return kind.is === "list" || kind.is === "map" ? objectIn(kind.of) : null;
};

const scalars = { string: "String", integer: "Number", number: "Number", boolean: "Boolean", any: "Dynamic" } as const;
const capital = { list: "List", map: "Map" } as const;

export const typeText = (kind: AttributeKind): string => {
  if (kind.is === "object") return "Attributes";
  if (kind.is !== "list" && kind.is !== "map") return scalars[kind.is];
  return kind.of.is === "object" ? `Attributes ${capital[kind.is]}` : `${capital[kind.is]} of ${typeText(kind.of)}`;
};

const sentence = (text: string): string => (/[.!?:)]$/.test(text) ? text : `${text}.`);
const quoted = (value: unknown): string => ticked(typeof value === "string" ? value : JSON.stringify(value));
/** An empty object as default means that its members' defaults apply, and those are told with the members. */
const tellsDefault = ({ default: value }: Attribute): boolean =>
  value !== undefined && !["{}", "[]"].includes(JSON.stringify(value));

/** All that a reader needs to know of an attribute, besides its members. */
export const told = (field: Attribute): string =>
  [
    sentence(field.description),
    field.kind.is === "string" && field.kind.oneOf ? `One of ${field.kind.oneOf.map(quoted).join(", ")}.` : "",
    tellsDefault(field) ? `Default: ${quoted(field.default)}.` : "",
    field.example === undefined || field.description.includes(ticked(field.example))
      ? ""
      : `Example: ${ticked(field.example)}.`,
    field.immutable ? "A change replaces the resource." : "",
    field.planned ? "Known in the plan." : "",
    field.derived ? "Made from the arguments alone, so known in the first plan." : "",
  ]
    .filter(Boolean)
    .join(" ");

const anchorOf = ({ path, block }: Nested): string => `nested${block ? "block" : "att"}--${path.join("--")}`;

/** Collects nested objects while lines are written; the same object at a second place leads to where it is told. */
const writer = () => {
  const anchors = new Map<string, string>();
  const waiting: Nested[] = [];

  const line = (field: Attribute, path: readonly string[]): string => {
    const members = objectIn(field.kind);
    const block = field.role === "timeouts" && members !== null;
    const type = block ? "Block, Optional" : `${typeText(field.kind)}${field.secret ? ", Sensitive" : ""}`;
    const head = `- ${ticked(field.terraform)} (${type}) ${told(field)}`;
    if (members === null) return head;
    const nested: Nested = { path: [...path, field.terraform], fields: members, block };
    const shape = JSON.stringify(members);
    const known = anchors.get(shape);
    if (known === undefined) {
      anchors.set(shape, anchorOf(nested));
      waiting.push(nested);
    }
    return `${head} (see [below for nested schema](#${known ?? anchorOf(nested)}))`;
  };

  const group = (title: string, fields: readonly Attribute[], path: readonly string[]): string =>
    fields.length === 0 ? "" : `${title}\n\n${fields.map((field) => line(field, path)).join("\n")}`;

  return { waiting, group };
};

const sorted = (fields: readonly Attribute[]): readonly Attribute[] =>
  fields.toSorted((a, b) => (a.terraform < b.terraform ? -1 : 1));
const split = (fields: readonly Attribute[]) => ({
  required: sorted(fields.filter(({ presence }) => presence === "required")),
  optional: sorted(fields.filter(({ presence }) => presence.startsWith("optional"))),
  readOnly: sorted(fields.filter(({ presence }) => presence === "computed")),
});

/** The attributes of a block in the order and with the anchors that readers of the Registry know. */
export const schemaSection = (fields: readonly Attribute[]): string => {
  const { waiting, group } = writer();
  const parts = split(fields);
  const blocks = [
    "## Schema",
    group("### Required", parts.required, []),
    group("### Optional", parts.optional, []),
    group("### Read-Only", parts.readOnly, []),
  ];
  // An object's own objects follow it at once: a reader finds them where they are looked for.
  const open = waiting.splice(0);
  for (let nested = open.shift(); nested; nested = open.shift()) {
    const members = split(nested.fields);
    blocks.push(
      `<a id="${anchorOf(nested)}"></a>\n### Nested Schema for ${ticked(nested.path.join("."))}`,
      group("Required:", members.required, nested.path),
      group("Optional:", members.optional, nested.path),
      group("Read-Only:", members.readOnly, nested.path),
    );
    open.unshift(...waiting.splice(0));
  }
  return blocks.filter(Boolean).join("\n\n");
};
