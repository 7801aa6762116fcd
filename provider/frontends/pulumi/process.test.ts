import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { PulumiClient } from "../../testing/pulumi-client.ts";
import { encode } from "./codec.ts";
import { providerPb } from "./proto.ts";

const node = "node_modules/.bin/node";
const plugin = "provider/testing/fake-plugin.ts";

const linesOf = (child: ChildProcess): AsyncIterator<string> => {
  if (!child.stdout) throw new Error("no stdout");
  return createInterface(child.stdout)[Symbol.asyncIterator]();
};
const next = async (lines: AsyncIterator<string>): Promise<string> => String((await lines.next()).value);
/** A zombie is over: only its new parent has not looked yet. */
const alive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};
const msUntil = async (over: () => boolean, within: number): Promise<number> => {
  const start = Date.now();
  while (!over() && Date.now() - start < within) await sleep(20);
  return Date.now() - start;
};

const startApply = async (port: number) => {
  const client = new PulumiClient(port);
  await client.call("configure", new providerPb.ConfigureRequest().setArgs(encode({ directory: "people" })));
  const urn = "urn:pulumi:dev::acme::seatwise:index:Pool::eng";
  const request = new providerPb.CreateRequest().setUrn(urn).setProperties(encode({ name: "eng", members: ["ada"] }));
  const told = client.call("create", request).then(
    (made) => made.getId(),
    () => "cut off",
  );
  return { client, told };
};

test.each([["SIGINT"], ["SIGTERM"]] as const)("%s ends an idle plugin at once", async (signal) => {
  const child = spawn(node, [plugin], { stdio: ["ignore", "pipe", "inherit"] });
  await next(linesOf(child));
  const start = Date.now();
  child.kill(signal);
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
  expect(Date.now() - start).toBeLessThan(1000);
});

test.each([
  { write: "a short write", seconds: 0.4, told: "eng", least: 200, most: 1500 },
  { write: "a long write", seconds: 30, told: "cut off", least: 700, most: 1500 },
])(
  "SIGINT during $write: waits for it, but no longer than the engine's patience",
  async ({ seconds, told, least, most }) => {
    const child = spawn(node, [plugin, String(seconds)], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = linesOf(child);
    const apply = await startApply(Number(await next(lines)));
    expect(await next(lines)).toBe("writing");
    const start = Date.now();
    child.kill("SIGINT");
    await once(child, "exit");
    expect(await apply.told).toBe(told);
    apply.client.close();
    expect(Date.now() - start).toBeGreaterThanOrEqual(least);
    expect(Date.now() - start).toBeLessThan(most);
  },
);

test("a plugin whose parent was killed goes too, also in the middle of a write", async () => {
  const shell = spawn("sh", ["-c", `${node} ${plugin} 30 & echo $!; wait`], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = linesOf(shell);
  const pid = Number(await next(lines));
  const { client } = await startApply(Number(await next(lines)));
  expect(await next(lines)).toBe("writing");
  expect(alive(pid)).toBe(true);
  shell.kill("SIGKILL");
  expect(await msUntil(() => !alive(pid), 5000)).toBeLessThan(3500);
  client.close();
});
