import { Problem } from "../core/problem.ts";
import type { Values } from "../core/value.ts";
import { give, person, type World, world } from "../testing/memory-world.ts";
import { changesOf, harness, holders, owned, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const two = (): World => world([person("ada"), person("bob"), person("cy", { department: "sales" })]);
const license = { connection: "people", sku: "crm" };

describe("lists that trail behind writes for a minute", () => {
  /** What the vendor's lists show now, whatever is written from now on. */
  const freeze = (of: World): void => {
    of.shows = new Map([...of.seats].map(([sku, seats]) => [sku, new Map(seats)]));
  };
  const slow = (over: Partial<World> = {}): World => Object.assign(two(), { settleMs: 60_000, ...over });

  test("a move: the new seat is ours though only the old one is listed", async () => {
    const of = slow();
    h = harness(of);
    const tiers = (who: string): Values => ({
      ...pool({ license: undefined, rules: [{ claim: { name: "ada", when: 'user.login == "ada"' } }] }),
      tiers: [{ license, when: `user.login == "${who}"` }, { license: { connection: "people", sku: "crm-lite" } }],
    });
    await h.up(tiers("nobody"));
    h.advance(3_600_000);
    freeze(of);
    await h.up(tiers("ada"));
    expect(of.writes).toEqual(["assign ada crm-lite", "move ada crm-lite→crm"]);
    expect((await h.preview(tiers("ada"))).differs).toBe(false);
    of.shows = null;
    h.advance(61_000);
    expect((await h.preview(tiers("ada"))).differs).toBe(false);
    expect(owned(h.previous("crm")?.record ?? null)).toEqual(["ada"]);
  });

  test("service plans that were set are not set again, and others are", async () => {
    const of = slow({ servicePlans: ["mail", "chat", "video"].map((id) => ({ id, name: id })) });
    h = harness(of);
    const allowing = (...servicePlans: string[]): Values => pool({ license, servicePlans });
    await h.up(allowing("mail", "video"));
    h.advance(3_600_000);
    freeze(of);
    await h.up(allowing("mail"));
    expect(of.writes.slice(2)).toEqual(["move ada crm→crm [mail]", "move bob crm→crm [mail]"]);
    expect((await h.preview(allowing("mail"))).differs).toBe(false);
    expect(changesOf((await h.preview(allowing("chat"))).checked.inputs)).toEqual({ move: ["ada", "bob"] });
    h.advance(61_000); // by now a list would show it: what it shows is somebody's doing
    expect(changesOf((await h.preview(allowing("mail"))).checked.inputs)).toEqual({ move: ["ada", "bob"] });
  });

  test("a run that takes long: the minute begins with the write, not with the run", async () => {
    const of = slow();
    h = harness(of);
    freeze(of);
    of.onWrite = () => h.advance(120_000);
    await h.up(pool({ license }));
    expect(of.writes).toEqual(["assign ada crm", "assign bob crm"]);
    expect((await h.preview(pool({ license }))).differs).toBe(false);
    of.shows = null;
    h.advance(61_000);
    expect((await h.preview(pool({ license }))).differs).toBe(false);
  });

  describe("an assignment whose answer was lost", () => {
    /** Done, and nobody hears of it. */
    const lost = (of: World): void => {
      of.onWrite = (_n, { sku, holder }) => {
        of.onWrite = () => {};
        give(of, sku, holder);
        throw new Problem("unreachable", "no answer came");
      };
    };
    const start = async (): Promise<World> => {
      const of = slow();
      h = harness(of);
      freeze(of);
      lost(of);
      await h.up(one());
      expect(holders(of)).toEqual(["ada"]);
      h.advance(1000);
      return of;
    };
    const one = (over: Values = {}): Values => pool({ license, allotment: 1, ...over });

    test("its place is nobody else's while the list may not show it yet", async () => {
      const of = await start();
      await h.up(one());
      expect(holders(of)).toEqual(["ada"]);
      of.shows = null;
      h.advance(61_000);
      expect((await h.preview(one())).differs).toBe(false);
      expect(owned(h.previous("crm")?.record ?? null)).toEqual(["ada"]);
    });
    test("nor when its person is not claimed any more: it is taken back first", async () => {
      const of = await start();
      of.people.set("ada", person("ada", { department: "sales" }));
      const most: number[] = [];
      of.onWrite = () => most.push(of.seats.get("crm")?.size ?? 0);
      await h.up(one());
      of.shows = null;
      h.advance(61_000);
      await h.up(one());
      expect(holders(of)).toEqual(["bob"]);
      expect(Math.max(...most)).toBe(1);
    });
    test("and one that was never done is done by the next run, as if the list were quick", async () => {
      const of = slow();
      h = harness(of);
      freeze(of);
      of.onWrite = () => {
        of.onWrite = () => {};
        throw new Problem("unreachable", "no answer came");
      };
      await h.up(one());
      h.advance(1000);
      await h.up(one());
      expect(holders(of)).toEqual(["ada"]);
    });
    test("a refusal is no lost answer: the place goes to the next in line", async () => {
      const of = slow();
      h = harness(of);
      freeze(of);
      of.onWrite = (_n, { holder }) => {
        if (holder === "ada") throw new Problem("invalid", "ada has no usage location");
      };
      await h.up(one());
      h.advance(1000);
      await h.up(one());
      expect(holders(of)).toEqual(["bob"]);
    });
  });
});
