import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiCli } from "../provider/testing/real/pulumi-cli.ts";
import { writeProject } from "../provider/testing/real/pulumi-project.ts";
import { repository } from "../provider/testing/real/tool-path.ts";
import { type Cost, openMeter } from "./meter.ts";
import { secret } from "./simulator.ts";

/** What the program declares: one pool, or only its rule. */
export interface Declared {
  readonly size: number;
  readonly when: string;
  readonly parts: "nothing" | "rule" | "pool";
  readonly allotment: number;
}

const program = `
import { readFileSync } from "node:fs";
import * as seatwise from "@seatwise/pulumi";
const { url, secret, size, when, parts, allotment } = JSON.parse(readFileSync(new URL("./shape.json", import.meta.url), "utf8"));
const provider = new seatwise.Provider("sw", {
  directory: "people",
  connections: { people: { keycloak: { baseUrl: url, realm: "acme", clientSecret: secret } } },
});
if (parts !== "nothing") {
  const rule = new seatwise.AssignmentRule("rule-" + size, { when }, { provider });
  if (parts === "pool") {
    const license = new seatwise.License("license-" + size, { connection: "people", sku: "group:seats-" + size }, { provider });
    new seatwise.SeatPool("pool-" + size, { license: license.ref, allotment, ownership: "adopt", rules: [{ claim: rule.claim }] }, { provider });
  }
}
`;

export interface Bench {
  declare(shape: Declared): Promise<void>;
  /** Fails unless it exits with 0. */
  run(command: "preview" | "up" | "refresh", args?: readonly string[]): Promise<Cost>;
  stop(): Promise<void>;
}

/** The real CLI and the spawned plugin, metered. */
export const openBench = async (url: string): Promise<Bench> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-bench-"));
  const project = join(home, "project");
  await writeProject(project, {
    name: "bench",
    program,
    plugins: { seatwise: join(repository(), "build/plugin") },
  });
  const meter = openMeter(home);
  const cli = pulumiCli({
    cwd: project,
    home: join(home, "cli"),
    events: false,
    env: meter.env,
  });
  await cli.init();
  return {
    declare: (shape) => writeFile(join(project, "shape.json"), JSON.stringify({ url, secret, ...shape })),
    async run(command, args = []) {
      const cost = await meter.measure(`pulumi ${command}`, () =>
        cli.start(command, { args: ["--suppress-outputs", ...args] }),
      );
      if (cost.providers === 0) throw new Error("no provider said what it took");
      return cost;
    },
    stop: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
};
