import type { Person } from "../core/person.ts";
import type { Path } from "../core/problem.ts";
import { asProblem } from "../core/problem.ts";
import { compileAccount } from "../rules/index.ts";

/** A connection's `account` expression, compiled. A fault in it names its place in the provider configuration. */
export const accountExpression = (source: string, path: Path): ((person: Person, now: number) => string | null) => {
  try {
    const compiled = compileAccount(source);
    return (person, now) => compiled.account(person, now);
  } catch (error) {
    throw asProblem(error).under(...path);
  }
};
