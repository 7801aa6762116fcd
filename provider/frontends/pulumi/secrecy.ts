import { isRecord, isUnknown, Secret, type Value, type Values } from "../../core/value.ts";

/** Shorter texts occur by chance in everything: they neither taint outputs nor are cut from messages. */
const LEAST = 5;

const leaves = (value: Value | undefined, inSecret: boolean, into: Set<string>): void => {
  if (value instanceof Secret) leaves(value.value, true, into);
  else if (Array.isArray(value))
    for (const item of value as readonly Value[]) leaves(item, inSecret, into); // isArray widens to any[]
  else if (isRecord(value)) for (const item of Object.values(value)) leaves(item, inSecret, into);
  else if (inSecret && typeof value === "string" && value.length >= LEAST) into.add(value);
};

/** Every text that the engine marked as secret. `__` names are ours and never shown. */
export const secretTexts = (values: Values): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(values)) if (!name.startsWith("__")) leaves(value, false, found);
  return found;
};

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

/** Knows the secrets of this process and cuts them from every text that leaves it: the last net, not the first. */
export class Redactor {
  /** Longest first: one secret may be a part of another. */
  #texts: readonly string[] = [];

  learn(values: Values): void {
    this.#add(secretTexts(values));
  }

  /**
   * One secret makes the whole of a provider's `connections` secret, addresses and names of realms too: these stay readable.
   * `named` are the fields that are secret by definition.
   */
  learnConfiguration(values: Values, named: ReadonlySet<string>): void {
    const found = new Set<string>();
    const walk = (value: Value | undefined, name: string): void => {
      if (value instanceof Secret) {
        if (typeof value.value === "string") leaves(value, true, found);
        else walk(value.value, name);
      } else if (typeof value === "string" && named.has(name)) leaves(value, true, found);
      else if (Array.isArray(value))
        for (const item of value as readonly Value[]) walk(item, name); // isArray widens to any[]
      else if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, key);
    };
    walk(values, "");
    this.#add(found);
  }

  #add(texts: ReadonlySet<string>): void {
    const found = [...texts].filter((text) => !this.#texts.includes(text));
    if (found.length > 0) this.#texts = [...this.#texts, ...found].toSorted((a, b) => b.length - a.length);
  }

  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#texts) cleaned = cleaned.replaceAll(secret, "[secret]");
    return cleaned;
  }
}
