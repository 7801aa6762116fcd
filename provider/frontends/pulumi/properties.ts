import type { Previous } from "../../core/resource.ts";
import { isUnknown, reveal, Secret, type Values } from "../../core/value.ts";
import type { PackageFacts } from "./package-facts.ts";
import { keepSecret } from "./secrecy.ts";

/** Hidden from the CLI's output by its underscores, encrypted in state because it is a secret. */
const RECORD = "__record";

const without = (values: Values, names: ReadonlySet<string>): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));

export interface Shown {
  readonly inputs: Values;
  readonly outputs: Values;
  readonly record: string | null;
}
/**
 * A resource's properties: inputs, outputs (also where both have a name), and the record. Each is as secret as the inputs it
 * was made from.
 */
export const toProperties = ({ inputs, outputs, record }: Shown): Values => {
  const all = keepSecret({ ...inputs, ...outputs }, inputs);
  const { [RECORD]: _stale, ...shown } = all;
  return record === null ? shown : { ...shown, [RECORD]: new Secret(record) };
};

export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly inputs: Values | null;
  readonly properties: Values;
}
/** The reverse: what state holds, as the engine knows it. Inputs that stand among the properties are no outputs. */
export const toPrevious = ({ type, id, inputs, properties }: Stored, facts: PackageFacts): Previous => {
  const record = reveal(properties[RECORD]);
  const names = new Set([RECORD, "id", ...Object.keys(facts.inputsOf(type))]);
  const outputs = without(properties, names);
  return { id, inputs, outputs, record: typeof record === "string" && !isUnknown(record) ? record : null };
};
