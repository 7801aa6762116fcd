import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAdmin } from "../../provider/connectors/keycloak/admin.ts";
import { groupMembers, removeFromGroup } from "../../provider/connectors/scim/hands.ts";
import { inventCompany } from "../../provider/testing/company.ts";
import { type TerraformCli, terraformCli } from "../../provider/testing/real/terraform-cli.ts";
import type { TerraformPlan } from "../../provider/testing/real/terraform-json.ts";
import { copyMirror } from "../../provider/testing/real/terraform-project.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { type Sandbox, startSandbox } from "../../provider/testing/sandbox.ts";

jest.setTimeout(600_000);

const examples = join(repository(), "examples");
const clientSecret = "cdk-client-secret";
const token = "cdk-scim-token";
const secrets = { SEATWISE_PEOPLE_CLIENT_SECRET: clientSecret, SEATWISE_CRM_TOKEN: token };

const folder = mkdtempSync(join(tmpdir(), "seatwise-cdk-"));
const mirror = copyMirror(join(folder, "mirror"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same invented company each time, in a Keycloak and a SCIM service of this test's own. */
const openSandbox = (): Promise<Sandbox> => {
  const company = inventCompany(7, 30);
  const licensed = ["vpn-full", "vpn-standard"].map((name) => ({ name }));
  return startSandbox({
    company: { ...company, groups: [...company.groups, ...licensed] },
    clientSecret,
    token,
    vendor: { people: [{ login: "svc-reporting" }], groups: [{ name: "crm-users", members: ["svc-reporting"] }] },
  });
};

const settingsOf = ({ keycloak, scim, realm }: Sandbox, more: object = {}) => ({
  ...JSON.parse(readFileSync(join(examples, "cdktn/settings.json"), "utf8")),
  keycloak: { baseUrl: keycloak.url, realm },
  crm: { baseUrl: scim.baseUrl },
  ...more,
});

/** Synthesized as `cdktn synth` does it: the program runs, and leaves a stack for Terraform. */
const synth = (library: string, at: string, settings: object): string => {
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "settings.json"), JSON.stringify(settings));
  const node = join(repository(), "node_modules/.bin/node");
  const env = { PATH: process.env.PATH, CHECKPOINT_DISABLE: "1" };
  execFileSync(node, [join(examples, library, "main.ts")], { cwd: at, env, stdio: ["ignore", "pipe", "pipe"] });
  return join(at, "cdktf.out/stacks/main-job");
};

const cliIn = (cwd: string, home: string): TerraformCli =>
  terraformCli({ cwd, home, env: secrets, providers: { mirror } });

const must = async (ended: Promise<{ code: number | null; stdout: string; stderr: string }>, code = 0) => {
  const { code: got, stdout, stderr } = await ended;
  if (got !== code) throw new Error(`terraform ended with ${got}, expected ${code}\n${stdout}${stderr}`);
  return stdout;
};

/** What a plan does, without what its language calls things. */
const deeds = ({ resource_changes = [] }: TerraformPlan) =>
  resource_changes
    .map(({ type, change: { actions, after, after_unknown } }) => ({ type, actions, after, after_unknown }))
    .sort((a, b) => (`${a.type} ${a.after?.name}` < `${b.type} ${b.after?.name}` ? -1 : 1));

const planOf = async (cli: TerraformCli) => {
  await must(cli.init());
  await must(cli.plan({ args: ["-out=plan"] }), 2);
  return deeds(await cli.showPlan("plan"));
};

/** The main job in HCL, with these settings in the words of its variables. */
const hclPlan = async (at: string, settings: object) => {
  mkdirSync(at);
  const program = join(examples, "main-job-terraform");
  for (const name of readdirSync(program).filter((file) => file.endsWith(".tf")))
    cpSync(join(program, name), join(at, name));
  const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const renamed = JSON.parse(JSON.stringify(settings), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), inner]))
      : value,
  );
  writeFileSync(join(at, "terraform.tfvars.json"), JSON.stringify(renamed));
  return planOf(cliIn(at, join(at, ".home")));
};

test("the two stacks differ in the library's name alone", () => {
  const text = (path: string) => readFileSync(join(examples, path), "utf8");
  expect(text("cdktf/main.ts")).toBe(text("cdktn/main.ts").replaceAll("cdktn", "cdktf"));
  expect(text("cdktf/settings.json")).toBe(text("cdktn/settings.json"));
});

describe.each(["cdktf", "cdktn"])("%s", (library) => {
  const at = join(folder, library);
  let sandbox: Sandbox;
  let cli: TerraformCli;
  const stackOf = (settings: object) => synth(library, at, settings);
  beforeAll(async () => {
    sandbox = await openSandbox();
    cli = cliIn(stackOf(settingsOf(sandbox)), join(folder, `${library}-home`));
  });
  afterAll(() => sandbox.stop());

  const seated = async () => {
    const admin = openAdmin(sandbox.keycloak.url, { ...sandbox.keycloak, realm: sandbox.realm });
    const [full, standard] = await Promise.all([admin.members("vpn-full"), admin.members("vpn-standard")]);
    return {
      crm: await groupMembers({ baseUrl: sandbox.scim.baseUrl, token }, "crm-users"),
      vpn: [...full, ...standard],
    };
  };

  test("plans what the HCL plans", async () => {
    const [cdk, hcl] = [await planOf(cli), await hclPlan(join(folder, `${library}-hcl`), settingsOf(sandbox))];
    expect(cdk).toHaveLength(11);
    expect(cdk).toEqual(hcl);
    const pools = cdk.filter(({ type }) => type === "seatwise_seat_pool");
    expect(pools.map(({ after }) => Object.keys(Object(Object(after?.changes).assign)).length)).not.toContain(0);
  });

  test("applies that plan, and then there is nothing to do", async () => {
    await must(cli.apply({ args: ["plan"] }));
    const { crm, vpn } = await seated();
    expect([crm.length > 5, vpn.length > 5]).toEqual([true, true]);
    await must(cli.plan(), 0);
  });

  test("finds a seat that was taken away by hand, and gives it back", async () => {
    const before = await seated();
    const [lost = ""] = before.crm.filter((account) => account !== "svc-reporting");
    await removeFromGroup({ baseUrl: sandbox.scim.baseUrl, token }, "crm-users", lost);
    expect(await must(cli.plan(), 2)).toContain(lost.split("@")[0]);
    await must(cli.apply());
    expect((await seated()).crm.sort()).toEqual(before.crm.sort());
    await must(cli.plan(), 0);
  });

  test("destroys: the CRM's seats are retained, the VPN's released once somebody acknowledged it", async () => {
    const { crm, vpn } = await seated();
    const refused = await cli.destroy();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("acknowledge")]);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    stackOf(settingsOf(sandbox, { acknowledge: { removals: vpn.length, until } }));
    await must(cli.apply());
    await must(cli.destroy());
    expect(await seated()).toEqual({ crm, vpn: [] });
    expect((await cli.showState()).values).toBeUndefined();
  });
});
