import type { Message, Previous } from "../../core/resource.ts";
import { isUnknown, type Value, type Values } from "../../core/value.ts";
import type { At } from "../../engine/verbs.ts";
import { warning } from "./diagnostics.ts";
import type { Instance } from "./instance.ts";
import type { Diagnostic, DynamicValue } from "./messages.ts";
import type { PrivateState } from "./private-state.ts";
import type { ResourceSchema, Role } from "./schema-model.ts";

/** One call about one resource: who it came to, what ends it, and what is said on the way. */
export interface ResourceCall {
  readonly instance: Instance;
  readonly schema: ResourceSchema;
  readonly signal: AbortSignal;
  /** Live, into Terraform's log. */
  readonly log: (message: Message) => void;
}

export const namesOf = ({ fields }: ResourceSchema, role: Role): readonly string[] =>
  fields.filter((field) => field.role === role).map(({ name }) => name);

const pick = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]));

/** What a program gives, of all that a resource's object holds. */
export const inputsOf = ({ schema }: ResourceCall, values: Values): Values => pick(values, namesOf(schema, "input"));

/** Has outputs that name people before anything happens: a plan that somebody approves. */
export const isPlanned = ({ fields }: ResourceSchema): boolean => fields.some(({ planned }) => planned);

/** Every value in an answer of Terraform 1.x comes as MessagePack; none is a null. */
export const bytesOf = (value: DynamicValue | null | undefined): Uint8Array => value?.msgpack ?? Buffer.of(0xc0);

/** What state holds, as the engine knows it. */
export const previousOf = (call: ResourceCall, values: Values, kept: PrivateState): Previous => ({
  id: typeof values.id === "string" ? values.id : "",
  inputs: kept.imported ? null : inputsOf(call, values),
  outputs: pick(values, namesOf(call.schema, "output")),
  record: kept.record,
});

/** A resource of which only the import id is known is named for its last part: `crm/group:crm-users` → `crm-users`. */
const nameFromId = (id: string): string => /[^/:]+$/.exec(id)?.[0] ?? id;

export const nameOf = (values: Values): string =>
  typeof values.name === "string" && !isUnknown(values.name) ? values.name : nameFromId(String(values.id ?? ""));

/** No address reaches a provider: type and name tell resources apart. */
export const keyOf = ({ schema }: ResourceCall, name: string): string => `${schema.type}::${name}`;

const unit: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** `90s`, `10m`, `1h30m`; what is no duration sets no limit, and validation has said so. */
export const milliseconds = (text: Value | undefined): number | null => {
  if (typeof text !== "string" || !/^(\d+[smh])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smh])/g)].reduce((sum, [, n, of]) => sum + Number(n) * (unit[of ?? ""] ?? 0), 0);
};

export interface Listening {
  readonly at: At;
  /** What is worth a person's eyes, as Terraform prints it after the plan: warnings, and who gains or loses a seat. */
  readonly warnings: (how: { readonly plans: boolean }) => Diagnostic[];
}

export const listen = (
  call: ResourceCall,
  of: {
    readonly name: string;
    readonly signal?: AbortSignal;
    readonly carried?: string | null;
    readonly inherits?: string | null;
  },
): Listening => {
  const said: Message[] = [];
  const { instance, schema } = call;
  const at: At = {
    type: schema.type,
    key: keyOf(call, of.name),
    name: of.name,
    signal: of.signal ?? call.signal,
    carried: of.carried ?? null,
    inherits: of.inherits ?? null,
    log: (message) => {
      if (message.ephemeral || message.level === "debug") call.log(message);
      else said.push(message);
    },
  };
  const warnings: Listening["warnings"] = ({ plans }) =>
    said
      .filter(({ level }) => plans || level !== "info")
      .map((message) => warning(message, { name: of.name, redactor: instance.redactor }));
  return { at, warnings };
};
