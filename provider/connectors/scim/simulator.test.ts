import { spawn } from "node:child_process";
import { join } from "node:path";
import { toolPath } from "../../testing/real/tool-path.ts";
import { createSimulatorClock } from "../simulator/clock.ts";
import {
  addToGroup,
  ask,
  createUser,
  deleteUser,
  findUser,
  groupMembers,
  removeFromGroup,
  seedScim,
  setActive,
} from "./hands.ts";
import { dialects, type ScimSimulator, type ScimSimulatorOptions, startScimSimulator } from "./simulator.ts";

const running: ScimSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) {
    await sim.stop();
    expect(sim.bugs).toEqual([]);
  }
});
const start = async (options: ScimSimulatorOptions = {}): Promise<ScimSimulator> => {
  const sim = await startScimSimulator(options);
  running.push(sim);
  return sim;
};
const people = (n: number) =>
  Array.from({ length: n }, (_v, i) => ({ login: `p${String(i).padStart(6, "0")}`, email: `p${i}@acme.test` }));
interface List {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly startIndex?: number;
  readonly nextCursor?: string;
  readonly previousCursor?: string;
  readonly Resources: readonly {
    readonly id: string;
    readonly userName: string;
    readonly groups?: readonly { display: string; type: string }[];
  }[];
}
const list = async (sim: ScimSimulator, path: string): Promise<List> => (await ask(sim, "GET", path)).body as List;
const scimType = async (sim: ScimSimulator, path: string): Promise<unknown> =>
  ((await ask(sim, "GET", path)).body as { scimType?: unknown }).scimType;

/** What the compliance test of another project prints about a service. */
const comply = (url: string, token: string): Promise<{ code: number | null; text: string }> =>
  new Promise((resolve) => {
    const python = join(toolPath("scim2-server"), "bin", "python");
    const args = ["-c", "from scim2_cli import cli; cli()", "-u", url, "test"];
    const child = spawn(python, args, { env: { ...process.env, SCIM_CLI_HEADERS: `Authorization: Bearer ${token}` } });
    let text = "";
    child.stdout.on("data", (d: Buffer) => (text += d.toString()));
    child.stderr.on("data", (d: Buffer) => (text += d.toString()));
    child.on("close", (code) => resolve({ code, text }));
  });

it.each([
  ["complete", dialects.complete, 135],
  ["as scim2-server", dialects.likeScim2Server, 135],
  ["without Bulk, sorting, versions and cursors", { ...dialects.modest, members: "default" as const }, 100],
])("scim2-tester finds no error in the simulator: %s", async (_name, dialect, least) => {
  const sim = await start({ dialect, token: "t" });
  const { code, text } = await comply(sim.baseUrl, "t");
  expect(text.split("\n").filter((l) => /^(ERROR|CRITICAL)/.test(l))).toEqual([]);
  expect(code).toBe(0);
  // 135 on scim2-server itself: a test that stopped early would have found no error either.
  expect(text.split("\n").filter((l) => l.startsWith("SUCCESS")).length).toBeGreaterThanOrEqual(least);
});

describe("cursors (RFC 9865)", () => {
  it("walk to the end and back, and neither miss nor repeat while others write", async () => {
    const sim = await start({ dialect: { maxPage: 10 } });
    await seedScim(sim, { people: people(25), groups: [] });
    const first = await list(sim, "/Users?cursor=&count=10");
    expect([first.totalResults, first.itemsPerPage, first.startIndex, first.previousCursor]).toEqual([
      25,
      10,
      undefined,
      undefined,
    ]);
    await createUser(sim, { login: "late" });
    await deleteUser(sim, "p000003");
    const second = await list(sim, `/Users?cursor=${first.nextCursor}&count=10`);
    const third = await list(sim, `/Users?cursor=${second.nextCursor}&count=10`);
    expect([...first.Resources, ...second.Resources, ...third.Resources].map((u) => u.userName)).toEqual(
      people(25).map((p) => p.login),
    );
    expect(third.nextCursor).toBeUndefined();
    expect((await list(sim, `/Users?cursor=${third.previousCursor}&count=10`)).Resources).toEqual(second.Resources);
  });
  it("are the same for the same seed", async () => {
    const cursor = async (seed: number): Promise<string | undefined> => {
      const sim = await start({ seed, dialect: { maxPage: 10 } });
      await seedScim(sim, { people: people(25), groups: [] });
      return (await list(sim, "/Users?cursor=&count=10")).nextCursor;
    };
    const one = await cursor(7);
    expect(one).toMatch(/^w[a-z0-9]+-10$/);
    expect(await cursor(7)).toBe(one);
    expect(await cursor(8)).not.toBe(one);
  });
  it("are refused when they are not ours, for another question, of another count or too old", async () => {
    const clock = createSimulatorClock();
    const sim = await start({ dialect: { maxPage: 10, cursorTimeoutSeconds: 60 }, clock });
    await seedScim(sim, { people: people(25), groups: [] });
    const { nextCursor } = await list(sim, "/Users?cursor=&count=10");
    expect(await scimType(sim, "/Users?cursor=wabc-10&count=10")).toBe("invalidCursor");
    expect(await scimType(sim, "/Users?cursor=a%20b")).toBe("invalidCursor");
    expect(await scimType(sim, `/Users?cursor=${nextCursor}&count=10&filter=title%20pr`)).toBe("invalidCursor");
    expect(await scimType(sim, `/Users?cursor=${nextCursor}&count=5`)).toBe("invalidCount");
    expect(await scimType(sim, `/Users?cursor=${nextCursor}&startIndex=1`)).toBe("invalidValue");
    clock.advance(61_000);
    expect(await scimType(sim, `/Users?cursor=${nextCursor}&count=10`)).toBe("expiredCursor");
  });
});

