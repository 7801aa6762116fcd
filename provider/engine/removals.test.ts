import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Previous } from "../core/resource.ts";
import type { Values } from "../core/value.ts";
import { functions, resources } from "../resources/index.ts";
import { memoryKind, person, type World, world } from "../testing/memory-world.ts";
import { createProvider } from "./provider.ts";
import type { Applied, At, Session } from "./verbs.ts";

let home: string;
let vendor: World;
let processes = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "seatwise-removals-"));
  vendor = world([person("ada"), person("bob"), person("cy")]);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A process of ours that this terraform started: one for its plan's walk, one for its apply's. */
const start = (terraform: number): Session => {
  processes += 1;
  return createProvider({
    version: "test",
    resources,
    functions,
    connectors: [memoryKind(vendor)],
    env: () => undefined,
    parent: { pid: terraform, started: "1", alive: () => true, living: () => true },
    clock: { now: () => Date.parse("2026-11-24T12:00:00Z"), sleep: async () => {}, random: () => 0.5 },
    pid: processes,
    savedPlans: { place: "/work/prod" },
    log: () => {},
    home,
  }).configure({ directory: "people", connections: { people: { memory: {} } } });
};
const at = (name: string): At => ({
  type: "SeatPool",
  key: `SeatPool::${name}`,
  name,
  signal: new AbortController().signal,
  log: () => {},
});
const pool = (name: string, over: Values = {}): Values => ({
  name,
  license: { connection: "people", sku: "crm" },
  allotment: 10,
  rules: [{ claim: { name: "all", when: 'user.department == "eng"' } }],
  onDestroy: "release",
  ...over,
});
const kept = ({ id, inputs, outputs, record }: Applied): Previous => ({ id, inputs, outputs, record });
const holders = (): readonly string[] => [...(vendor.seats.get("crm")?.keys() ?? [])].sort();

const created = async (name: string): Promise<Previous> => {
  const session = start(1);
  await session.check(at(name), pool(name), null);
  return kept(await session.apply(at(name), pool(name), null));
};
const refreshed = async (session: Session, name: string, previous: Previous): Promise<Previous> => {
  const found = await session.read(at(name), previous);
  if (!found) throw new Error("the pool is gone");
  return kept(found);
};

test("a removal releases whom its plan named", async () => {
  const old = await created("crm");
  const planning = start(2);
  const seen = await refreshed(planning, "crm", old);
  const removal = await planning.planRemoval(at("crm"), seen);
  expect(removal.seats.map(({ holder }) => holder).sort()).toEqual(["ada", "bob", "cy"]);
  vendor.people.set("dee", person("dee"));
  await start(2).remove(at("crm"), seen, removal);
  expect(holders()).toEqual([]);
});

test("a destroy plans twice: first, in a walk of its own to refresh, as if the pool were to stay", async () => {
  const old = await created("crm");
  const refreshing = start(2);
  await refreshing.check(at("crm"), pool("crm"), await refreshed(refreshing, "crm", old));
  const removal = await start(2).planRemoval(at("crm"), old);
  await start(2).remove(at("crm"), old, removal);
  expect(holders()).toEqual([]);
});

test("nobody whom the plan did not name", async () => {
  const old = await created("crm");
  const removal = await start(2).planRemoval(at("crm"), old);
  const seats = removal.seats.filter(({ holder }) => holder !== "bob");
  await start(2).remove(at("crm"), old, { ...removal, seats });
  expect(holders()).toEqual(["bob"]);
});

describe("a pool that takes the seats over keeps them, in whatever order core plans and acts", () => {
  const rows = [
    { name: "the removal planned first, another name", next: "sales", first: "removal" },
    { name: "the new pool planned first, another name", next: "sales", first: "pool" },
    { name: "the removal planned first, the same name", next: "crm", first: "removal" },
    { name: "the new pool planned first, the same name", next: "crm", first: "pool" },
  ] as const;
  for (const saved of [false, true])
    test.each(rows)(`${saved ? "saved plan" : "one-shot"}: $name`, async ({ next, first }) => {
      const old = await created("crm");
      const planning = start(2);
      const seen = await refreshed(planning, "crm", old);
      const planNew = () => planning.check(at(next), pool(next, { ownership: "adopt" }), null);
      if (first === "pool") await planNew();
      const removal = await planning.planRemoval(at("crm"), seen);
      if (first === "removal") await planNew();
      // Destroys nothing depends on come early: the new pool is not even planned again by then.
      await start(saved ? 3 : 2).remove(at("crm"), seen, removal);
      expect(holders()).toEqual(["ada", "bob", "cy"]);
      expect(vendor.writes.filter((write) => write.startsWith("unassign"))).toEqual([]);
    });
});

test("a new pool that takes the name of a renamed one has no part in its seats, whatever was read under that name", async () => {
  const old = await created("crm");
  const planning = start(2);
  const seen = await refreshed(planning, "crm", old);
  const grants = { claim: { name: "cy", grants: [{ user: "cy" }] } };
  const renamed = pool("sales", { rules: [{ claim: { name: "all", when: 'user.login != "cy"' } }] });
  await planning.check(at("sales"), renamed, seen);
  const shown = await planning.check(at("crm"), pool("crm", { rules: [grants] }), null);
  expect(shown.problems).toEqual([]);
  const applying = start(2);
  await applying.check(at("crm"), pool("crm", { rules: [grants] }), null);
  const made = await applying.apply(at("crm"), pool("crm", { rules: [grants] }), null);
  expect(made.outputs.owned).toBe(0); // cy's seat is still the other's
  expect(holders()).toEqual(["ada", "bob", "cy"]);
});
