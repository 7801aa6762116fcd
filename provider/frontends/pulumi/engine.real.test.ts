import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeProgram } from "../../testing/fake-program.ts";
import { FakeProvider } from "../../testing/fake-provider.ts";
import { type Attached, attachPulumi } from "../../testing/pulumi-attach.ts";
import { schema } from "../../testing/pulumi-stand.ts";
import { diagnostics, summary } from "../../testing/real/engine-event.ts";
import { type PulumiCli, pulumiCli } from "../../testing/real/pulumi-cli.ts";
import { writeProject } from "../../testing/real/pulumi-project.ts";

jest.setTimeout(180_000); // up to five runs of the CLI each, on machines that do other things too

/** The real CLI against this front end; the provider behind it has no vendor and is told what to do. */
let provider: FakeProvider;
let attached: Attached;
let folder: string;
let cli: PulumiCli;
const project = () => join(folder, "project");
const write = (pools: string, config?: string) =>
  writeProject(project(), { name: "fake", program: fakeProgram(pools, config) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatwise-engine-"));
  provider = new FakeProvider();
  attached = await attachPulumi(provider, JSON.stringify(schema));
  await write('new Pool("eng", { members: ["ada", "bob"] });');
  cli = pulumiCli({ cwd: project(), home: join(folder, "home"), attach: attached.attach });
  await cli.init();
});
afterEach(async () => {
  attached.close();
  await rm(folder, { recursive: true, force: true });
});

interface Deployed {
  readonly type: string;
  readonly id: string;
  readonly urn: string;
  readonly initErrors?: readonly string[];
  readonly refreshBeforeUpdate?: boolean;
  readonly outputs: Readonly<Record<string, unknown>>;
}
const pools = async (): Promise<readonly Deployed[]> => {
  const state = (await cli.state()) as { deployment: { resources?: readonly Deployed[] } }; // the CLI's own export
  return (state.deployment.resources ?? []).filter((r) => r.type === "seatwise:index:Pool");
};
const verbs = () => provider.heard.map((heard) => heard.verb);
const steps = (ended: { events: Parameters<typeof summary>[0] }) => summary(ended.events)?.resourceChanges;
const text = (ended: { stdout: string; stderr: string }) => ended.stdout + ended.stderr;

test("create, an empty second preview, drift in a plain preview, repair, delete", async () => {
  const up = await cli.up();
  expect([up.code, steps(up)]).toEqual([0, { create: 3 }]);
  expect(provider.seats.get("eng")).toEqual(["ada", "bob"]);
  expect(await pools()).toMatchObject([{ id: "eng", refreshBeforeUpdate: true }]);

  expect((await cli.preview({ args: ["--expect-no-changes"] })).code).toBe(0);
  provider.seats.set("eng", ["ada", "eve"]);
  const drift = await cli.preview({ args: ["--diff", "--expect-no-changes"] });
  expect(drift.code).not.toBe(0);
  expect(text(drift)).toMatch(/\+ eve: "no rule claims them"/);
  expect(text(drift)).not.toContain("If this run deletes"); // it was checked

  expect((await cli.up({ args: ["--skip-preview"] })).code).toBe(0);
  expect(provider.seats.get("eng")).toEqual(["ada", "bob"]);
  const destroy = await cli.destroy();
  expect([destroy.code, provider.seats.size]).toEqual([0, 0]);
});

test("a pool that left the program is named before anything is deleted", async () => {
  await cli.up({ args: ["--skip-preview"] });
  await write("");
  const preview = await cli.preview();
  expect(diagnostics(preview.events)).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      message: expect.stringContaining("If this run deletes the pool, ada, bob would lose a seat."),
    }),
  );
});

test("a partial failure keeps what is done, whatever the record's size, and the next run does the rest", async () => {
  provider.ballast = randomBytes(4_000_000).toString("base64"); // it travels in a header, where 64 KiB is a usual limit
  provider.failing.add("bob");
  for (const name of ["create", "update"]) {
    const failed = await cli.up({ args: ["--skip-preview"] });
    expect([name, failed.code]).not.toEqual([name, 0]);
    expect(text(failed)).toContain("seat bob: the vendor answered 429");
    expect(await pools()).toMatchObject([
      { id: "eng", refreshBeforeUpdate: true, outputs: { consumed: 1, __record: expect.anything() } },
    ]);
    expect(provider.heard.findLast((h) => h.verb === "apply")?.previous === null).toBe(name === "create");
  }
  provider.failing.clear();
  expect((await cli.up({ args: ["--skip-preview"] })).code).toBe(0);
  expect(provider.heard.findLast((h) => h.verb === "apply")?.previous?.record).toBe(`record of ada${provider.ballast}`);
  expect(provider.seats.get("eng")).toEqual(["ada", "bob"]);
});

