import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type GoogleWorkspaceSimulator,
  startGoogleWorkspaceSimulator,
} from "../../provider/connectors/google-workspace/simulator.ts";
import { pulumiCli } from "../../provider/testing/real/pulumi-cli.ts";
import { writeProject } from "../../provider/testing/real/pulumi-project.ts";
import { terraformCli } from "../../provider/testing/real/terraform-cli.ts";
import { copyMirror, writeProgram } from "../../provider/testing/real/terraform-project.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";

const plus = "Google Workspace Enterprise Plus";
const standard = "Google Workspace Business Standard";
const sales = ["ada", "bob", "cy", "dee", "eve"].map((login) => `${login}@acme.test`);
const bought = { plus: 2, standard: 2 };

let google: GoogleWorkspaceSimulator;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "seatwise-google-example-"));
  google = await startGoogleWorkspaceSimulator({
    purchased: { "1010020020": bought.plus, "1010020028": bought.standard },
    // The quota has tests of its own; at the real one this would take a minute.
    quotas: { licensing: { limit: 1000, perMs: 1000 } },
  });
  for (const email of sales) google.hands.addUser({ email, department: "Sales", lastLogin: Date.now() });
  google.hands.addUser({ email: "eng@acme.test", department: "Engineering" });
});
afterEach(async () => {
  await google.stop();
  expect(google.bugs).toEqual([]);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const source = (name: string): string => readFileSync(join(__dirname, name), "utf8");
const writes = (): number => google.log.filter(({ write }) => write).length;
const licensed = () => [google.hands.licensed(plus), google.hands.licensed(standard)];

interface Engine {
  /** All of it must end well. */
  up(): Promise<string>;
  /** Does the next plan change anything? */
  changes(): Promise<boolean>;
}
const ended = ({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string => {
  if (code !== 0) throw new Error(`exit ${code}\n${stdout}\n${stderr}`);
  return stdout + stderr;
};

const onTerraform = async (): Promise<Engine> => {
  const folder = join(home, "project");
  const connection = { administrator: google.administrator, base_url: google.url, licenses_per_minute: 6000 };
  await writeProgram(folder, source("main.tf"), { google: connection, bought });
  const cli = terraformCli({
    ...{ cwd: folder, home: join(home, "cli"), providers: { mirror: copyMirror(join(home, "mirror")) } },
    env: { SEATWISE_GOOGLE_CREDENTIALS: google.credentials },
  });
  ended(await cli.init());
  return {
    up: async () => ended(await cli.apply()),
    changes: async () => (await cli.plan()).code === 2,
  };
};
const onPulumi = async (): Promise<Engine> => {
  const project = join(home, "project");
  const plugins = { seatwise: join(repository(), "build/plugin") };
  await writeProject(project, { name: "google-workspace", program: source("index.ts"), plugins });
  const env = { SEATWISE_GOOGLE_CREDENTIALS: google.credentials };
  const cli = pulumiCli({ cwd: project, home: join(home, "cli"), env });
  const googleWorkspace = { administrator: google.administrator, baseUrl: google.url, licensesPerMinute: 6000 };
  await cli.init({
    "seatwise:directory": "google",
    "seatwise:connections": JSON.stringify({ google: { googleWorkspace } }),
    bought: JSON.stringify(bought),
  });
  return {
    up: async () => ended(await cli.up()),
    changes: async () => (await cli.preview({ args: ["--expect-no-changes"] })).code !== 0,
  };
};

it.each([
  ["Terraform", onTerraform],
  ["Pulumi", onPulumi],
] as const)(
  "the example on %s: sales has both SKUs in order, the fifth waits, and a second plan is empty",
  async (_name, start) => {
    const engine = await start();
    const told = await engine.up();
    expect(licensed()).toEqual([sales.slice(0, 2), sales.slice(2, 4)]);
    expect(told).toContain(sales[4] ?? "");
    expect(told).not.toContain("PRIVATE KEY");
    expect(await engine.changes()).toBe(false);

    // Somebody is renamed, and nothing changes; somebody else leaves, and who waited has the seat.
    const before = writes();
    google.hands.changeUser(sales[0] ?? "", { email: "ada.lovelace@acme.test" });
    expect(await engine.changes()).toBe(false);
    google.hands.deleteUser(sales[3] ?? "");
    expect(await engine.changes()).toBe(true);
    await engine.up();
    expect(licensed().flat().sort()).toEqual(["ada.lovelace@acme.test", sales[1], sales[2], sales[4]].sort());
    expect(writes() - before).toBe(1);
    expect(await engine.changes()).toBe(false);
  },
  300_000,
);
