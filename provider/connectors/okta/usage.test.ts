import type { Connector } from "../../core/connector.ts";
import { loginOf, seeded, type World } from "./world.fixture.ts";

const signal = new AbortController().signal;
const day = 86_400_000;
let world: World;
beforeEach(async () => {
  world = await seeded();
});
afterEach(async () => {
  expect(world.simulator.bugs).toEqual([]);
  await world.simulator.stop();
});
const usageOf = async (c: Connector, of: readonly number[]) => {
  const { people } = (await c.people?.({ match: null, groups: [], also: [] }, signal)) ?? { people: [] };
  world.simulator.resetLog();
  const report = await c.usage?.(
    people.filter(({ id }) => of.some((i) => world.ids[i] === id)),
    signal,
  );
  return {
    ...report,
    days: report?.usage.map(({ at }) => (at === null ? null : Math.round((world.clock.now() - Date.parse(at)) / day))),
  };
};
const logs = (): number => world.simulator.log.filter(({ path }) => path.startsWith("/api/v1/logs")).length;
const signIn = (i: number, days: number, app?: string): void =>
  world.simulator.hands.signIn(loginOf(i), world.clock.now() - days * day, app);

it("the last sign-in of ninety days; what is older or never was is unknown", async () => {
  signIn(5, 89);
  signIn(6, 91);
  signIn(6, 400);
  signIn(7, 30);
  signIn(7, 2);
  const report = await usageOf(world.open(), [3, 5, 6, 7, 8]);
  expect([report.signal, report.days]).toEqual(["okta sign-in", [1, 89, null, 2, null]]);
  expect(Date.parse(report.asOf ?? "") - Date.parse(report.coverageFrom ?? "")).toBe(90 * day);
  expect((await usageOf(world.open(), [7, 8])).days).toEqual([2, null]);
  expect(logs()).toBe(2);
});

it("reads the log newest first, and no further than it must", async () => {
  for (let i = 0; i < 1500; i += 1) signIn(i % 4, 60 - i / 60);
  const enough = await usageOf(world.open(), [0, 1, 2, 3]);
  expect([enough.days, logs()]).toEqual([[35, 35, 35, 1], 1]);
  await usageOf(world.open(), [0, 1, 2, 3, 20]);
  expect(logs()).toBe(2);
});

it("single sign-ons to an application are evidence for it, and sign-ins to Okta are not", async () => {
  signIn(5, 10, "Figma");
  signIn(6, 9, "Zoom");
  signIn(5, 1);
  const report = await usageOf(world.open({ usageApp: "Figma" }), [3, 5, 6, 7]);
  expect([report.signal, report.days]).toEqual(["okta single sign-on: Figma", [null, 10, null, null]]);
});

it("the time that Okta keeps with each person costs no further request", async () => {
  signIn(6, 400);
  const report = await usageOf(world.open({ usageFrom: "lastLogin" }), [3, 6, 8]);
  expect([report.signal, report.days, world.simulator.log]).toEqual(["okta sign-in", [1, 400, null], []]);
});

it("a deletion is told by the System Log alone", async () => {
  world.simulator.hands.deleteUser(loginOf(9));
  const filter = encodeURIComponent('eventType eq "user.lifecycle.delete.initiated"');
  const headers = { authorization: `SSWS ${world.simulator.apiToken}` };
  const url = `${world.simulator.url}/api/v1/logs?filter=${filter}`;
  const raw = await world.simulator.transport({ method: "GET", url, headers, signal, timeoutMs: 1000 });
  expect((JSON.parse(raw.body) as { target: { id: string }[] }[])[0]?.target[0]?.id).toBe(world.ids[9]);
});
