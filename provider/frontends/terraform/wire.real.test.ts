import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TerraformCli, terraformCli } from "../../testing/real/terraform-cli.ts";
import { resourceIn } from "../../testing/real/terraform-json.ts";
import { block, manifest, requiredProviders, writeProgram } from "../../testing/real/terraform-project.ts";
import { repository } from "../../testing/real/tool-path.ts";
import { until } from "../../testing/real/watched-process.ts";
import { TerraformPlugin } from "../../testing/terraform-plugin.ts";

// The real terraform with a provider that has no vendor: what is tested is that they understand each other.
jest.setTimeout(180_000);

const node = join(repository(), "node_modules/.bin/node");
const fake = join(repository(), "provider/testing/fake-terraform-plugin.ts");
const program = `${requiredProviders()}${block('resource "seatwise_thing" "a"', { name: "ada" })}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatwise-wire-"));
  await writeProgram(join(folder, "project"), program);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The fake as an executable that is called as providers are. */
const install = async (at: string, does: readonly string[]): Promise<void> => {
  await mkdir(at, { recursive: true });
  const file = join(at, "terraform-provider-seatwise");
  await writeFile(file, `#!/bin/sh\nexec "${node}" "${fake}" ${does.join(" ")}\n`);
  await chmod(file, 0o755);
};
/** As one line: Terraform breaks texts where it likes. */
const words = (text: string): string => text.replace(/[│\s]+/g, " ");
type Env = Readonly<Record<string, string>>;
const overridden = async (does: readonly string[], env: Env = {}): Promise<TerraformCli> => {
  await install(join(folder, "plugin"), does);
  const providers = { overrides: { "seatwise/seatwise": join(folder, "plugin") } };
  return terraformCli({ cwd: join(folder, "project"), home: join(folder, "home"), providers, env });
};
const lifeCycle = async (cli: TerraformCli): Promise<void> => {
  expect((await cli.apply()).stdout).toMatch(/Apply complete! Resources: 1 added/);
  expect((await cli.plan()).code).toBe(0);
  expect((await cli.destroy()).stdout).toMatch(/Destroy complete! Resources: 1 destroyed/);
};

const plain = { TF_DISABLE_PLUGIN_TLS: "1" };
const tcp = { SEATWISE_PLUGIN_NETWORK: "tcp" };
test.each<{ name: string; env: Env; network?: string; tls?: boolean; does?: readonly string[] }>([
  { name: "TLS on a unix socket", env: {} },
  { name: "plaintext on a unix socket", env: plain, tls: false },
  { name: "TLS on tcp", env: tcp, network: "tcp" },
  { name: "plaintext on tcp", env: { ...tcp, ...plain }, network: "tcp", tls: false },
  { name: "output after the handshake", env: {}, does: ["noise-after"] },
  { name: "stray errors", env: {}, does: ["stray"] },
])("create, no change, destroy: $name", async ({ env, network = "unix", tls = true, does = [] }) => {
  const logFile = join(folder, "trace.log");
  const cli = await overridden(does, { ...env, TF_LOG: "trace", TF_LOG_PATH: logFile });
  await lifeCycle(cli);
  const lines = (await readFile(logFile, "utf8")).split("\n");
  const served = lines.filter((line) => / serving on /.test(line));
  expect(served.length).toBeGreaterThan(5);
  expect(served.filter((line) => !line.includes(`serving on ${network}:`))).toEqual([]);
  expect(lines.some((line) => line.includes("configuring client automatic mTLS"))).toBe(tls);
  const told = lines.filter((line) => / provider[.]terraform-provider-seatwise: writing: /.test(line));
  expect(told).toHaveLength(2);
  expect(told.every((line) => line.includes("[INFO]") && line.includes("test=true"))).toBe(true); // level and fields kept
  expect(
    lines.filter((line) => /exit gracefully|error closing client|signal: killed|did not respond/.test(line)),
  ).toEqual([]);
});

test("from a mirror, with a lock file", async () => {
  const { version } = manifest();
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const mirror = join(folder, "mirror");
  await install(join(mirror, "registry.terraform.io/seatwise/seatwise", version, platform), []);
  const cli = terraformCli({ cwd: join(folder, "project"), home: join(folder, "home"), providers: { mirror } });
  expect((await cli.init()).stdout).toMatch(/Installed seatwise\/seatwise/);
  await lifeCycle(cli);
  expect(await readFile(join(folder, "project/.terraform.lock.hcl"), "utf8")).toMatch(/"h1:/);
});

test("reattached: no process is started, and it outlives the command", async () => {
  const plugin = await TerraformPlugin.start({ command: [node, fake, "--reattach"] });
  const reattach = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(plugin.line)?.[1] ?? "";
  const env = { TF_REATTACH_PROVIDERS: reattach };
  const cli = terraformCli({ cwd: join(folder, "project"), home: join(folder, "home"), env });
  expect((await cli.init()).code).toBe(0);
  await lifeCycle(cli);
  expect(plugin.running).toBe(true);
  plugin.child.kill("SIGINT");
  expect(await plugin.ended).toEqual({ code: 0, signal: null });
});

test("Ctrl-C during an apply: what was done is in the state, and the provider ends by itself", async () => {
  const cli = await overridden(["slow=60", "abortable"], { TF_LOG: "debug" });
  const seen: string[] = [];
  const running = cli.start("apply", { onOutput: (text) => seen.push(text) });
  await until(() => /: writing: /.test(seen.join("")));
  running.ctrlC();
  const ended = await running.ended;
  expect(ended.stdout).toMatch(/Interrupt received/);
  expect(ended.stderr).not.toMatch(/failed to exit gracefully|Plugin did not respond/);
  expect(resourceIn(await cli.showState(), "seatwise_thing.a")?.values).toEqual({ name: "ada" });
});

test("text before the handshake is what Terraform takes for our failure", async () => {
  const cli = await overridden(["noise-before"]);
  const { code, stderr } = await cli.plan();
  expect(code).toBe(1);
  expect(words(stderr)).toMatch(/Unrecognized remote plugin message: hello/);
});

test("why we cannot serve is read by the user", async () => {
  const cli = await overridden([], { SEATWISE_PLUGIN_NETWORK: "udp" });
  const { code, stderr } = await cli.plan();
  expect(code).toBe(1);
  expect(words(stderr)).toMatch(/SEATWISE_PLUGIN_NETWORK is "udp"\. Use unix or tcp, or unset it\./);
});
