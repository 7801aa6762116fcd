import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord, type Value, type Values } from "../core/value.ts";
import type { ResourceSchema } from "../frontends/terraform/schema-model.ts";
import { worldOf } from "../planner/row-world.fixture.ts";
import type { Row } from "../planner/rows.ts";
import type { Engine, Run, Setting, Walked } from "./parity-engine.ts";
import { approvalOf, configuration, rowTime, stage } from "./parity-rows.ts";
import type { Shows, Story } from "./parity-story.ts";
import { type Asked, RowSystems } from "./parity-vendor.ts";
import { urnOf } from "./pulumi-calls.ts";
import { PulumiEngine } from "./pulumi-engine.ts";
import { TerraformEngine } from "./terraform-engine.ts";

/** What one engine made of a row: all that must be equal. */
export interface Played {
  readonly run: Run;
  readonly writes: readonly string[];
  /** Distinct ones, per phase. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** The plan that comes right after. */
  readonly second: Walked;
}

export const distinctReads = (asked: readonly Asked[], phase: string): readonly string[] =>
  [...new Set(asked.filter((one) => !one.write && one.phase === phase).map(({ what }) => what))].sort();

/** What the plan's walk said is not said again by Terraform, nor what an approval file says that somebody has seen. */
const toldOnce = ({ plan, apply }: Run, approved: boolean): Run => ({
  plan: approved ? { ...plan, said: [] } : plan,
  apply: apply && { ...apply, said: apply.said.filter((line) => !plan.said.includes(line)) },
});

/** Both front ends of one test file: each has one server, and many provider processes after one another. */
export const engines = ["pulumi", "terraform"] as const;
export type EngineName = (typeof engines)[number];
export const openEngine = (name: EngineName, setting: Setting): Promise<Engine> =>
  name === "pulumi" ? PulumiEngine.open(setting) : TerraformEngine.open(setting);

export const playRow = async (row: Row, name: EngineName): Promise<Played> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-parity-"));
  const systems = new RowSystems(worldOf(row), row.directory);
  const approval = join(home, "approved.json");
  if (row.approved !== undefined)
    writeFileSync(approval, approvalOf(row, name === "pulumi" ? urnOf("SeatPool.pool") : "SeatPool::pool"));
  let approved = row.approved !== undefined;
  const engine = await openEngine(name, {
    configuration,
    connectors: [systems.directory(), systems.vendor()],
    now: () => rowTime,
    home,
    env: (variable) => (variable === "SEATWISE_APPROVED" && approved ? approval : undefined),
    phase: (phase) => {
      systems.phase = phase;
    },
  });
  try {
    const { program, given } = stage(row);
    if (given) engine.given(given);
    const run = toldOnce(await engine.up(program), approved);
    const asked = [...systems.asked];
    approved = false;
    const second = await engine.preview(program);
    return {
      run,
      writes: asked.filter(({ write }) => write).map(({ what }) => what),
      reads: {
        plan: distinctReads(asked, "plan"),
        ...(run.apply ? { apply: distinctReads(asked, "apply") } : {}),
      },
      second,
    };
  } finally {
    engine.close();
    rmSync(home, { recursive: true, force: true });
  }
};

const kindOf: Readonly<Record<string, string>> = {
  "+": "assign",
  "-": "unassign",
  "~": "move",
  "=": "adopt",
  "?": "wait",
  "!": "leave",
  "*": "candidate",
  ".": "forget",
};
/** A row's steps as `changes` names them: `assign ada`. */
export const expectedChanges = (steps: string): readonly string[] =>
  steps
    .split(" ")
    .filter(Boolean)
    .map((step) => `${kindOf[step[0] ?? ""]} ${step.slice(1).replace(/@.*$/, "")}`)
    .sort();
export const changesIn = (resource: Value | undefined): readonly string[] => {
  const changes = isRecord(resource) ? resource.changes : undefined;
  return Object.entries(isRecord(changes) ? changes : {})
    .flatMap(([kind, of]) => (isRecord(of) && kind !== "more" ? Object.keys(of).map((who) => `${kind} ${who}`) : []))
    .sort();
};

