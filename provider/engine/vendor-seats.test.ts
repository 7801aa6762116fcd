import { Problem } from "../core/problem.ts";
import { isRecord, type Values } from "../core/value.ts";
import { decodeRecord } from "../resources/pool-record.ts";
import { give, person, type World, world } from "../testing/memory-world.ts";
import { changesOf, harness, holders, owned, pool } from "./runs.fixture.ts";

/** What vendors of seats with an inner life ask of a pool: service plans, faulty seats, releases at a cycle's end. */
let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const two = (): World => world([person("ada"), person("bob"), person("cy", { department: "sales" })]);
const license = { connection: "people", sku: "crm" };
const refused = async (inputs: Values): Promise<Problem> => {
  try {
    await h.preview(inputs);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};
const sentence = (changes: unknown, kind: string, who: string): string => {
  const of = isRecord(changes) && isRecord(changes.changes) ? changes.changes[kind] : undefined;
  return isRecord(of) ? String(of[who]) : "";
};

describe("service plans", () => {
  const withPlans = (): World =>
    Object.assign(two(), {
      servicePlans: [
        { id: "id-mail", name: "Mail" },
        { id: "id-chat", name: "Chat" },
        { id: "id-video", name: "Video" },
      ],
    });
  const allowing = (servicePlans: readonly string[], over: Values = {}): Values =>
    pool({ license, servicePlans: [...servicePlans], ...over });

  test("by name or id, in any case; the vendor is told ids, sorted, of who gains and of who stays", async () => {
    const of = withPlans();
    h = harness(of);
    await h.up(allowing(["mail", "ID-CHAT"]));
    expect(of.writes).toEqual(["assign ada crm [id-chat id-mail]", "assign bob crm [id-chat id-mail]"]);
    expect((await h.preview(allowing(["Chat", "Mail"]))).differs).toBe(true); // other inputs, and nothing to do
    await h.up(allowing(["Chat", "Mail"]));
    expect(of.writes).toHaveLength(2);
    for (const seat of of.seats.get("crm")?.values() ?? [])
      of.seats.get("crm")?.set(seat.holder, { ...seat, servicePlans: ["id-chat", "id-mail", "id-video"] });
    const next = await h.preview(allowing(["Chat", "Mail"]));
    expect(changesOf(next.checked.inputs)).toEqual({ move: ["ada", "bob"] });
    expect(sentence(next.checked.inputs, "move", "ada")).toBe(
      "ada keeps the seat: service plans Video off, as the pool allows",
    );
    const before = decodeRecord(h.previous("crm")?.record ?? "").memory.owned;
    await h.up(allowing(["Chat", "Mail"]));
    expect(of.writes.slice(2)).toEqual(["move ada crm→crm [id-chat id-mail]", "move bob crm→crm [id-chat id-mail]"]);
    const after = decodeRecord(h.previous("crm")?.record ?? "").memory;
    expect(after.owned).toEqual(before);
    expect(after.removals).toEqual([]);
    expect((await h.preview(allowing(["Chat", "Mail"]))).differs).toBe(false);
  });

  test("a name that the license does not have is an error at plan, at its place", async () => {
    h = harness(withPlans());
    const one = await refused(allowing(["Mail", "Cat"]));
    expect(one.message).toBe('crm has no service plan "Cat"');
    expect(one.path).toEqual(["servicePlans", 1]);
    expect(one.hint).toBe('Did you mean "Chat"?');
    const tiers = [{ license, servicePlans: ["Voice"] }];
    const other = await refused({ ...pool({ tiers }), license: undefined });
    expect(other.path).toEqual(["tiers", 0, "servicePlans", 0]);
    expect(other.hint).toContain("It has: Chat, Mail, Video.");
  });

  test("a license without plans, one that is written elsewhere, and two places at once are errors", async () => {
    h = harness(two());
    expect((await refused(allowing(["Mail"]))).message).toBe("crm has no service plans that can be switched off");
    h.close();
    h = harness(withPlans());
    const tiers = [{ license }];
    const twice = await refused({ ...allowing(["Mail"], { tiers }), license: undefined });
    expect(twice.message).toBe("a pool with tiers has its service plans in the tiers");
    const via = { ...license, via: { connection: "people", group: "crm" } };
    const names = await refused(allowing(["Mail"], { license: via }));
    expect(names.code).toBe("not-found"); // there is no such group here, and that is said first
  });

  test("killed while plans were switched: whose seat it is, and since when, is as before", async () => {
    const of = withPlans();
    h = harness(of);
    await h.up(allowing(["Mail"]));
    const was = decodeRecord(h.previous("crm")?.record ?? "").memory.owned;
    of.onWrite = (n) => {
      if (n === 3) throw new Error("killed");
    };
    const failed = await h.up(allowing(["Mail", "Chat"]));
    expect(failed?.failures).toHaveLength(1);
    of.onWrite = () => {};
    expect((await h.up(allowing(["Mail", "Chat"])))?.failures).toEqual([]);
    expect(decodeRecord(h.previous("crm")?.record ?? "").memory.owned).toEqual(was);
  });

  test("a license says which plans it has", async () => {
    h = harness(withPlans());
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const at = { ...h.at("e5"), type: "License" };
    const checked = await session.check(at, { ...license, name: "e5" }, null);
    const done = await session.apply(at, checked.inputs, null);
    expect(done.outputs.servicePlans).toEqual(["Chat", "Mail", "Video"]);
  });
});

describe("a faulty seat", () => {
  const fault = (of: World, who: string, retryable = true): void => {
    const text = "no seat was free when this person was processed. Buy seats, then assign anew.";
    const seat = of.seats.get("crm")?.get(who);
    if (seat)
      of.seats.get("crm")?.set(who, { ...seat, state: "error", problem: { code: "CountViolation", text, retryable } });
  };

  test("is said in the vendor's words, tried again once, and left alone while nothing changes", async () => {
    const of = two();
    of.purchased = 2;
    h = harness(of);
    await h.up(pool({ license }));
    of.writes.length = 0;
    of.onWrite = (_n, step) => {
      if (step.holder === "ada") throw new Problem("no-seats", "no seat is free");
    };
    fault(of, "ada");
    const plan = await h.preview(pool({ license }));
    expect(sentence(plan.checked.inputs, "assign", "ada")).toContain(
      "tried again after CountViolation: seats are free now",
    );
    expect(h.messages.map(({ text }) => text).join("\n")).toContain(
      "ada holds a seat that does not work: CountViolation: no seat was free",
    );
    const done = await h.up(pool({ license }));
    expect(done?.failures).toHaveLength(1);
    expect(owned(done?.record ?? null)).toEqual(["ada", "bob"]);
    const second = await h.preview(pool({ license }));
    expect(second.differs).toBe(false);
    expect(second.now?.outputs.blocked).toMatchObject({ total: 1, people: [{ person: "ada", code: "seat-error" }] });
    of.purchased = 3;
    expect(changesOf((await h.preview(pool({ license }))).checked.inputs)).toEqual({ assign: ["ada"] });
    of.purchased = 2;
    h.advance(86_400_000);
    of.onWrite = () => {};
    await h.up(pool({ license }));
    expect(of.writes).toEqual(["assign ada crm"]);
    expect((await h.preview(pool({ license }))).differs).toBe(false);
    expect(decodeRecord(h.previous("crm")?.record ?? "").memory.tried).toBeDefined();
  });

  test("an assign that the vendor takes back later is ours: it is no seat that somebody held before", async () => {
    const of = two();
    of.purchased = 2;
    h = harness(of);
    of.onWrite = (_n, { holder }) => {
      if (holder !== "ada") return;
      give(of, "crm", "ada");
      fault(of, "ada", false);
      throw new Problem("no-seats", "Entra accepted it, and found no free seat then");
    };
    const first = await h.up(pool({ license }));
    expect(first?.failures).toHaveLength(1);
    of.onWrite = () => {};
    const next = await h.preview(pool({ license }));
    expect(next.now?.outputs).toMatchObject({ owned: 2, external: { total: 0 }, blocked: { total: 1 } });
    expect(next.differs).toBe(false);
  });

  test("somebody who asks why is told what the vendor shows of the seat", async () => {
    const of = two();
    h = harness(of);
    await h.up(pool({ license }));
    fault(of, "ada");
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const rules = [{ name: "eng", when: 'user.department == "eng"' }];
    const why = async (user: string): Promise<string> => {
      const { text } = await session.invoke("explain", { user, rules, license }, h.at("x"));
      return String(text).split("\n").at(-1) ?? "";
    };
    expect(await why("ada")).toBe(
      "seat of people/crm: does not work: CountViolation: no seat was free when this person was processed. Buy seats, then assign anew.",
    );
    expect(await why("bob")).toBe("seat of people/crm: active");
    expect(await why("cy")).toBe("seat of people/crm: none");
  });

  test("where a second try cannot help, there is none", async () => {
    const of = two();
    h = harness(of);
    await h.up(pool({ license }));
    fault(of, "ada", false);
    expect((await h.preview(pool({ license }))).differs).toBe(false);
  });
});

describe("a release at the cycle's end", () => {
  const cycle = "2026-12-15T00:00:00.000Z";
  const monthly = (): World => Object.assign(two(), { release: "endOfCycle" as const, cycleEndsAt: cycle });

  test("the plan says until when, the state who is on the way out, and a second plan is empty", async () => {
    const of = monthly();
    h = harness(of);
    await h.up(pool());
    const gone = of.people.get("bob");
    if (gone) of.people.set("bob", { ...gone, department: "sales" });
    const plan = await h.preview(pool());
    expect(sentence(plan.checked.inputs, "unassign", "bob")).toBe(
      "bob loses the seat: no rule claims them any more (was eng), consumed until 2026-12-15, saves 19.00 USD per month from the cycle's end on 2026-12-15",
    );
    const done = await h.up(pool());
    expect(done?.outputs).toMatchObject({
      consumed: 2,
      used: 2,
      nextDueAt: cycle,
      leaving: { total: 1, people: [{ person: "bob", code: "ends-later", until: cycle }] },
    });
    expect((await h.preview(pool())).differs).toBe(false);
  });

  test("the license's position counts who is on the way out", async () => {
    const of = monthly();
    h = harness(of);
    await h.up(pool());
    const bob = of.people.get("bob");
    if (bob) of.people.set("bob", { ...bob, department: "sales" });
    await h.up(pool());
    const run = h.nextRun();
    const session = h.open(run, run + 1);
    const at = { ...h.at("crm-license"), type: "License" };
    const checked = await session.check(at, { ...license, name: "crm" }, null);
    expect((await session.apply(at, checked.inputs, null)).outputs).toMatchObject({ consumed: 2, ending: 1 });
    expect(await session.invoke("licensePosition", { license }, at)).toMatchObject({ consumed: 2, ending: 1 });
  });

  test("claimed again before it ends: the seat is restored, and nothing is paid for it", async () => {
    const of = monthly();
    h = harness(of);
    await h.up(pool());
    const bob = of.people.get("bob");
    if (bob) of.people.set("bob", { ...bob, department: "sales" });
    await h.up(pool());
    if (bob) of.people.set("bob", bob);
    const plan = await h.preview(pool());
    expect(sentence(plan.checked.inputs, "assign", "bob")).toBe(
      "bob gets the seat back: it would have ended on 2026-12-15, rule eng",
    );
    await h.up(pool());
    expect(of.seats.get("crm")?.get("bob")?.endsAt).toBeUndefined();
    expect((await h.preview(pool())).differs).toBe(false);
    expect(holders(of)).toEqual(["ada", "bob"]);
  });

  test("a vendor that does not tell when: until the end of the billing cycle", async () => {
    const of = Object.assign(monthly(), { cycleEndsAt: null });
    h = harness(of);
    await h.up(pool());
    const bob = of.people.get("bob");
    if (bob) of.people.set("bob", { ...bob, department: "sales" });
    expect(sentence((await h.preview(pool())).checked.inputs, "unassign", "bob")).toContain(
      "consumed until the end of the billing cycle, saves 19.00 USD per month from the cycle's end",
    );
    await h.up(pool());
    expect((await h.preview(pool())).differs).toBe(false);
  });
});
