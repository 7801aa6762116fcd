import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord, type Value } from "../core/value.ts";
import { worldOf } from "../planner/row-world.fixture.ts";
import type { Row } from "../planner/rows.ts";
import type { Engine, Run, Setting, Walked } from "./parity-engine.ts";
import { approvalOf, configuration, rowTime, stage } from "./parity-rows.ts";
import { type Asked, RowSystems } from "./parity-vendor.ts";
import { PulumiEngine, pulumiKeyOf } from "./pulumi-engine.ts";
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

/** The plan is told when it is shown; Pulumi tells it again when it is done, Terraform does not. */
const toldOnce = ({ plan, apply }: Run): Run => ({
  plan,
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
    writeFileSync(approval, approvalOf(row, name === "pulumi" ? pulumiKeyOf("SeatPool.pool") : "SeatPool::pool"));
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
    const run = toldOnce(await engine.up(program));
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
