import { asProblem, type Problem, Problems } from "../../core/problem.ts";
import type { Redactor } from "../../core/redactor.ts";
import type { Message } from "../../core/resource.ts";
import { attributePath } from "./attribute-path.ts";
import type { Diagnostic } from "./messages.ts";
import type { ObjectSchema } from "./schema-model.ts";

export const problemsIn = (error: unknown): readonly Problem[] =>
  error instanceof Problems && error.all.length > 0 ? error.all : [asProblem(error)];

const bug = "This is a bug in Seatwise. Please report it, with the log that TF_LOG=debug gives.";

export interface Told {
  readonly redactor: Redactor;
  /** Of the object that the problems' paths lie in; null: they have no place in a configuration. */
  readonly schema: ObjectSchema | null;
}

/** What Terraform prints of a problem: the place as the source line, the hint as what to do next. */
export const diagnostic = (problem: Problem, severity: "ERROR" | "WARNING", { redactor, schema }: Told): Diagnostic => {
  const attribute = schema && problem.path.length > 0 ? attributePath(problem.path, schema) : null;
  return {
    severity,
    summary: redactor.clean(problem.message),
    detail: redactor.clean([problem.hint, problem.code === "bug" ? bug : ""].filter(Boolean).join("\n")),
    ...(attribute ? { attribute } : {}),
  };
};

export const errors = (error: unknown, told: Told): Diagnostic[] =>
  problemsIn(error).map((problem) => diagnostic(problem, "ERROR", told));

/** Terraform folds warnings that have the same summary: each must name its resource. */
export const warning = (
  { level, text }: Message,
  of: { readonly name: string; readonly redactor: Redactor },
): Diagnostic => {
  const lines = of.redactor.clean(text).split("\n");
  // A plan that names people ends with the line that sums it up.
  const summary = (level === "info" ? lines.pop() : lines.shift()) ?? "";
  const named = summary.includes(of.name) ? summary : `${of.name}: ${summary}`;
  return { severity: "WARNING", summary: named, detail: lines.join("\n") };
};
