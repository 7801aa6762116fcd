import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TerraformCli, terraformCli } from "./terraform-cli.ts";
import { changeOf, resourceIn } from "./terraform-json.ts";
import { block, hcl, raw, writeProgram } from "./terraform-project.ts";
import { lives, until } from "./watched-process.ts";

jest.setTimeout(120_000);

/** Of the provider that is built into the CLI. */
const program = `
variable "who" { type = string }
variable "token" {
  type      = string
  ephemeral = true
}
${block('resource "terraform_data" "person"', { input: raw("var.who") })}
output "login" { value = terraform_data.person.output }
`;

describe("the real terraform, cut off from its user", () => {
  let folder: string;
  let cli: TerraformCli;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatwise-terraform-cli-"));
    await writeProgram(join(folder, "project"), program, { who: "ada" });
    cli = terraformCli({ cwd: join(folder, "project"), home: join(folder, "home"), env: { TF_VAR_token: "canary-7" } });
    expect(await cli.init()).toMatchObject({ code: 0, stderr: "" });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("plan, saved plan, apply, outputs, drift exit codes, state commands, destroy", async () => {
    expect((await cli.validate()).code).toBe(0);
    expect((await cli.plan({ args: ["-out=plan.bin"] })).code).toBe(2);
    expect(changeOf(await cli.showPlan("plan.bin"), "terraform_data.person")?.actions).toEqual(["create"]);
    expect(await cli.apply({ args: ["plan.bin"] })).toMatchObject({ code: 0, stderr: "" });
    expect(await cli.outputs()).toEqual({ login: "ada" });
    expect((await cli.plan()).code).toBe(0);
    expect((await cli.run("taint", { args: ["terraform_data.person"] })).code).toBe(0);
    expect(resourceIn(await cli.showState(), "terraform_data.person")?.tainted).toBe(true);
    expect((await cli.run("untaint", { args: ["terraform_data.person"] })).code).toBe(0);
    await writeProgram(join(folder, "project"), program, { who: "bob" });
    expect((await cli.apply()).code).toBe(0);
    expect(await readFile(join(folder, "project/terraform.tfstate"), "utf8")).not.toContain("canary-7");
    expect((await cli.run("state rm", { args: ["terraform_data.person"] })).code).toBe(0);
    expect((await cli.destroy()).code).toBe(0);
    expect(resourceIn(await cli.showState(), "terraform_data.person")).toBeUndefined();
  });

  test("asks no registry: a provider that no mirror holds is an error", async () => {
    await writeProgram(join(folder, "project"), 'terraform {\n required_providers {\n x = { source = "a/x" }\n }\n}\n');
    const init = await cli.init();
    expect(init.code).toBe(1);
    expect(init.stderr).toMatch(/a\/x/);
  });

  test("Ctrl-C reaches terraform and what it started; a kill reaches terraform alone", async () => {
    const waits = block('resource "terraform_data" "slow"', { input: 1 }, [
      'provisioner "local-exec" { command = "sleep 60" }',
    ]);
    await writeProgram(join(folder, "project"), waits);
    const running = cli.start("apply");
    await until(() => running.children().length > 0);
    running.ctrlC();
    const stopped = await running.ended;
    expect(stopped.code).toBe(1);
    expect(stopped.stdout + stopped.stderr).toMatch(/[Ii]nterrupt/);

    const killed = cli.start("apply");
    await until(() => killed.children().length > 0);
    const children = killed.children();
    killed.kill("SIGKILL");
    expect((await killed.ended).signal).toBe("SIGKILL");
    for (const pid of children) if (lives(pid)) process.kill(pid, "SIGKILL"); // an orphan, as an accident leaves it
  });
});

test("values as HCL: a text is never a template, a reference never a text", () => {
  const values = { a: [`$\{x}`, 1], "b c": raw("var.d"), e: null };
  expect(hcl(values)).toBe(`{ a = ["$$\{x}", 1], "b c" = var.d, e = null }`);
});
