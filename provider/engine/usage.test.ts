import type { Connector } from "../core/connector.ts";
import { isRecord, type Values } from "../core/value.ts";
import { give, person, take, type World, world } from "../testing/memory-world.ts";
import { changesOf, harness, pool } from "./runs.fixture.ts";

/** Whose word counts for whether somebody uses a seat: the vendor's of that seat, else the directory's, and no other's. */
let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const day = 86_400_000;
const now = Date.parse("2026-11-24T12:00:00Z");
const iso = (ms: number): string => new Date(ms).toISOString();
/** Who was active how many days ago; `null`: the vendor does not know. */
const told =
  (
    signal: string,
    days: Readonly<Record<string, number | null>>,
    asked: string[][] = [],
  ): NonNullable<Connector["usage"]> =>
  async (people) => {
    asked.push(people.map(({ id }) => id).sort());
    const at = (id: string): string | null => {
      const ago = days[id] ?? null;
      return ago === null ? null : iso(now - ago * day);
    };
    return {
      signal,
      coverageFrom: iso(now - 400 * day),
      asOf: iso(now),
      usage: people.map(({ id }) => ({ person: id, at: at(id), signal })),
    };
  };

const names = ["ada", "bob"];
const people = (): World => world(names.map((id) => person(id)));
const reclaim = (action: "release" | "downgrade"): Values => ({
  reclaim: { inactiveFor: "60d", newSeatGrace: "0", notice: "0", cooldown: "30d", action },
  ownership: "adopt",
});
const tiers = (...of: readonly (readonly [connection: string, sku: string, when?: string])[]): Values => ({
  license: undefined,
  tiers: of.map(([connection, sku, when]) => ({ license: { connection, sku }, ...(when ? { when } : {}) })),
});
const seated = (of: World, sku: string, ...who: readonly string[]): void => {
  for (const one of who) {
    give(of, sku, one);
    const seat = of.seats.get(sku)?.get(one);
    if (seat) of.seats.get(sku)?.set(one, { ...seat, since: iso(now - 300 * day) });
  }
};
const moves = async (inputs: Values): Promise<Record<string, string[]>> =>
  changesOf((await h.preview(inputs)).checked.inputs);

test("an idle E5 becomes an E3 by the directory's sign-ins, and an E5 again with the next one", async () => {
  const of = people();
  const days: Record<string, number> = { ada: 90, bob: 2 };
  of.usage = told("sign-in", days);
  seated(of, "crm", "ada", "bob");
  h = harness(of);
  const inputs = pool({ ...reclaim("downgrade"), ...tiers(["people", "crm"], ["people", "crm-lite"]) });
  const first = await h.up(inputs);
  expect(of.writes).toEqual(["move ada crm→crm-lite"]);
  expect(isRecord(first?.inputs.changes) && first.inputs.changes.move).toEqual({
    ada: expect.stringContaining("moves from people/crm to people/crm-lite: no activity for 60d"),
  });
  expect((await h.preview(inputs)).differs).toBe(false);
  days.ada = -1; // signs in tomorrow
  h.advance(2 * day);
  expect(await moves(inputs)).toEqual({ move: ["ada"] });
});

describe("tiers of two vendors", () => {
  const inputs = pool({ ...reclaim("release"), ...tiers(["people", "crm", 'user.login == "ada"'], ["other", "crm"]) });
  const seats = () => {
    const [of, other] = [people(), people()];
    seated(of, "crm", "ada");
    seated(other, "crm", "bob");
    return { of, other };
  };

  test("each is asked about its own holders, and speaks for its own seats only", async () => {
    const { of, other } = seats();
    const asked: Record<"here" | "there", string[][]> = { here: [], there: [] };
    // By the other's signal each would be kept, or lose the seat, wrongly.
    of.usage = told("sign-in", { ada: 90, bob: 90 }, asked.here);
    other.usage = told("editor", { ada: 1, bob: 1 }, asked.there);
    h = harness(of, "account", { other });
    expect(await moves(inputs)).toEqual({ unassign: ["ada"], adopt: ["bob"] });
    expect(asked).toEqual({ here: [["ada"]], there: [["bob"]] });
  });

  test("a vendor that tells nothing: the directory's word counts for its seats, too", async () => {
    const { of, other } = seats();
    of.usage = told("sign-in", { ada: 1, bob: 90 });
    h = harness(of, "account", { other });
    expect(await moves(inputs)).toEqual({ adopt: ["ada"], unassign: ["bob"] });
  });

  test("a vendor whose evidence is about another product: the directory's word counts", async () => {
    const { of, other } = seats();
    of.usage = told("sign-in", { ada: 1, bob: 1 });
    other.usage = told("editor", { bob: 90 });
    other.tells = () => false;
    h = harness(of, "account", { other });
    expect(await moves(inputs)).toEqual({ adopt: ["ada", "bob"] });
  });

  test("where nobody tells, nobody becomes a candidate, and the plan says so", async () => {
    const { of, other } = seats();
    other.usage = told("editor", { bob: 90, ada: 90 });
    h = harness(of, "account", { other });
    expect(await moves(inputs)).toEqual({ adopt: ["ada"], unassign: ["bob"] });
    expect(h.messages.map(({ text }) => text).join("\n")).toContain(
      "no connection tells who uses people/crm: nobody there",
    );
  });
});

test("moved down to another vendor's license: back up by the use of what they have now", async () => {
  const [of, other] = [people(), people()];
  take(of, "crm", "bob");
  seated(of, "crm", "ada");
  const days: Record<string, number | null> = { ada: null };
  of.usage = told("sign-in", { ada: 90 });
  other.usage = told("editor", days);
  h = harness(of, "account", { other });
  const inputs = pool({
    ...reclaim("downgrade"),
    ...tiers(["people", "crm"], ["other", "crm"]),
    rules: [{ claim: { name: "eng", when: 'user.login == "ada"' } }],
  });
  await h.up(inputs);
  expect([of.writes, other.writes]).toEqual([["unassign ada crm"], ["assign ada crm"]]);
  h.advance(100 * day);
  expect((await h.preview(inputs)).differs).toBe(false); // whatever the calendar says
  days.ada = -99;
  expect(await moves(inputs)).toEqual({ move: ["ada"] });
});
