import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxes } from "../provider/connectors/sandboxes.ts";
import type { Enterprise } from "../provider/connectors/simulator/company.ts";
import { snake } from "../provider/core/fields.ts";
import { envName } from "../provider/engine/config.ts";
import { inventEnterprise } from "../provider/testing/enterprise.ts";
import { type PulumiCli, pulumiCli } from "../provider/testing/real/pulumi-cli.ts";
import { writeProject } from "../provider/testing/real/pulumi-project.ts";
import { type TerraformCli, terraformCli } from "../provider/testing/real/terraform-cli.ts";
import { copyMirror, writeProgram } from "../provider/testing/real/terraform-project.ts";
import { repository } from "../provider/testing/real/tool-path.ts";
import { type RunningSystem, type Systems, startSystems } from "../provider/testing/sandbox-systems.ts";
import { expectCode as expectPulumi } from "./lifecycle/stand.ts";
import { expectCode as expectTerraform } from "./lifecycle-terraform/stand.ts";

// Each vendor's example, as it stands, on the real CLIs before its sandbox: plan, apply, and then nothing to do.

/** What a user would set, by Terraform's variable; Pulumi's configuration has the same in camelCase. */
type Settings = Readonly<Record<string, unknown>>;
interface Example {
  readonly folder: string;
  /** Connectors by the name of their connection, which is Terraform's variable for it, too. The directory comes first. */
  readonly connections: Readonly<Record<string, string>>;
  readonly settings: (company: Enterprise) => Settings;
}
const bought = ({ contracts }: Enterprise, sku: string): number =>
  contracts.find((contract) => contract.sku === sku)?.purchased ?? 0;
const acknowledge = { removals: 1000, until: new Date(Date.now() + 86_400_000).toISOString() };

const examples: readonly Example[] = [
  {
    folder: "entra",
    connections: { entra: "entra" },
    settings: (company) => ({
      e5_seats: bought(company, "SPE_E5"),
      e3_seats: bought(company, "SPE_E3"),
      visio_seats: bought(company, "VISIOCLIENT"),
      engineers: 'user.department == "Engineering" && user.type == "employee"',
      office: 'user.type == "employee"',
      visio_users: 'user.title == "Facility Planner"',
      acknowledge,
    }),
  },
  {
    folder: "github",
    connections: { people: "entra", github: "github" },
    settings: (company) => ({
      copilot_seats: bought(company, "copilot"),
      engineers: 'user.department == "Engineering" && user.type == "employee"',
      pilots: 'user.title == "Engineering Lead"',
      acknowledge,
    }),
  },
  {
    folder: "google-workspace",
    connections: { google: "googleWorkspace" },
    settings: (company) => ({
      bought: {
        plus: bought(company, "Google Workspace Enterprise Plus"),
        standard: bought(company, "Google Workspace Business Standard"),
      },
    }),
  },
  {
    folder: "okta",
    connections: { okta: "okta" },
    settings: () => ({ bought: 40 }),
  },
];

/** The company after somebody gave everybody a usage location: what cannot be done would be tried at every apply. */
const company = (() => {
  const invented = inventEnterprise({ seed: 4, people: 300, now: Date.now() });
  const people = invented.people.map((one) => ({ ...one, country: one.country ?? "US" }));
  return { ...invented, people };
})();

interface Stand {
  readonly sandbox: Systems;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Requests that wrote, since the last call. */
  writes(): number;
  stop(): Promise<void>;
}
const servedAs = ({ systems }: Systems, system: string): RunningSystem => {
  const found = systems.find(({ name }) => name === system);
  if (!found) throw new Error(`${system} is not served`);
  return found;
};
const openStand = async ({ connections }: Example): Promise<Stand> => {
  const sandbox = await startSystems({ company, names: Object.values(connections), seed: 1, port: 0 });
  const folder = mkdtempSync(join(tmpdir(), "seatwise-vendors-"));
  const simulators = sandbox.systems.map(({ simulator }) => simulator);
  const secrets = Object.entries(connections).flatMap(([connection, system]) =>
    Object.entries(servedAs(sandbox, system).secrets).map(([field, value]) => [envName(connection, field), value]),
  );
  return {
    sandbox,
    folder,
    env: Object.fromEntries(secrets),
    writes() {
      const count = simulators.reduce((sum, one) => sum + one.counts().writes, 0);
      for (const one of simulators) one.resetLog();
      return count;
    },
    async stop() {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      expect(simulators.flatMap(({ bugs }) => bugs)).toEqual([]);
    },
  };
};
const source = (folder: string, file: string): string => {
  const path = join(repository(), "examples", folder, file);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};
