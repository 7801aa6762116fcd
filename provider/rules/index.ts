export { type AccountExpression, compileAccount, compileRule, type Rule } from "./rule.ts";
export type { Answer } from "./value.ts";
