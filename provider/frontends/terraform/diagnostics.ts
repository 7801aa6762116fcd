import { asProblem, type Problem, Problems } from "../../core/problem.ts";
import type { Redactor } from "../../core/redactor.ts";
import type { Message } from "../../core/resource.ts";
import { attributePath, placeText } from "./attribute-path.ts";
import type { AttributePath, Diagnostic } from "./messages.ts";
import { packageSchema } from "./package-schema.ts";
import type { Attribute, ObjectSchema } from "./schema-model.ts";

export const problemsIn = (error: unknown): readonly Problem[] =>
  error instanceof Problems && error.all.length > 0 ? error.all : [asProblem(error)];

/** Terraform's name of every field that has two words: `executionLimit` → `execution_limit`. */
const ofRules = new Set(["firstName", "lastName", "createdAt", "startsOn", "endsOn"]); // the rule language's own, on both engines
const terraformNames = new Map<string, string>();
const learn = (fields: readonly Attribute[]): void => {
  for (const { name, terraform, kind } of fields) {
    if (/[A-Z]/.test(name) && !ofRules.has(name)) terraformNames.set(name, terraform);
    let inner = kind;
    while (inner.is === "list" || inner.is === "map") inner = inner.of;
    if (inner.is === "object") learn(inner.fields);
  }
};

/** The engine speaks of fields by the names that it knows; a person of Terraform reads their own. */
const inTerraformsWords = (text: string): string => {
  if (terraformNames.size === 0)
    for (const { fields } of [packageSchema.provider, ...packageSchema.resources]) learn(fields);
  return text.replace(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g, (word) => terraformNames.get(word) ?? word);
};

const bug = "This is a bug in Seatwise. Please report it, with the log that TF_LOG=debug gives.";

export interface Told {
  readonly redactor: Redactor;
  /** Of the object that the problems' paths lie in; null: they have no place in a configuration. */
  readonly schema: ObjectSchema | null;
}

/** The source line that Terraform can show ends at an element of an attribute: what lies deeper is named. */
const deeperPlace = (problem: Problem, shown: AttributePath | null, schema: ObjectSchema | null): string =>
  schema && shown && problem.path.length > (shown.steps?.length ?? 0) ? `At ${placeText(problem.path, schema)}.` : "";

/** What Terraform prints of a problem: the place as the source line, the hint as what to do next. */
export const diagnostic = (problem: Problem, severity: "ERROR" | "WARNING", { redactor, schema }: Told): Diagnostic => {
  const attribute = schema && problem.path.length > 0 ? attributePath(problem.path, schema) : null;
  const place = deeperPlace(problem, attribute, schema);
  return {
    severity,
    summary: redactor.clean(inTerraformsWords(problem.message)),
    detail: redactor.clean(
      [place, inTerraformsWords([problem.hint, problem.code === "bug" ? bug : ""].filter(Boolean).join("\n"))]
        .filter(Boolean)
        .join("\n"),
    ),
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
  const lines = of.redactor.clean(inTerraformsWords(text)).split("\n");
  // A plan that names people ends with the line that sums it up.
  const summary = (level === "info" ? lines.pop() : lines.shift()) ?? "";
  const named = summary.includes(of.name) ? summary : `${of.name}: ${summary}`;
  return { severity: "WARNING", summary: named, detail: lines.join("\n") };
};
