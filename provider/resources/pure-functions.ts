import { z } from "zod";
import { field, named } from "../core/fields.ts";
import { type Person, statuses } from "../core/person.ts";
import { asProblem, Problem, sentence } from "../core/problem.ts";
import { defineFunction } from "../core/resource.ts";
import { compileRule } from "../rules/index.ts";
import { functionExamples } from "./function-examples.ts";

const text = (description: string) => field(z.string().optional(), { description });

/** A person as a program describes them: what is left out, the directory would have no value for. */
const described = named(
  "DescribedPerson",
  z.object({
    id: text("The directory's stable id."),
    login: text("Login."),
    email: text("E-mail address."),
    status: field(z.enum(statuses).default("active"), { description: "State of the person in the directory." }),
    firstName: text("First name."),
    lastName: text("Last name."),
    department: text("Department."),
    title: text("Job title."),
    manager: text("Manager, as the directory names them."),
    type: text("Kind of person, such as `contractor`."),
    createdAt: text("When the directory got to know them, RFC 3339."),
    startsOn: text("First day, RFC 3339."),
    endsOn: text("Last day, RFC 3339."),
    groups: field(z.array(z.string()).default([]), { description: "Names of groups, ancestors included." }),
    attributes: field(z.record(z.string(), z.string()).default({}), { description: "Further attributes by name." }),
  }),
);

const nothing: Omit<Person, "id" | "status" | "groups" | "attributes"> = {
  login: null,
  email: null,
  firstName: null,
  lastName: null,
  department: null,
  title: null,
  manager: null,
  type: null,
  createdAt: null,
  startsOn: null,
  endsOn: null,
};
const personOf = ({ id = "described", status, groups, attributes, ...texts }: z.infer<typeof described>): Person => {
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return { ...nothing, ...given, id, status, groups, attributes };
};

const matchesFn = defineFunction({
  name: "matches",
  doc: "Does a condition match a person as described? Reads no directory: for tests of rules. Of people in the directory, `explain` and `users` tell.",
  pure: true,
  hcl: functionExamples.matches,
  inputs: z.object({
    when: field(z.string(), { description: "Condition in the rule language.", example: 'user.department == "Sales"' }),
    user: field(described, { description: "The person, field by field as in a rule." }),
  }),
  outputs: z.object({
    answer: field(z.enum(["yes", "no", "undecided"]), { description: "Three-valued, as in a pool." }),
    reason: field(z.string(), { description: "Why it is undecided, or empty." }),
  }),
  async call({ when, user }) {
    const rule = compileRule(when);
    if (rule.readsNow)
      throw new Problem("unsupported", "a condition that reads `now` has another answer at another time", {
        path: ["when"],
        hint: "Write a fixed timestamp in its place to try it out.",
      });
    const answer = rule.decide(personOf(user), 0);
    return { answer: answer.is, reason: answer.is === "undecided" ? answer.missing : "" };
  },
});

const checkRuleFn = defineFunction({
  name: "checkRule",
  doc: "Is a condition valid, and what does it read? Reads no directory.",
  pure: true,
  hcl: functionExamples.checkRule,
  inputs: z.object({
    when: field(z.string(), { description: "Condition in the rule language.", example: 'user.department == "Sales"' }),
  }),
  outputs: z.object({
    valid: field(z.boolean(), { description: "Can it be used?" }),
    problem: field(z.string(), { description: "What is wrong, with line and column; empty when valid." }),
    reads: field(z.array(z.string()), { description: "The parts of `user` that it reads." }),
  }),
  async call({ when }) {
    try {
      return { valid: true, problem: "", reads: [...compileRule(when).reads] };
    } catch (error) {
      return { valid: false, problem: sentence(asProblem(error)), reads: [] };
    }
  },
});

/** Functions of their arguments alone: Terraform calls them without a configured provider. */
export const pureFunctions = [matchesFn, checkRuleFn];
