import { isRecord, Secret, type Value, type Values } from "./value.ts";

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
