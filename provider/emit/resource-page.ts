import { type Field, fieldsOf, type Kind } from "../core/fields.ts";
import type { Fn, Resource } from "../core/resource.ts";
import { inputTable, objectTables, outputTable } from "./field-table.ts";
import { code, page } from "./markdown.ts";

const section = (title: string, body: string): string => (body === "" ? "" : `## ${title}\n\n${body}`);

/** In Pulumi a resource has its logical name: nobody has to say it twice. */
export const withLogicalName = (fields: readonly Field[]): readonly Field[] =>
  fields.map((field) =>
    field.name === "name"
      ? { ...field, optional: true, description: `${field.description} Default: the resource's logical name.` }
      : field,
  );

/** `importId` is prose for a reader; its first code span, if it has one, is an id to copy. */
const importText = ({ name, importId }: Resource): string => {
  const id = /`([^`]+)`/.exec(importId)?.[1] ?? "ID";
  return [
    `Id: ${importId}.`,
    code("sh", `pulumi import seatwise:index:${name} NAME '${id}'`),
    `Or, in a program, with the resource option \`{ import: "${id}" }\`.`,
  ].join("\n\n");
};

export const resourcePage = (resource: Resource): string => {
  const inputs = withLogicalName(fieldsOf(resource.inputs));
  const outputs = fieldsOf(resource.outputs);
  const examples = resource.examples ?? [];
  return page(
    `# ${resource.name}`,
    resource.doc,
    section(
      examples.length > 1 ? "Examples" : "Example",
      examples.map(({ typescript }) => code("ts", typescript)).join("\n\n"),
    ),
    section("Inputs", inputTable(inputs)),
    section("Outputs", `Inputs are outputs too. Besides:\n\n${outputTable(outputs)}`),
    objectTables(inputs, outputs),
    section("Import", importText(resource)),
  );
};

/** A value that a reader recognises: the field's own example, else one of its kind. */
const sample = (field: Field): string => {
  const { kind, example } = field;
  if (kind.is === "string") return JSON.stringify(example ?? kind.oneOf?.[0] ?? field.name.toUpperCase());
  return example ?? sampleOf(kind);
};
const sampleOf = (kind: Kind): string => {
  switch (kind.is) {
    case "string":
      return JSON.stringify(kind.oneOf?.[0] ?? "…");
    case "integer":
    case "number":
      return "1";
    case "boolean":
      return "true";
    case "any":
      return "{}";
    case "list":
      return `[${sampleOf(kind.of)}]`;
    case "map":
      return `{ key: ${sampleOf(kind.of)} }`;
    case "object":
      return objectText(kind.fields);
  }
};
const objectText = (fields: readonly Field[]): string => {
  const given = fields.filter((field) => !field.optional);
  return given.length === 0 ? "{}" : `{ ${given.map((field) => `${field.name}: ${sample(field)}`).join(", ")} }`;
};

export const functionPage = (fn: Fn): string => {
  const inputs = fieldsOf(fn.inputs);
  const outputs = fieldsOf(fn.outputs);
  return page(
    `# ${fn.name}`,
    fn.doc,
    fn.pure
      ? "Makes no request: the answer depends on the arguments alone."
      : "Reads through the configured connections; changes nothing.",
    section("Example", code("ts", `const answer = await seatwise.${fn.name}(${objectText(inputs)});`)),
    section("Inputs", inputTable(inputs)),
    section("Outputs", outputTable(outputs)),
    objectTables(inputs, outputs),
  );
};