const onPulumi = async (example: Example, stand: Stand): Promise<PulumiCli> => {
  const project = join(stand.folder, "project");
  await writeProject(project, {
    name: example.folder,
    program: source(example.folder, "index.ts"),
    plugins: { seatwise: join(repository(), "build/plugin") },
  });
  const cli = pulumiCli({ cwd: project, home: join(stand.folder, "home"), env: stand.env });
  const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
  const settings = Object.entries(example.settings(company)).map(([name, value]) => [
    `${example.folder}:${name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())}`,
    text(value),
  ]);
  const blocks = Object.entries(example.connections).map(([connection, system]) => [
    connection,
    { [system]: servedAs(stand.sandbox, system).connection },
  ]);
  await cli.init({
    "seatwise:directory": Object.keys(example.connections)[0] ?? "",
    "seatwise:connections": text(Object.fromEntries(blocks)),
    ...Object.fromEntries(settings),
  });
  return cli;
};

const onTerraform = async (example: Example, stand: Stand): Promise<TerraformCli> => {
  const project = join(stand.folder, "project");
  const blocks = Object.entries(example.connections).map(([connection, system]) => {
    const fields = Object.entries(servedAs(stand.sandbox, system).connection);
    return [connection, Object.fromEntries(fields.map(([name, value]) => [snake(name), value]))];
  });
  const files = ["main.tf", "variables.tf", "outputs.tf"].map((file) => source(example.folder, file));
  await writeProgram(project, files.join("\n"), { ...Object.fromEntries(blocks), ...example.settings(company) });
  const mirror = copyMirror(join(stand.folder, "mirror"));
  const cli = terraformCli({ cwd: project, home: join(stand.folder, "home"), providers: { mirror }, env: stand.env });
  expectTerraform(await cli.init(), 0);
  return cli;
};

test("every sandbox's example is here", () => {
  const folders = readdirSync(join(repository(), "examples"));
  const kebab = (name: string): string => snake(name).replaceAll("_", "-");
  const there = sandboxes.map(({ name }) => kebab(name)).filter((folder) => folders.includes(folder));
  expect(examples.map(({ folder }) => folder)).toEqual(there);
});

describe.each(examples)("examples/$folder", (example) => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await openStand(example);
  });
  afterEach(() => stand.stop());

  test("Pulumi: preview, up, and then nothing to do", async () => {
    const cli = await onPulumi(example, stand);
    expectPulumi(await cli.preview(), 0);
    expect(stand.writes()).toBe(0);
    expectPulumi(await cli.up(), 0);
    expect(stand.writes()).toBeGreaterThan(0);
    expectPulumi(await cli.preview({ args: ["--refresh", "--expect-no-changes"] }), 0);
    expect(stand.writes()).toBe(0);
  }, 300_000);

  test("Terraform: plan, apply what was planned, and then nothing to do", async () => {
    const cli = await onTerraform(example, stand);
    expectTerraform(await cli.plan({ args: ["-out=first.plan"] }), 2);
    expect(stand.writes()).toBe(0);
    expectTerraform(await cli.apply({ args: ["first.plan"] }), 0);
    expect(stand.writes()).toBeGreaterThan(0);
    expectTerraform(await cli.plan(), 0);
    expect(stand.writes()).toBe(0);
  }, 300_000);
});