/** Of one of the pool's lists, as rows write it: `bob:pool-full`. */
export const listedIn = (resource: Value | undefined, name: string): string => {
  const list = isRecord(resource) ? resource[name] : undefined;
  const people = isRecord(list) && Array.isArray(list.people) ? (list.people as readonly Values[]) : []; // as the schema says
  return people.map(({ person, code }) => `${String(person)}:${String(code)}`).join(" ");
};
/** What the plan says of one person. */
export const sentenceFor = (resource: Value | undefined, who: string): string => {
  const changes = isRecord(resource) ? resource.changes : undefined;
  const kinds = Object.values(isRecord(changes) ? changes : {}).filter(isRecord);
  return kinds.flatMap((kind) => kind[who] ?? []).join("\n");
};

/** Rows that cannot come about through both front ends, and why. */
export const notStaged: readonly { readonly name: string; readonly reason: string }[] = [
  {
    name: "nobody saw the plan: only assigns",
    reason:
      "the pool owns a seat and its claims are unknown at plan: Terraform refuses that plan, Pulumi assigns. Without a seat of its own both assign only: a resource's row",
  },
];

/** How many rows each line of the planner's table has. Whoever adds one counts it here; whoever takes one away must say so here. */
export const rowsPerLine: Readonly<Record<string, number>> = {
  "claimed by several rules": 4,
  "claimed, no seat free (pool, rule or license)": 26,
  "holds a seat, still claimed": 4,
  "holds a seat, no longer claimed": 13,
  "rule undecided for a person": 6,
  "moves between tiers": 11,
  "inactive longer than inactiveFor, on positive evidence": 12,
  "activity unknown (no telemetry, too new, data too old)": 6,
  "claimed, and held a seat before this pool did": 6,
  "holds a seat nobody claims": 8,
  "exempt, outside scope, or inherited through a group or team at the vendor": 9,
  "release ends later (billing cycle, queue)": 12,
  "removals above the execution limit": 17,
  "what policy and approval leave": 9,
  "service plans that are on and should not be, or the other way round": 18,
  "a seat that the vendor shows as faulty": 17,
  "what the vendor wants of a person and they have not, or refused them": 17,
  "a vendor that does not tell what was purchased, and had no seat left": 10,
};

/** What each resource's stories must show: what its schema allows. */
export const wantedOf = ({ fields }: Pick<ResourceSchema, "fields">): readonly Shows[] => {
  const inputs = fields.filter(({ role }) => role === "input");
  return [
    "create",
    "no-change",
    "remove",
    "import",
    ...(inputs.some(({ immutable }) => !immutable) ? (["update"] as const) : []),
    ...(inputs.some(({ immutable }) => immutable) ? (["replace"] as const) : []),
    ...(fields.some(({ role, derived }) => role === "output" && !derived) ? (["drift"] as const) : []),
  ];
};
/** Resources, or what they can do, without a story. */
export const untold = (
  stories: readonly Pick<Story, "shows">[],
  resources: readonly Pick<ResourceSchema, "type" | "fields">[],
): readonly string[] => {
  const shown = new Set(stories.flatMap(({ shows }) => shows.map(([resource, what]) => `${resource}: ${what}`)));
  const wanted = resources.flatMap((of) => wantedOf(of).map((what) => `${of.type}: ${what}`));
  return [
    ...wanted.filter((what) => !shown.has(what)).map((what) => `no story shows ${what}`),
    ...[...shown].filter((what) => !wanted.includes(what)).map((what) => `a story shows ${what}, which is not there`),
  ];
};

/** What is missing, in words; nothing: all is there. */
export const gaps = (rows: readonly Pick<Row, "name" | "line">[], lines: readonly string[]): readonly string[] => [
  ...[...new Set([...lines, ...Object.keys(rowsPerLine)])].flatMap((line) => {
    const wanted = rowsPerLine[line];
    const found = rows.filter((row) => row.line === line).length;
    if (!lines.includes(line)) return [`the line "${line}" is gone from the table`];
    if (wanted === undefined || wanted === 0) return [`no row for "${line}": how many there are stands in rowsPerLine`];
    return found === wanted ? [] : [`"${line}" has ${found} rows, not the ${wanted} that rowsPerLine counts`];
  }),
  ...notStaged
    .filter(({ name }) => !rows.some((row) => row.name === name))
    .map(({ name }) => `a reason is given for the row "${name}", which is not there`),
];
