import { secretTexts } from "../../core/redactor.ts";
import { isRecord, isUnknown, Secret, type Value, type Values } from "../../core/value.ts";

const holdsSecret = (value: Value | undefined): boolean =>
  value instanceof Secret ||
  (Array.isArray(value) ? value.some(holdsSecret) : isRecord(value) && Object.values(value).some(holdsSecret));

/** The value with each text that contains a secret one wrapped: an output derived from a secret input is stored encrypted. */
const tainted = (value: Value, texts: ReadonlySet<string>): Value => {
  if (value === null || value instanceof Secret || isUnknown(value)) return value;
  if (typeof value === "string") return [...texts].some((text) => value.includes(text)) ? new Secret(value) : value;
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => tainted(item, texts)); // isArray widens to any[]
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const keyLeaks = entries.some(([key]) => [...texts].some((text) => key.includes(text)));
  const inner: Values = Object.fromEntries(
    entries.map(([key, item]) => [key, item === undefined ? undefined : tainted(item, texts)]),
  );
  return keyLeaks ? new Secret(inner) : inner;
};

/** `value` with the secrecy of `like`, which stood at the same place. In a list one secret makes the whole list secret: it may be reordered. */
const marked = (value: Value, like: Value | undefined): Value => {
  if (value instanceof Secret || !holdsSecret(like)) return value;
  if (!isRecord(value) || !isRecord(like)) return new Secret(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : marked(item, like[key])]),
  );
};

/** Values that go back to the engine, at least as secret as the inputs they were made from. */
export const keepSecret = (values: Values, inputs: Values): Values => {
  if (!holdsSecret(inputs)) return values;
  const texts = secretTexts(inputs);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (value === undefined || name.startsWith("__")) return [name, value];
      const like = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      return [name, tainted(marked(value, like), texts)];
    }),
  );
};

/** Does a field stand in here that is secret by definition? */
export const holdsNamed = (value: Value | undefined, named: ReadonlySet<string>): boolean => {
  if (value instanceof Secret) return holdsNamed(value.value, named);
  if (Array.isArray(value)) return value.some((item) => holdsNamed(item, named));
  return (
    isRecord(value) &&
    Object.entries(value).some(([name, item]) => (named.has(name) && item !== undefined) || holdsNamed(item, named))
  );
};
