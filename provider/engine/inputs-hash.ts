import { canonical, isRecord, isUnknown, type Values } from "../core/value.ts";
import { hash } from "./run-folder.ts";

/** Unknowns as text, so that they can be hashed; a string of the same text cannot come from a user. */
const symbolsOut = (v: unknown): unknown =>
  isUnknown(v)
    ? "\u0000unknown"
    : Array.isArray(v)
      ? v.map(symbolsOut)
      : isRecord(v)
        ? Object.fromEntries(Object.entries(v).map(([k, item]) => [k, symbolsOut(item)]))
        : v;

/** The same inputs (and record) give the same text, whatever the order of keys. */
export const fingerprint = (of: unknown): string => hash(canonical(symbolsOut(of)));
export const inputsHash = (inputs: Values): string => fingerprint(inputs);
