import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformCli } from "../provider/testing/real/terraform-cli.ts";
import { block, copyMirror, raw, requiredProviders, writeProgram } from "../provider/testing/real/terraform-project.ts";
import { type Cost, openMeter } from "./meter.ts";
import { secret } from "./simulator.ts";

export interface PoolShape {
  readonly name: string;
  /** Of its seats at the vendor. */
  readonly group: string;
  readonly when: string;
  readonly allotment: number;
  /** Only its rule. */
  readonly ruleOnly?: boolean;
}
interface Target {
  readonly url: string;
  readonly clientSecret?: string;
}

const poolBlocks = ({ name, group, when, allotment, ruleOnly }: PoolShape): string =>
  [
    block(`resource "seatwise_assignment_rule" "${name}"`, { name, when }),
    ...(ruleOnly
      ? []
      : [
          block(`resource "seatwise_license" "${name}"`, { name, connection_name: "people", sku: `group:${group}` }),
          block(`resource "seatwise_seat_pool" "${name}"`, {
            name,
            license: raw(`seatwise_license.${name}.ref`),
            allotment,
            ownership: "adopt",
            rules: [{ claim: raw(`seatwise_assignment_rule.${name}.claim`) }],
          }),
        ]),
  ].join("\n");

const provider = ({ url, clientSecret = secret }: Target): string =>
  block('provider "seatwise"', {
    directory: "people",
    connections: { people: { keycloak: { base_url: url, realm: "acme", client_secret: clientSecret } } },
  });

export interface TerraformBench {
  /** With no pool the provider is not even named. */
  declare(pools: readonly PoolShape[]): Promise<void>;
  apply(): Promise<Cost>;
  /** A plan with changes, saved, and then applied as it was. */
  planAndApply(): Promise<void>;
  /** Fails unless the plan ends with `code`: 0 is nothing to do, 2 changes. */
  plan(code: 0 | 2): Promise<Cost>;
  stop(): Promise<void>;
}

/** The real terraform and the provider out of a mirror, metered. */
export const openTerraformBench = async (target: Target): Promise<TerraformBench> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-bench-terraform-"));
  const project = join(home, "project");
  const meter = openMeter(home);
  const cli = terraformCli({
    cwd: project,
    home: join(home, "cli"),
    env: meter.env,
    providers: { mirror: copyMirror(join(home, "mirror")) },
  });
  const init = async (): Promise<void> => {
    const ended = await cli.init();
    if (ended.code !== 0) throw new Error(`terraform init: ${ended.code}\n${ended.stdout}${ended.stderr}`);
  };
  return {
    async declare(pools) {
      const main =
        pools.length === 0
          ? 'output "none" { value = 1 }\n'
          : [requiredProviders(), provider(target), ...pools.map(poolBlocks)].join("\n");
      await writeProgram(project, main);
      await init();
    },
    apply: () => meter.measure("terraform apply", () => cli.start("apply")),
    async planAndApply() {
      const saved = ["-detailed-exitcode", "-out=bench.tfplan"];
      await meter.measure("terraform plan", () => cli.start("plan", { args: saved }), [2]);
      await meter.measure("terraform apply", () => cli.start("apply", { args: ["bench.tfplan"] }));
    },
    plan: (code) => meter.measure("terraform plan", () => cli.start("plan", { args: ["-detailed-exitcode"] }), [code]),
    stop: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
};