test("unknown inputs: the preview says so, the update knows", async () => {
  await write(
    'const one = new Pool("one", { members: ["ada"] });\nnew Pool("two", { members: pulumi.all([one.consumed]).apply(([n]) => ["member-" + n]) });',
  );
  const preview = await cli.preview({ args: ["--diff"] });
  expect(preview.code).toBe(0);
  expect(text(preview)).toContain("[unknown]");
  expect(verbs()).not.toContain("apply");
  expect((await cli.up({ args: ["--skip-preview"] })).code).toBe(0);
  expect(provider.seats.get("two")).toEqual(["member-1"]);
});

test("a secret is in no state, no output and no event, under no name", async () => {
  const CANARY = "canary-5ecret-f00d";
  await write(
    `new Pool("eng", { members: ["ada"], token: pulumi.secret("${CANARY}") });`,
    `{ directory: "people", connections: JSON.stringify({ people: { keycloak: { clientSecret: "${CANARY}-config" } } }) }`,
  );
  const runs = [
    await cli.preview({ args: ["--diff"] }),
    await cli.up(),
    await cli.preview({ args: ["--diff"] }),
    await cli.refresh(),
  ];
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0, 0]);
  expect(JSON.stringify(provider.configs)).not.toContain(CANARY); // it came as a secret, though the program did not mark it
  const state = await readFile(join(folder, "home/state/.pulumi/stacks/fake/test.json"), "utf8");
  expect(state).toContain('"claim"');
  // The Node SDK itself tells the engine every value at debug level.
  const events = runs.flatMap((run) => run.events.filter((e) => e.diagnosticEvent?.severity !== "debug"));
  const places = {
    state,
    output: runs.map(text).join(),
    events: JSON.stringify(events),
    ours: attached.debugged.join(),
  };
  expect(Object.entries(places).flatMap(([place, written]) => (written.includes(CANARY) ? [place] : []))).toEqual([]);
});

test("bad inputs and bad configuration stop the preview with the place", async () => {
  await write('new Pool("eng", { members: [], size: "many" });');
  const inputs = await cli.preview();
  expect(inputs.code).not.toBe(0);
  expect(text(inputs)).toMatch(/property size value \{many\} has a problem: must be a number/);
  expect(text(inputs)).toMatch(/has a problem: rules\[0\]\.claim: has no claim\n\s+Give one\./);
  await write('new Pool("eng", { members: [] });', '{ people: "wrong", directory: "people" }');
  const config = await cli.preview();
  expect(config.code).not.toBe(0);
  expect(text(config)).toMatch(/has a problem: people: must be account, id or count/);
});

test("a pool renamed with an alias stays one pool, and its record goes along", async () => {
  await cli.up({ args: ["--skip-preview"] });
  await write('new Pool("engineering", { members: ["ada", "bob"] }, { aliases: [{ name: "eng" }] });');
  const up = await cli.up();
  expect([up.code, steps(up)]).toEqual([0, { same: 3 }]);
  expect(await pools()).toMatchObject([{ id: "eng", urn: expect.stringContaining("::engineering") }]);
  const check = provider.heard.findLast((h) => h.verb === "check");
  expect([check?.at?.name, check?.previous?.record]).toEqual(["eng", "record of ada bob"]);
});

test("a timeout of the program reaches the provider", async () => {
  await write('new Pool("eng", { members: ["ada"] }, { customTimeouts: { create: "1s" } });');
  provider.during = ({ signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const up = await cli.up({ args: ["--skip-preview"] });
  expect(up.code).not.toBe(0);
  expect(text(up)).toContain("not done within the 1 s that `customTimeouts` allows");
});

test("Ctrl-C while seats are written: what is done is kept", async () => {
  const stop = new AbortController();
  provider.during = async () => {
    stop.abort();
    while (!provider.sessions.at(-1)?.cancelled) await new Promise((resolve) => setTimeout(resolve, 20));
    provider.failing.add("bob"); // the engine asked to stop before this one
  };
  const up = await cli.up({ args: ["--skip-preview"], signal: stop.signal });
  expect(up.code).not.toBe(0);
  expect(await pools()).toMatchObject([
    { id: "eng", initErrors: ["seat bob: the vendor answered 429"], outputs: { consumed: 1 } },
  ]);
  const state = (await cli.state()) as { deployment: { pending_operations?: unknown } };
  expect(state.deployment.pending_operations).toBeUndefined();
});

test("two providers of one program do not mix", async () => {
  await write(
    'new Pool("one", { members: ["ada"] });\nconst other = new Seatwise("other", { directory: "elsewhere" });\nnew Pool("two", { members: ["bob"] }, { provider: other });',
  );
  expect((await cli.up({ args: ["--skip-preview"] })).code).toBe(0);
  expect(provider.configs.map((c) => c.directory).toSorted()).toEqual(["elsewhere", "people"]);
  await write(
    'new Pool("one", { members: ["ada"] });\nconst other = new Seatwise("other", { directory: "moved" });\nnew Pool("two", { members: ["bob"] }, { provider: other });',
  );
  const moved = await cli.preview();
  expect([moved.code, steps(moved)]).toEqual([0, { same: 4, update: 1 }]); // the provider, and nothing of it replaced
});
