import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { lives, until } from "../../testing/real/watched-process.ts";
import { asTerraform, TerraformClient, TerraformPlugin } from "../../testing/terraform-plugin.ts";

const node = "node_modules/.bin/node";
const fake = "provider/testing/fake-terraform-plugin.ts";

const plugins: TerraformPlugin[] = [];
const begin = async (...words: readonly string[]): Promise<TerraformPlugin> => {
  const plugin = await TerraformPlugin.start({ command: [node, fake, ...words] });
  plugins.push(plugin);
  return plugin;
};
afterEach(async () => {
  for (const plugin of plugins.splice(0)) {
    if (plugin.running) plugin.child.kill("SIGKILL");
    await plugin.ended;
  }
});
const said = (plugin: TerraformPlugin, text: string): Promise<void> =>
  until(() => plugin.log.some((line) => line.includes(text)));

const apply = (client: TerraformClient): Promise<string> =>
  client.call("applyResourceChange", { typeName: "seatwise_thing", plannedState: { msgpack: Buffer.from("x") } }).then(
    ({ newState }) => `state ${newState?.msgpack}`,
    () => "cut off",
  );

test("Ctrl-C reaches the plugin too, and changes nothing: Terraform says what to do", async () => {
  const plugin = await begin("slow=1");
  const client = new TerraformClient(plugin, null);
  const told = apply(client);
  await said(plugin, "writing");
  plugin.child.kill("SIGINT");
  plugin.child.kill("SIGINT");
  expect(await told).toBe("state x");
  expect(plugin.running).toBe(true);
  await client.shutdown();
  expect(await plugin.ended).toEqual({ code: 0, signal: null });
  client.close();
});

test("StopProvider is heard while an apply runs, and the apply answers with what is done", async () => {
  const plugin = await begin("slow=60", "abortable");
  const client = new TerraformClient(plugin, null);
  const told = apply(client);
  await said(plugin, "writing");
  expect(await client.call("stopProvider", {})).toEqual({ Error: "" });
  expect(await told).toBe("state x");
  client.close();
});

test("SIGTERM ends an idle plugin and takes the socket away", async () => {
  const plugin = await begin();
  expect(plugin.socketIsThere).toBe(true);
  plugin.child.kill("SIGTERM");
  expect(await plugin.ended).toEqual({ code: 0, signal: null });
  expect(plugin.socketIsThere).toBe(false);
});

test.each([
  { write: "a short write is waited for", words: ["slow=0.3"], told: "state x", written: true },
  { write: "a long one is not", words: ["slow=60"], told: "cut off", written: false },
])("SIGTERM during an apply: $write", async ({ words, told, written }) => {
  const plugin = await begin(...words);
  const client = new TerraformClient(plugin, null);
  const answer = apply(client);
  await said(plugin, "writing");
  plugin.child.kill("SIGTERM");
  await plugin.ended;
  if (written) await said(plugin, "written");
  expect(plugin.log.some((line) => line.includes("cancelled"))).toBe(true);
  expect(plugin.log.some((line) => line.includes("written"))).toBe(written);
  expect(["cut off", told]).toContain(await answer); // the answer may miss the exit; the write must not
  client.close();
});

test("Shutdown answers and ends at once, with its streams open and its log full", async () => {
  const plugin = await begin("stray", "noise-after");
  const client = new TerraformClient(plugin, null);
  for (const stream of client.openStreams()) stream.on("error", () => {});
  await said(plugin, "A bug in Seatwise");
  expect(await client.shutdown()).toEqual({});
  expect(await plugin.ended).toEqual({ code: 0, signal: null }); // before Terraform's 2 s: else it kills, and this is SIGKILL's
  client.close();
});

test("what nobody awaits or catches is told and ends nothing", async () => {
  const plugin = await begin("stray");
  const bugs = (): string[] => plugin.log.filter((line) => line.includes("A bug in Seatwise"));
  await until(() => bugs().length === 2);
  const lines = bugs().map((line) => JSON.parse(line));
  expect(lines.every((line) => line["@level"] === "error" && /fake-terraform-plugin/.test(line["@message"]))).toBe(
    true,
  );
  expect(bugs().join("\n")).not.toMatch(/nobody/); // the words of an error may hold anything
  const client = new TerraformClient(plugin, null);
  await client.call("configureProvider", {});
  client.close();
});

test("a caller that is gone while a write is under way: it comes to its end, and nothing after it is begun", async () => {
  const plugin = await begin("slow=1");
  const client = new TerraformClient(plugin, null);
  const told = apply(client);
  await said(plugin, "writing");
  client.hangUp();
  await said(plugin, "cancelled");
  await said(plugin, "written");
  expect(plugin.running).toBe(true);
  expect(await told).toBe("cut off");
});

const orphaned = async (words: readonly string[]) => {
  const command = `${node} ${fake} ${words.join(" ")} & echo $!; wait`;
  const env = { PATH: process.env.PATH, ...asTerraform };
  const shell = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"], env });
  const lines = createInterface(shell.stdout)[Symbol.asyncIterator]();
  const log: string[] = [];
  createInterface(shell.stderr).on("line", (line) => log.push(line));
  const pid = Number((await lines.next()).value);
  const line = String((await lines.next()).value);
  const [, , network = "", address = ""] = line.split("|");
  return { shell, pid, log, place: { network, address, authority: "" } };
};

test("Terraform killed: an idle plugin goes too and leaves no socket", async () => {
  const { shell, pid, place } = await orphaned([]);
  expect(lives(pid)).toBe(true);
  shell.kill("SIGKILL");
  await once(shell, "exit");
  await until(() => !lives(pid) && !existsSync(dirname(place.address)));
});

test("Terraform killed before the handshake: nobody reads the line, and the plugin goes", async () => {
  // A parent that lives on, so that only the closed pipe can tell.
  const child = spawn(node, [fake], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env.PATH, ...asTerraform },
  });
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
});

test("Terraform killed during a write: no further write is begun, this one comes to its end", async () => {
  const { shell, pid, place, log } = await orphaned(["slow=4"]);
  const client = new TerraformClient(place, null);
  const told = apply(client);
  await until(() => log.some((line) => line.includes("writing")));
  shell.kill("SIGKILL");
  await until(() => log.some((line) => line.includes("cancelled")));
  expect(log.some((line) => line.includes("written"))).toBe(false);
  await until(() => !lives(pid));
  expect(log.some((line) => line.includes("written"))).toBe(true);
  await told;
  client.close();
});

test("to reattach: it lives on without a parent, serves plaintext, and Ctrl-C ends it", async () => {
  const plugin = await TerraformPlugin.start({
    command: [node, fake, "--reattach"],
    env: { TF_PLUGIN_MAGIC_COOKIE: "" },
  });
  plugins.push(plugin);
  const json = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(plugin.line)?.[1] ?? "";
  const { Addr, Pid } = JSON.parse(json)["seatwise/seatwise"];
  expect(Pid).toBe(plugin.child.pid);
  const client = new TerraformClient({ network: Addr.Network, address: Addr.String, authority: "" }, null);
  await client.call("configureProvider", {});
  await sleep(1500); // longer than the watch of a parent would take
  expect(plugin.running).toBe(true);
  plugin.child.kill("SIGINT");
  expect(await plugin.ended).toEqual({ code: 0, signal: null });
  expect(existsSync(dirname(Addr.String))).toBe(false);
  client.close();
});