it("by hand: joins, leaves, is deactivated and deleted, as at any service", async () => {
  const sim = await start();
  await seedScim(sim, {
    people: people(3),
    groups: [
      { name: "inner", members: ["p000001"] },
      { name: "outer", members: ["inner"] },
    ],
  });
  await addToGroup(sim, "inner", "p000002");
  expect(await groupMembers(sim, "inner")).toEqual(["p000001", "p000002"]);
  await removeFromGroup(sim, "inner", "p000001");
  await setActive(sim, "p000002", false);
  const one = await list(sim, "/Users?filter=userName%20eq%20%22p000002%22");
  expect(one.Resources[0]).toMatchObject({
    active: false,
    groups: [
      { display: "inner", type: "direct" },
      { display: "outer", type: "indirect" },
    ],
  });
  await deleteUser(sim, "p000002");
  expect(await groupMembers(sim, "inner")).toEqual([]);
});

it("lists trail behind when told so, single reads never do", async () => {
  const clock = createSimulatorClock();
  const sim = await start({ clock, lagMs: 5000 });
  const id = await createUser(sim, { login: "new" });
  expect((await list(sim, "/Users")).totalResults).toBe(0);
  expect((await ask(sim, "GET", `/Users/${id}`)).status).toBe(200);
  clock.advance(5000);
  expect(await findUser(sim, "new")).toBe(id);
});

it("a service that buys as it goes takes more than was purchased, and says what it bought", async () => {
  const sim = await start({ dialect: { seats: { crm: { purchased: 1, buysOnAssign: true } } } });
  await seedScim(sim, { people: people(3), groups: [{ name: "crm", members: ["p000000", "p000001", "p000002"] }] });
  const { body } = await ask(sim, "GET", "/Groups");
  expect(JSON.stringify(body)).toContain('"purchased":3');
});

it("somebody who is to leave at the end of the cycle and is put back stays", async () => {
  const clock = createSimulatorClock();
  const releasesAt = new Date(clock.now() + 60_000).toISOString();
  const sim = await start({ clock, dialect: { seats: { crm: { purchased: 2, releasesAt } } } });
  await seedScim(sim, { people: people(2), groups: [{ name: "crm", members: ["p000000", "p000001"] }] });
  await removeFromGroup(sim, "crm", "p000000");
  await removeFromGroup(sim, "crm", "p000001");
  expect(await groupMembers(sim, "crm")).toEqual(["p000000", "p000001"]);
  await addToGroup(sim, "crm", "p000000");
  clock.advance(60_001);
  expect(await groupMembers(sim, "crm")).toEqual(["p000000"]);
});

it("basic authentication and client credentials, besides the token", async () => {
  const sim = await start({ basic: { username: "u", password: "p" }, client: { id: "c", secret: "s", lifeMs: 1000 } });
  const as = async (authorization: string) => (await ask(sim, "GET", "/Users", undefined, { authorization })).status;
  expect([await as(`Basic ${btoa("u:p")}`), await as(`Basic ${btoa("u:x")}`), await as("Bearer nothing")]).toEqual([
    200, 401, 401,
  ]);
  const form = (secret: string) =>
    fetch(sim.tokenUrl, { method: "POST", body: new URLSearchParams({ client_id: "c", client_secret: secret }) });
  expect((await form("wrong")).status).toBe(401);
  const { access_token } = (await (await form("s")).json()) as { access_token: string };
  expect(await as(`Bearer ${access_token}`)).toBe(200);
  sim.clock.advance(1001);
  expect(await as(`Bearer ${access_token}`)).toBe(401);
});

it("holds a hundred thousand people: a page, a name and a filter stay quick", async () => {
  const sim = await start({ dialect: { bulk: { maxOperations: 1000, maxPayloadSize: 10_000_000 } } });
  const model = sim.service.models[0];
  if (!model) throw new Error("no model");
  for (const { login, email } of people(100_000))
    sim.service.create(model, { userName: login, emails: [{ value: email, type: "work" }] });
  const last = await list(sim, "/Users?startIndex=99901&count=1000&attributes=userName");
  expect([last.totalResults, last.itemsPerPage]).toEqual([100_000, 100]);
  expect((await list(sim, "/Users?filter=emails%20eq%20%22P99999%40acme.test%22")).Resources[0]?.userName).toBe(
    "p099999",
  );
});
