import type { ResourceChange, TerraformPlan, TerraformState } from "../../provider/testing/real/terraform-json.ts";
import { byName, type LicenseRun, type PoolRun, planLine, plannedIn, type Run, record, type Said } from "./run.ts";

type Values = Readonly<Record<string, unknown>>;

const camel = (name: string): string => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
/** Attributes have our names; what is in them does not: a map's keys are people. */
const attributes = (values: unknown): Values =>
  Object.fromEntries(
    Object.entries(record(values)).map(([name, value]) => [
      name === "connection_name" ? "connection" : camel(name),
      value,
    ]),
  );

/** `seatwise_assignment_rule.crm["sales"]` is about `sales`. */
const nameAt = (address: string): string => /\["(.*)"\]$/.exec(address)?.[1] ?? address.split(".").at(-1) ?? address;

interface UiLine {
  readonly type?: string;
  readonly "@message"?: string;
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
}
const isLine = (value: unknown): value is UiLine => typeof value === "object" && value !== null;
/** What `-json` prints. A line that is none is left to `printed`. */
const uiLines = (stdout: string): readonly UiLine[] =>
  stdout.split("\n").flatMap((text) => {
    if (!text.startsWith("{")) return [];
    const line: unknown = JSON.parse(text);
    return isLine(line) ? [line] : [];
  });

export const saidIn = (stdout: string): readonly Said[] =>
  uiLines(stdout).flatMap(({ diagnostic }) => {
    if (!diagnostic) return [];
    const { severity, summary, detail = "", address = "" } = diagnostic;
    const from = nameAt(address);
    // A plan's warning has the line that sums it up as its summary, named by its pool; on the screen it stands below the pool, last.
    const lines = /seats used after this/.test(summary)
      ? [detail, summary.replace(`${from}: `, "")]
      : [summary, detail];
    return [{ from, severity, message: lines.filter(Boolean).join("\n") }];
  });

export const printedIn = (stdout: string): string =>
  uiLines(stdout)
    .map((line) => line["@message"] ?? "")
    .join("\n");

/** What is known after a command: of a plan, the state as it was read; of an apply, the state that it left. */
export interface Known {
  readonly plan: TerraformPlan | null;
  readonly state: TerraformState | null;
}
interface Seen {
  readonly type: string;
  readonly name: string;
  readonly op: string;
  readonly before: Values;
  readonly outputs: Values;
  readonly changes: Values;
}

const opOf = (change: ResourceChange["change"] | undefined): string => {
  const actions = change?.actions ?? ["no-op"];
  if (actions.length > 1) return "replace";
  return actions[0] === "no-op" ? "same" : (actions[0] ?? "same");
};

const seenIn = ({ plan, state }: Known): readonly Seen[] => {
  const read = new Map((state?.values?.root_module.resources ?? []).map((one) => [one.address, one.values]));
  const planned = new Map((plan?.resource_changes ?? []).map(({ address, change }) => [address, change]));
  const drift = new Map((plan?.resource_drift ?? []).map(({ address, change }) => [address, change]));
  return [...new Set([...read.keys(), ...planned.keys()])].map((address) => {
    const change = planned.get(address);
    const outputs = read.get(address) ?? change?.after ?? {};
    return {
      type: address.split(".")[0] ?? "",
      name: String(outputs.name ?? change?.before?.name ?? nameAt(address)),
      op: opOf(change),
      before: attributes(drift.get(address)?.before ?? outputs),
      outputs: attributes(outputs),
      changes: attributes(change?.after?.changes),
    };
  });
};

/** An update for another reason keeps the plan that was applied last: then the provider announces none. */
export const resourcesIn = (known: Known, said: readonly Said[]): Pick<Run, "pools" | "licenses" | "drifted"> => {
  const seen = seenIn(known);
  const pools = seen
    .filter(({ type }) => type === "seatwise_seat_pool")
    .map(({ name, op, before, outputs, changes }): PoolRun => {
      const announced = op !== "same" && op !== "delete" && planLine(said, name) !== null;
      return { name, op, ...plannedIn(announced ? changes : {}), outputs, before };
    });
  const licenses = seen
    .filter(({ type }) => type === "seatwise_license")
    .map(({ name, outputs, before }): LicenseRun => ({ name, outputs, before }));
  return {
    pools: byName(pools),
    licenses: byName(licenses),
    drifted: known.plan === null ? [] : (known.plan.resource_drift ?? []).map(({ address }) => address),
  };
};
