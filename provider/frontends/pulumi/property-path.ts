import type { Path } from "../../core/problem.ts";

const plain = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A place in Pulumi's property path syntax: `rules[0].claim`, `changes.assign["ada@acme.test"]`. */
export const propertyPath = (path: Path): string =>
  path
    .map((key, i) => {
      if (typeof key === "number") return `[${key}]`;
      if (!plain.test(key)) return `["${key.replaceAll('"', '\\"')}"]`;
      return i === 0 ? key : `.${key}`;
    })
    .join("");

/** The reverse, for paths that a program wrote (`ignoreChanges`); `*` stays a wildcard. */
export const parsePropertyPath = (text: string): Path =>
  [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) => {
    if (quoted !== undefined) return quoted.replaceAll('\\"', '"');
    if (index !== undefined) return index === "*" ? "*" : Number(index);
    return name ?? "";
  });

/** Is `path` the place that `pattern` names, or inside it? */
export const covers = (pattern: Path, path: Path): boolean =>
  pattern.length <= path.length && pattern.every((key, i) => key === "*" || String(key) === String(path[i]));
