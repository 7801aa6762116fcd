import type { Enterprise, Worker } from "../connectors/simulator/company.ts";
import { inventEnterprise } from "./enterprise.ts";

const day = 86_400_000;
const now = Date.parse("2026-11-24T15:00:00Z");
const today = "2026-11-24";
const big = inventEnterprise({ seed: 1, now });

const holders = ({ seats }: Enterprise, sku: string): ReadonlySet<string> =>
  new Set(seats.filter((seat) => seat.sku === sku).map(({ login }) => login));
const named = ({ people }: Enterprise): ReadonlyMap<string, Worker> => new Map(people.map((one) => [one.login, one]));
const inGroup = (name: string) => big.people.filter(({ groups }) => groups.includes(name));

test("the same seed on the same day is the same company; another seed or size is another", () => {
  const small = (seed: number, people: number, at = now) => inventEnterprise({ seed, people, now: at });
  expect(small(3, 200)).toEqual(small(3, 200, now + 8 * 3_600_000));
  expect(small(3, 200)).not.toEqual(small(4, 200));
  expect(small(3, 200).people).toHaveLength(200);
  expect(big.people).toHaveLength(10_000);
  expect(small(3, 1).people.map(({ login }) => login)).toEqual(["grace.hopper"]);
});

test("logins, e-mails and GitHub accounts are nobody else's, and everything that is named is there", () => {
  const unique = (of: (one: Worker) => string | null): boolean => {
    const all = big.people.map(of).filter((value) => value !== null);
    return new Set(all).size === all.length;
  };
  expect([unique((p) => p.login), unique((p) => p.email), unique((p) => p.github)]).toEqual([true, true, true]);
  const people = named(big);
  const groups = new Set(big.groups.map(({ name }) => name));
  expect(groups.size).toBe(big.groups.length);
  const missing = [
    ...big.people.flatMap((one) => one.groups.filter((name) => !groups.has(name))),
    ...big.people.filter(({ manager }) => manager !== null && !people.has(manager)).map(({ login }) => login),
    ...big.groups.filter(({ parent }) => parent !== undefined && !groups.has(parent)).map(({ name }) => name),
    ...big.seats.filter(({ login }) => !people.has(login)).map(({ login }) => login),
  ];
  expect(missing).toEqual([]);
  expect(["grace.hopper", "ada.meyer"].filter((login) => !people.has(login))).toEqual([]);
  expect(big.people.every(({ login }) => /^[a-z.-]+[0-9]*$/.test(login))).toBe(true);
});

test("everybody but the chief has somebody above, and the way up ends", () => {
  const people = named(big);
  const depth = (one: Worker, seen = 0): number => {
    const above = one.manager === null ? undefined : people.get(one.manager);
    return above === undefined || seen > 9 ? seen : depth(above, seen + 1);
  };
  expect(big.people.filter(({ manager }) => manager === null).map(({ login }) => login)).toEqual(["grace.hopper"]);
  expect(Math.max(...big.people.map((one) => depth(one)))).toBe(3);
});

test("groups are nested: a team below its department below everyone", () => {
  const parents = new Map(big.groups.map(({ name, parent }) => [name, parent]));
  expect(parents.get("sales-emea")).toBe("sales");
  expect(parents.get("sales")).toBe("everyone");
  expect(parents.get("everyone")).toBeUndefined();
});

test("sign-ins are twelve months in order, on the days that people work", () => {
  const some = big.people.filter((_one, i) => i % 20 === 0);
  const all = some.flatMap(({ signIns }) => signIns);
  expect(all.length).toBeGreaterThan(50_000);
  const outside = some.filter(({ signIns }) =>
    signIns.some((at, i) => at > now || at < now - 366 * day || at <= (signIns[i - 1] ?? 0)),
  );
  expect(outside.map(({ login }) => login)).toEqual([]);
  const onWeekends = all.filter((at) => [0, 6].includes(new Date(at).getUTCDay())).length;
  expect(onWeekends / all.length).toBeLessThan(0.05);
  const silent = (days: number) =>
    big.people.filter(({ signIns, status }) => status === "active" && (signIns.at(-1) ?? 0) < now - days * day);
  expect(big.people.filter(({ signIns }) => signIns.length === 0).length).toBeGreaterThan(100);
  expect(silent(90).length).toBeGreaterThan(400);
  expect(silent(90).length).toBeLessThan(1500);
});

test.each<[mistake: string, found: () => number, least: number]>([
  ["active without a usage location", () => big.people.filter((one) => one.country === null).length, 50],
  [
    "a contractor whose contract ended is still active",
    () =>
      big.people.filter((p) => p.type === "contractor" && p.status === "active" && (p.endsOn ?? today) < today).length,
    50,
  ],
  ["a leaver still holds Copilot", () => seatsOfLeavers("copilot"), 10],
  ["a leaver still holds E3", () => seatsOfLeavers("SPE_E3"), 20],
  ["E5 and E3 at once", () => both(holders(big, "SPE_E5"), holders(big, "SPE_E3")), 10],
  ["a member of lic-visio without Visio", () => inGroup("lic-visio").length - holders(big, "VISIOCLIENT").size, 4],
  ["E5 that nobody has used for 90 days", () => idle(holders(big, "SPE_E5")), 20],
  ["a Copilot seat whose last use GitHub does not know", () => big.seats.filter((s) => s.lastUsed === null).length, 50],
  ["Figma by hand", () => big.seats.filter((s) => s.sku === "app:Figma" && s.via === undefined).length, 20],
  ["starts in the next weeks", () => big.people.filter((p) => (p.startsOn ?? today) > today).length, 10],
])("%s", (_mistake, found, least) => {
  expect(found()).toBeGreaterThanOrEqual(least);
});
const both = (one: ReadonlySet<string>, other: ReadonlySet<string>): number =>
  [...one].filter((login) => other.has(login)).length;
const idle = (logins: ReadonlySet<string>): number =>
  big.people.filter((p) => logins.has(p.login) && (p.signIns.at(-1) ?? 0) < now - 90 * day).length;
const seatsOfLeavers = (sku: string): number => {
  const people = named(big);
  return [...holders(big, sku)].filter((login) => people.get(login)?.status === "suspended").length;
};

test("a seat is held once, by somebody who can hold it, and contracts cover what is held", () => {
  expect(new Set(big.seats.map((s) => `${s.system} ${s.sku} ${s.login}`)).size).toBe(big.seats.length);
  const people = named(big);
  const direct = big.seats.filter((s) => s.system === "entra" && s.via === undefined);
  expect(direct.filter(({ login }) => people.get(login)?.country === null)).toEqual([]);
  expect(big.seats.filter((s) => s.system === "github" && people.get(s.login)?.github === null)).toEqual([]);
  for (const { sku, purchased, startsOn, endsOn } of big.contracts) {
    expect(purchased).toBeGreaterThanOrEqual(holders(big, sku).size);
    expect(startsOn <= today && today <= endsOn).toBe(true);
  }
  expect(holders(big, "VISIOCLIENT").size).toBe(big.contracts.find(({ sku }) => sku === "VISIOCLIENT")?.purchased);
});

test("the acquired company uses Google Workspace and nothing of Microsoft's", () => {
  const subsidiary = inGroup("subsidiary").map(({ login }) => login);
  expect(subsidiary).toHaveLength(40);
  const google = big.seats.filter(({ system }) => system === "googleWorkspace").map(({ login }) => login);
  expect(google.sort()).toEqual(subsidiary);
  expect(big.seats.filter((s) => s.system === "entra" && s.via === undefined && subsidiary.includes(s.login))).toEqual(
    [],
  );
});
