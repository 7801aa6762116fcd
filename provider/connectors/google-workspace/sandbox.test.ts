import { inventEnterprise } from "../../testing/enterprise.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import type { Serving } from "../simulator/company.ts";
import { config } from "./config.ts";
import { connector } from "./connector.ts";
import { sandbox } from "./sandbox.ts";
import { all, duty, signal } from "./world.fixture.ts";

const now = Date.UTC(2026, 10, 24, 12);
const company = inventEnterprise({ seed: 3, people: 400, now });
const clock = createVirtualClock(1, now);
let serving: Serving;

beforeAll(async () => {
  serving = await sandbox.start(company, {
    ...{ port: 0, seed: 1, clock: { now: clock.now, advance: clock.advance, set: () => undefined } },
  });
});
afterAll(async () => {
  await serving.simulator.stop();
  expect(serving.simulator.bugs).toEqual([]);
});
const open = () =>
  connector.open(config.parse({ ...serving.connection, ...serving.secrets }), {
    ...{ connection: "google", clock, transport: serving.simulator.transport, log: () => undefined },
  });
const people = async () => (await duty(open(), "people")({ match: null, groups: null, also: [] }, signal)).people;

it("shows the company's people with their groups, and its seats and contracts", async () => {
  const found = new Map((await people()).map((p) => [p.email, p]));
  for (const worker of company.people) {
    const person = found.get(worker.email);
    const { department, title } = worker;
    expect(person).toMatchObject({ department, title, firstName: worker.firstName, status: worker.status });
    expect(person?.groups).toEqual(expect.arrayContaining([...worker.groups]));
  }
  const skus = [...new Set(company.seats.filter((s) => s.system === "googleWorkspace").map((s) => s.sku))];
  expect(skus.length).toBeGreaterThan(1);
  for (const sku of skus) {
    const held = company.seats.filter((s) => s.system === "googleWorkspace" && s.sku === sku);
    expect((await all(open(), sku)).length).toBe(held.length);
  }
});

it("does by hand what people and administrators do", async () => {
  const [seat] = company.seats.filter(({ system }) => system === "googleWorkspace");
  const worker = company.people.find(({ login }) => login === seat?.login);
  if (!seat || !worker) throw new Error("the company has no Google seat");
  const { deeds } = serving;
  const holders = async () => (await all(open(), seat.sku)).map(({ account }) => account);
  deeds.takeSeat?.(seat.sku, worker.login);
  expect(await holders()).not.toContain(worker.email);
  deeds.giveSeat?.(seat.sku, worker.login);
  deeds.change?.({ ...worker, email: `renamed@${company.domain}`, department: "Elsewhere", status: "suspended" });
  expect(await holders()).toContain(`renamed@${company.domain}`);
  deeds.signIn?.(worker.login, now - 1000);
  const moved = (await people()).find(({ email }) => email === `renamed@${company.domain}`);
  expect(moved).toMatchObject({ department: "Elsewhere", status: "suspended" });
  const newcomer = { ...worker, login: "new.comer", email: `new.comer@${company.domain}` };
  deeds.hire?.(newcomer);
  deeds.leave?.(worker.login);
  const after = (await people()).map(({ email }) => email);
  expect(after).toContain(newcomer.email);
  expect(after).not.toContain(`renamed@${company.domain}`);
  expect(() => deeds.giveSeat?.(seat.sku, "nobody.at.all")).toThrow(/knows no/);
});
