import { canonical, isRecord, isUnknown, Secret, type Values } from "../core/value.ts";
import { hash } from "./run-folder.ts";

/** A pool's record may have megabytes, and comes with every call of a run: its hash stands for it, and the last one is kept. */
const LONG = 10_000;
let latest: { readonly text: string; readonly hash: string } | null = null;
const hashOf = (text: string): string => {
  if (latest?.text !== text) latest = { text, hash: `\u0000hash ${hash(text)}` };
  return latest.hash;
};

/** Unknowns as text, so that they can be hashed; a string of the same text cannot come from a user. A secret is what it holds: only the hash leaves here. */
const symbolsOut = (v: unknown): unknown =>
  isUnknown(v)
    ? "\u0000unknown"
    : v instanceof Secret
      ? symbolsOut(v.value)
      : typeof v === "string" && v.length > LONG
        ? hashOf(v)
        : Array.isArray(v)
          ? v.map(symbolsOut)
          : isRecord(v)
            ? Object.fromEntries(Object.entries(v).map(([k, item]) => [k, symbolsOut(item)]))
            : v;

/** The same inputs (and record) give the same text, whatever the order of keys. */
export const fingerprint = (of: unknown): string => hash(canonical(symbolsOut(of)));
export const inputsHash = (inputs: Values): string => fingerprint(inputs);
