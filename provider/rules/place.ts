import type { Position } from "../core/ast.ts";
import { Problem } from "../core/problem.ts";

/** Line and column of an offset, both from 1, as editors count them. */
export function position(source: string, offset: number): Position {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - start + 1 };
}

/** What is wrong with a rule: where, what, and what to write instead. */
export function fault(at: Position, what: string, hint?: string): Problem {
  return new Problem("invalid", `${at.line}:${at.column}: ${what}`, hint === undefined ? {} : { hint });
}
