import protobuf from "protobufjs";
import { notice } from "./header.ts";

const scalars: Readonly<Record<string, string>> = {
  string: "string",
  bytes: "Buffer",
  bool: "boolean",
  int32: "number",
  uint32: "number",
  int64: "number",
};

/** `tfplugin6.Schema.Block` is SchemaBlock: packages go, what a type stands in stays. */
const nameOf = (type: protobuf.ReflectionObject): string => {
  const outer = type.parent instanceof protobuf.Type ? nameOf(type.parent) : "";
  return `${outer}${type.name}`;
};

const camel = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const valueType = (field: protobuf.Field): string => {
  if (field.resolvedType) return nameOf(field.resolvedType);
  const scalar = scalars[field.type];
  if (scalar === undefined) throw new Error(`${field.fullName}: the codec has no ${field.type}`);
  return scalar;
};

/** As the codec gives it: every field is there, a message that was not sent is null; a choice (oneof) alone may be absent. */
const member = (field: protobuf.Field): string => {
  const name = `readonly ${field.name}`;
  const type = valueType(field);
  if (field.partOf) return `${name}?: ${type};`;
  if (field instanceof protobuf.MapField) return `${name}: { readonly [key: string]: ${type} };`;
  if (field.repeated) return `${name}: readonly ${type}[];`;
  return `${name}: ${type}${field.resolvedType instanceof protobuf.Type ? " | null" : ""};`;
};

const messageText = (type: protobuf.Type): string => {
  const members = type.fieldsArray.map((field) => `  ${member(field)}`);
  return members.length === 0
    ? `export type ${nameOf(type)} = { readonly [none: string]: never };`
    : [`export interface ${nameOf(type)} {`, ...members, "}"].join("\n");
};

const enumText = (type: protobuf.Enum): string =>
  `export type ${nameOf(type)} = ${Object.keys(type.values)
    .map((value) => JSON.stringify(value))
    .join(" | ")};`;

/** One question, one answer: the only kind of call that a handler is written for. */
const serviceText = (service: protobuf.Service): string => {
  const unary = service.methodsArray.filter(({ requestStream, responseStream }) => !requestStream && !responseStream);
  const methods = unary.map(({ name, resolvedRequestType, resolvedResponseType }) => {
    if (!resolvedRequestType || !resolvedResponseType) throw new Error(`${service.fullName}.${name} is not resolved`);
    const types = `request: ${nameOf(resolvedRequestType)}; readonly response: ${nameOf(resolvedResponseType)}`;
    return `  readonly ${camel(name)}: { readonly ${types} };`;
  });
  return [`export interface ${service.name}Rpcs {`, ...methods, "}"].join("\n");
};

const textsBelow = (place: protobuf.NamespaceBase): string[] =>
  place.nestedArray.flatMap((item) => {
    if (item instanceof protobuf.Type)
      return [
        ...(item.fieldsArray.length > 0 || item.nestedArray.length === 0 ? [messageText(item)] : []),
        ...textsBelow(item),
      ];
    if (item instanceof protobuf.Enum) return [enumText(item)];
    if (item instanceof protobuf.Service) return [serviceText(item)];
    return item instanceof protobuf.Namespace ? textsBelow(item) : [];
  });

/** TypeScript types of all messages, as plain objects. */
export const typesText = (tree: protobuf.Root): string => {
  const texts = textsBelow(tree);
  const names = texts.map((text) => /^export \w+ (\w+)/.exec(text)?.[1]);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two types of the protocol would both be called ${twice}`);
  return `${[`// ${notice}`, "// From provider/proto/*.proto; tfplugin6.proto stays under the MPL 2.0.", ...texts].join("\n\n")}\n`;
};
