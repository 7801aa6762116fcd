import { createHash } from "node:crypto";
import type { Random } from "../../simulator/random.ts";
import type { Asked } from "../../simulator/router.ts";

/** Where a list goes on, opaque as Google's: after which item, in which walk. */
const tokenOf = (walk: string, after: string): string =>
  Buffer.from(JSON.stringify([walk, after])).toString("base64url");
const read = (token: string): readonly [string, string] | null => {
  try {
    const found: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(found) && typeof found[0] === "string" && typeof found[1] === "string"
      ? [found[0], found[1]]
      : null;
  } catch {
    return null;
  }
};

export interface Cut<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}
/** One page of what is sorted by key; null: the token is none of ours. */
export const cut = <T>(
  { query }: Pick<Asked, "query">,
  sorted: readonly T[],
  by: { readonly key: (item: T) => string; readonly size: number; readonly random: Random },
): Cut<T> | null => {
  const given = query.get("pageToken");
  const at = given === null ? null : read(given);
  if (given !== null && at === null) return null;
  const rest = at === null ? sorted : sorted.filter((item) => by.key(item) > at[1]);
  const items = rest.slice(0, by.size);
  const last = items.at(-1);
  if (rest.length <= by.size || last === undefined) return { items };
  return { items, nextPageToken: tokenOf(at?.[0] ?? by.random.word(8), by.key(last)) };
};

export const sortedBy = <T>(items: Iterable<T>, key: (item: T) => string): readonly T[] =>
  [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

export const etag = (of: unknown): string =>
  `"${createHash("sha256").update(JSON.stringify(of)).digest("base64url").slice(0, 27)}"`;

/** `a,b(c,d)`: partial response. Null: not readable. */
type Mask = ReadonlyMap<string, Mask | null>;
const parse = (text: string): Mask | null => {
  let at = 0;
  const level = (): Mask | null => {
    const mask = new Map<string, Mask | null>();
    for (;;) {
      const name = /^[\w*/.-]+/.exec(text.slice(at))?.[0];
      if (name === undefined) return null;
      at += name.length;
      let inner: Mask | null = null;
      if (text[at] === "(") {
        at += 1;
        inner = level();
        if (inner === null || text[at] !== ")") return null;
        at += 1;
      }
      mask.set(name, inner);
      if (text[at] !== ",") return mask;
      at += 1;
    }
  };
  const mask = level();
  return at === text.length ? mask : null;
};
const apply = (mask: Mask, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => apply(mask, item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => mask.has(name));
  return Object.fromEntries(
    kept.map(([name, inner]) => {
      const below = mask.get(name);
      return [name, below ? apply(below, inner) : inner];
    }),
  );
};
/** The answer as `fields` asks for it; null: `fields` is not readable. */
export const masked = ({ query }: Pick<Asked, "query">, body: unknown): unknown => {
  const text = query.get("fields");
  if (text === null) return body;
  const mask = parse(text);
  return mask === null ? null : apply(mask, body);
};
