export { affected } from "./affected.ts";
export { dueAt } from "./due.ts";
export { type Explained, type Explanation, explain } from "./explain.ts";
export { type Matches, matchAll } from "./match.ts";
export { indexPeople, type PeopleIndex } from "./people-index.ts";
export { type AccountExpression, compileAccount, compileRule, type Rule } from "./rule.ts";
export type { Answer } from "./value.ts";
