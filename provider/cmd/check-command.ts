import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { asProblem, Problem } from "../core/problem.ts";
import { approvedBy } from "./check-approve.ts";
import { changes, peopleLines } from "./check-lines.ts";
import { checkPlan, isPlan } from "./check-terraform.ts";

const step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  newState: z.looseObject({ inputs: z.looseObject({ changes: changes.optional() }).optional() }).nullish(),
});
const diagnostic = z.looseObject({ urn: z.string().optional(), message: z.string(), severity: z.string() });
const preview = z.looseObject({
  steps: z.array(step),
  diagnostics: z.array(diagnostic).default([]),
});
type Preview = z.infer<typeof preview>;

/** 0: nothing to do. 1: an error, or a plan that is refused. 2: people or seats change. */
export interface Checked {
  readonly code: 0 | 1 | 2;
  readonly lines: readonly string[];
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
const isPool = (urn: string): boolean => urn.includes("::seatwise:index:SeatPool::");

/** The provider's last line on a plan; without it a pool is updated for another reason and keeps the plan applied last. */
const planLine = ({ diagnostics }: Preview, urn: string): string | null => {
  const lines = diagnostics.filter((one) => one.urn === urn).flatMap(({ message }) => message.split("\n"));
  return lines.findLast((line) => line.includes("seats used after this"))?.trim() ?? null;
};

const poolLines = (read: Preview, { urn, newState }: Preview["steps"][number]): string[] => {
  const end = planLine(read, urn);
  const plan = newState?.inputs?.changes;
  return end === null || !plan ? [] : [`pool ${nameOf(urn)}:`, ...peopleLines(plan), `  ${end}`];
};

/**
 * What a plan would do to people, seats and money, without the rest of the program: `pulumi preview --json`, or `terraform show -json`
 * of a saved plan.
 */
export const checkPreview = (text: string): Checked => {
  const hint = "Give the output of `pulumi preview --json` or of `terraform show -json PLANFILE`.";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Problem("invalid", "this is no JSON", { hint });
  }
  if (isPlan(json)) return checkPlan(json);
  const parsed = preview.safeParse(json);
  if (!parsed.success)
    throw new Problem("invalid", `this is no preview: ${parsed.error.issues[0]?.path.join(".")}`, {
      hint,
    });
  const { steps, diagnostics } = parsed.data;
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
  const removed = diagnostics.filter(
    ({ severity, message }) => severity === "warning" && message.includes("onDestroy"),
  );
  const pools = steps.filter(({ op, urn }) => isPool(urn) && (op === "create" || op === "update"));
  const lines = [
    ...pools.flatMap((one) => poolLines(parsed.data, one)),
    ...removed.map(({ message }) => message.trim()),
  ];
  if (errors.length > 0) return { code: 1, lines: [...lines, ...errors] };
  return lines.length > 0 ? { code: 2, lines } : { code: 0, lines: ["nobody gains, loses or moves"] };
};

export interface CheckCommand {
  /** `-`: standard input. */
  readonly file: string;
  /** Where to write the plans of this machine's last preview, to be applied elsewhere. */
  readonly approve?: string;
}
export const runCheck = ({ file, approve }: CheckCommand, home: string): Checked => {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Problem("not-found", `${file} cannot be read: ${asProblem(error).message}`);
  }
  const checked = checkPreview(text);
  if (approve === undefined) return checked;
  if (checked.code === 1)
    throw new Problem("refused", `nothing is approved: the preview has errors\n${checked.lines.join("\n")}`);
  writeFileSync(approve, `${JSON.stringify(approvedBy(text, home))}\n`, { mode: 0o600 });
  return {
    ...checked,
    lines: [...checked.lines, `approved in ${approve}: set SEATWISE_APPROVED to it where it is applied`],
  };
};
