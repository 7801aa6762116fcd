import type { Connector } from "../../core/connector.ts";
import { inventEnterprise } from "../../testing/enterprise.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import type { Worker } from "../simulator/company.ts";
import { connector } from "./connector.ts";
import { type EntraSimulator, sandbox } from "./simulator.ts";
import { ask, need, seatsOf, signal, sku } from "./world.fixture.ts";

const clock = createVirtualClock(1, Date.UTC(2026, 10, 24));
const company = inventEnterprise({ seed: 3, now: clock.now(), people: 400 });
const open = async () => {
  const own = { now: clock.now, advance: clock.advance, set: () => undefined };
  const serving = await sandbox.start(company, { port: 0, seed: 3, clock: own });
  const config = connector.config.parse({ ...serving.connection, ...serving.secrets });
  const using = { connection: "entra", clock, log: () => undefined, transport: serving.simulator.transport };
  return { ...serving, open: (): Connector => connector.open(config, using) };
};
let world: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  world = await open();
});
afterEach(async () => {
  expect(world.simulator.bugs).toEqual([]);
  await world.simulator.stop();
});
const worker = company.people.find(
  (one) => one.status === "active" && one.country !== null && one.groups.length > 0,
) as Worker; // the company has some
const personOf = async (email: string) => (await ask(world.open(), null, null)).people.find((p) => p.email === email);

it("shows the company: everybody, with what rules read", async () => {
  expect((await ask(world.open())).people).toHaveLength(company.people.length);
  expect(await personOf(worker.email)).toMatchObject({
    department: worker.department,
    title: worker.title,
    type: worker.type,
    groups: expect.arrayContaining([...worker.groups]),
    attributes: { employeeType: worker.type, usageLocation: worker.country },
  });
});
it("shows its contracts and seats, those through a group as such", async () => {
  const bought = company.contracts.filter(({ system }) => system === "entra");
  expect(bought.length).toBeGreaterThan(2);
  for (const { sku: name, purchased } of bought) {
    const { sku: id } = await need(world.open().sku)(name, signal);
    expect((await need(world.open().counters)({ sku: id }, signal)).purchased?.value).toBe(purchased);
  }
  const direct = company.seats.filter((seat) => seat.system === "entra" && seat.sku === "SPE_E3");
  expect(await seatsOf(world.open(), sku.e3)).toHaveLength(direct.length);
  expect((await seatsOf(world.open(), sku.visio)).every((seat) => seat.inheritedFrom === "lic-visio")).toBe(true);
  expect(world.shows.join("\n")).toContain(`${company.people.length} users`);
});
it("what is done by hand shows: hired, moved, renamed, signed in, gone", async () => {
  const { deeds } = world;
  const joiner: Worker = { ...worker, login: "new.joiner", email: "new.joiner@acme.test", groups: [] };
  deeds.hire?.(joiner);
  deeds.change?.({ ...worker, department: "Elsewhere", email: "renamed@acme.test", groups: [] });
  deeds.signIn?.("new.joiner", clock.now());
  const moved = await personOf("renamed@acme.test");
  expect([moved?.department, moved?.groups?.filter((name) => worker.groups.includes(name))]).toEqual(["Elsewhere", []]);
  const joined = await personOf(joiner.email);
  const report = await need(world.open().usage)(joined ? [joined] : [], signal);
  expect(report.usage[0]?.at).toBe(new Date(clock.now()).toISOString());
  deeds.leave?.("new.joiner");
  expect(await personOf(joiner.email)).toBeUndefined();
});
it("seats are given and taken by hand, and refused where Entra refuses", async () => {
  const { deeds } = world;
  const simulator = world.simulator as EntraSimulator; // what `sandbox` starts
  const joiner: Worker = { ...worker, login: "new.joiner", email: "new.joiner@acme.test", groups: [], country: null };
  deeds.hire?.(joiner);
  expect(() => deeds.giveSeat?.("SPE_E3", "new.joiner")).toThrow("invalid usage location");
  deeds.change?.({ ...joiner, country: "DE" });
  deeds.giveSeat?.("SPE_E3", "new.joiner");
  const id = simulator.hands.userId(joiner.email);
  expect(simulator.holders("SPE_E3")).toContain(id);
  deeds.takeSeat?.("SPE_E3", "new.joiner");
  expect(simulator.holders("SPE_E3")).not.toContain(id);
  expect(() => deeds.takeSeat?.("SPE_E3", "new.joiner")).toThrow("new.joiner has no seat of SPE_E3");
  deeds.giveSeat?.("group:lic-visio", "new.joiner");
  expect((await seatsOf(world.open(), "group:lic-visio")).map((seat) => seat.holder)).toContain(id);
});
