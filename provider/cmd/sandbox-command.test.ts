import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemNames } from "../testing/sandbox-systems.ts";
import { serveSandbox } from "./sandbox-command.ts";

/** The lockfile's: what runs the tests may be older, and strips no types. */
const node = join(__dirname, "../../node_modules/.bin/node");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
/** The command line as a user starts it: Node strips the types. `until`: what it prints when it should be ended. */
const seatwise = (
  args: readonly string[],
  given: { input?: string; env?: Record<string, string>; until?: RegExp } = {},
) =>
  new Promise<Ended>((resolve) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...given.env };
    const child = spawn(node, [join(__dirname, "seatwise.ts"), ...args], { env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => {
      out += String(data);
      if (given.until?.test(out)) child.kill("SIGINT");
    });
    child.stderr.on("data", (data) => {
      err += String(data);
    });
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.end(given.input ?? "");
  });

test("it says how to connect, and ends by Ctrl-C", async () => {
  const ended = await seatwise(["sandbox", "--systems", "keycloak,scim", "--people", "50", "--port", "0"], {
    until: /Ctrl-C ends it/,
  });
  expect(ended).toMatchObject({ code: 0, err: "" });
  for (const words of [
    "50 people",
    "pulumi config set seatwise:directory people",
    'provider "seatwise" {',
    "export SEATWISE_CRM_TOKEN=",
  ])
    expect(ended.out).toContain(words);
});

test("help names every system and every deed; a wrong word is one sentence", async () => {
  const help = await seatwise(["sandbox", "--help"]);
  for (const name of systemNames) expect(help.out).toContain(name);
  expect(help.out).toMatch(/POST {3}\/hire/);
  expect(await seatwise(["sandbox", "--systems", "entrra"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^seatwise: there is no system "entrra"\n.*entra/),
  });
  expect(await seatwise(["sandbox", "--people", "0"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("--people is 0, not a number from 1 to 1000000"),
  });
  expect(await seatwise(["sandboxx"])).toMatchObject({ code: 1, err: expect.stringContaining("there is no command") });
});

test("every system at once; doctor reads its connections from standard input and ends as it found them", async () => {
  const serving = await serveSandbox({ port: 0, seed: 1, size: 60 });
  const connections = await (await fetch(`${serving.control}/connections`)).text();
  const { systems } = serving.sandbox;
  const secret = (system: string, field: string) => systems.find(({ name }) => name === system)?.secrets[field] ?? "";
  expect(systems.map(({ name }) => name)).toEqual(systemNames);
  const only = (name: string): string => {
    const { [name]: one } = (JSON.parse(connections) as { connections: Record<string, unknown> }).connections;
    return JSON.stringify({ connections: { [name]: one } });
  };
  const env = { SEATWISE_PEOPLE_CLIENT_SECRET: secret("keycloak", "clientSecret") };
  const doctor = (args: readonly string[], use = env) =>
    seatwise(["doctor", "-", ...args], { input: only("people"), env: use });
  expect((await doctor([])).code).toBe(0);
  expect(await doctor(["--read-only"])).toMatchObject({
    code: 2,
    out: expect.stringContaining("surplus  manage-users"),
  });
  expect((await doctor([], { SEATWISE_PEOPLE_CLIENT_SECRET: "wrong" })).code).toBe(1);
  expect(JSON.parse((await doctor(["--json"])).out)).toMatchObject({
    code: 0,
    connections: [{ connection: "people" }],
  });
  expect(await seatwise(["doctor", "/nowhere.json"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^seatwise: \/nowhere\.json: cannot be read/),
  });
  await serving.stop();
});

test("a roster's people instead of invented ones", async () => {
  const folder = mkdtempSync(join(tmpdir(), "seatwise-sandbox-"));
  const roster = join(folder, "people.csv");
  writeFileSync(roster, "login,groups,department\nzoe.ray,sales,Sales\nbob.lin,sales,Sales\n");
  const serving = await serveSandbox({ port: 0, seed: 1, roster });
  expect(serving.lines[0]).toContain("2 people");
  const people = await (await fetch(`${serving.control}/people`)).json();
  expect(people).toMatchObject({ total: 2, people: [{ login: "zoe.ray" }, { login: "bob.lin" }] });
  await serving.stop();
  await rm(folder, { recursive: true });
});

test("where the control endpoint's port is taken, that is said and the systems are ended", async () => {
  const blocker = createServer();
  const port = await new Promise<number>((resolve) => {
    blocker.listen(0, "127.0.0.1", () => {
      const at = blocker.address();
      resolve(typeof at === "object" && at !== null ? at.port : 0);
    });
  });
  const asked = { port: port - 2, seed: 1, size: 10, systems: "keycloak" };
  await expect(serveSandbox(asked)).rejects.toMatchObject({
    code: "conflict",
    message: `port ${port} for the control endpoint is in use`,
  });
  await new Promise((resolve) => blocker.close(resolve));
  const again = await serveSandbox(asked);
  await again.stop();
});
