import fc from "fast-check";
import type { Person } from "../core/person.ts";
import { affected, compileRule, dueAt, type Explained, explain, indexPeople, matchAll, type Rule } from "./index.ts";
import { deepProgram, person, program, testNow, withinLimits } from "./programs.fixture.ts";

const seed = Number(process.env.SEED ?? 20261124);
const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed, numRuns });

const anyRule = withinLimits(fc.oneof(program, deepProgram));

/** Shapes that the index looks up, in the combinations that matter: and, or, not, with parts that it cannot look up. */
const anchor = fc.constantFrom(
  'user.department == "Engineering"',
  'user.department != "Sales"',
  '"IT" == user.department',
  'user.title in ["Senior Engineer", "a", ""]',
  "user.title in []",
  'user.status in ["active", "staged"]',
  '"vpn" in user.groups',
  '"staff" in user.groups',
  'user.groups.exists(g, g == "Ops" || g in ["vpn", "/org/a"])',
  'user.attributes.team == "a"',
  'user.attributes.tags == "a"',
  'user.attributes["cost-center"] in ["a", "b"]',
  '"a" in user.attributes.tags',
  '"b" in user.attributes.team',
  "has(user.manager)",
  "has(user.groups)",
  "has(user.attributes.office)",
  'user.title.startsWith("S")',
  "size(user.groups) > 2",
  "user.createdAt < now",
  "true",
  "false",
);
const anchored = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    anchor.map((text) => `(${text})`),
    fc
      .tuple(tie("any"), fc.constantFrom(" && ", " || "), tie("any"), fc.constantFrom(" && ", " || "), tie("any"))
      .map(([a, x, b, y, c]) => `((${a}${x}${b})${y}${c})`),
    tie("any").map((text) => `!${text}`),
    fc.tuple(tie("any"), tie("any"), tie("any")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).any;

function scanAll(rules: readonly Rule[], people: readonly Person[]): { yes: number[]; undecided: number[] }[] {
  return rules.map((one) => {
    const is = people.map((who) => one.decide(who, testNow).is);
    const indexes = (wanted: string): number[] => is.flatMap((answer, i) => (answer === wanted ? [i] : []));
    return { yes: indexes("yes"), undecided: indexes("undecided") };
  });
}

test("matchAll answers as decide does for everybody, undecided included, also when an index is used again", () => {
  const mixed = fc.array(
    fc.oneof({ weight: 3, arbitrary: withinLimits(anchored) }, { weight: 1, arbitrary: anyRule }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  let yes = 0;
  let undecided = 0;
  fc.assert(
    fc.property(mixed, mixed, fc.array(person, { maxLength: 70 }), (first, second, people) => {
      const index = indexPeople(people);
      for (const rules of [first, second, first]) {
        const found = matchAll(rules, index, testNow).map((one) => ({
          yes: [...one.yes],
          undecided: [...one.undecided],
        }));
        expect(found).toEqual(scanAll(rules, people));
        for (const one of found) {
          yes += one.yes.length;
          undecided += one.undecided.length;
        }
      }
    }),
    runs(400),
  );
  expect(Math.min(yes, undecided)).toBeGreaterThan(1000);
});

test("affected names the rules whose answer differs, and no other", () => {
  let changed = 0;
  // Mostly small changes, as events bring them.
  const event = fc
    .tuple(
      person,
      person,
      fc.subarray(["department", "title", "status", "groups", "attributes", "endsOn", "manager"] as const),
    )
    .map(([before, other, fields]) => {
      const after: Person = { ...before, ...Object.fromEntries(fields.map((field) => [field, other[field]])) };
      return [before, after] as const;
    });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(withinLimits(anchored), anyRule), { maxLength: 12 }),
      fc.oneof(event, fc.tuple(fc.constant(null), person), fc.tuple(person, fc.constant(null))),
      (rules, [before, after]) => {
        const is = (one: Rule, who: Person | null): string => (who ? one.decide(who, testNow).is : "no");
        const wanted = rules.flatMap((one, i) => (is(one, before) === is(one, after) ? [] : [i]));
        expect(affected(rules, before, after, testNow)).toEqual(wanted);
        changed += wanted.length;
      },
    ),
    runs(1500),
  );
  expect(changed).toBeGreaterThan(500);
});

test("affected notices that groups came in another order, and that the number of attributes changed", () => {
  const rules = [compileRule('user.groups == ["a", "b"]'), compileRule("size(user.attributes) > 1")];
  const [who] = fc.sample(person, { seed, numRuns: 1 });
  if (!who) throw new Error("no person");
  expect(affected(rules, { ...who, groups: ["a", "b"] }, { ...who, groups: ["b", "a"] }, testNow)).toEqual([0]);
  expect(
    affected(rules, { ...who, attributes: { a: "1" } }, { ...who, attributes: { a: "1", b: "2" } }, testNow),
  ).toEqual([1]);
});

const timed = fc
  .tuple(
    fc.constantFrom("user.createdAt", "user.startsOn", "user.endsOn", 'timestamp("2026-12-24T00:00:00.500Z")'),
    fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
    fc.constantFrom(
      "now",
      'now + duration("36h")',
      'now - duration("1h30m")',
      '(now - user.createdAt > duration("8760h") ? now : now + duration("24h"))',
    ),
  )
  .map(([a, op, b]) => `(${a} ${op} ${b})`);
const spans = fc.constantFrom(
  '((now - user.createdAt) + (now - user.startsOn) < duration("9000h"))',
  '(user.endsOn - now < duration("168h"))',
  "(now in [user.endsOn, user.startsOn])",
  '[user.endsOn, now + duration("1h")].exists(t, t > timestamp("2026-12-01T00:00:00Z"))',
  'user.groups.all(g, g == "vpn" ? now < user.endsOn : true)',
  "[now > user.endsOn].exists(b, b)",
  "([now] == [user.endsOn])",
);
const clocked = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    timed,
    spans,
    anchor.map((text) => `(${text})`),
    fc.tuple(tie("any"), fc.constantFrom(" && ", " || "), tie("any")).map((parts) => `(${parts.join("")})`),
    tie("any").map((text) => `!${text}`),
  ),
})).any;

test("nothing changes before dueAt, something does at it, and nothing ever where it is null", () => {
  let due = 0;
  const after = [
    0,
    1,
    249,
    250,
    251,
    500,
    501,
    3_600_000,
    86_400_000,
    5 * 86_400_000,
    67 * 86_400_000,
    400 * 86_400_000,
    4000 * 86_400_000,
  ];
  fc.assert(
    fc.property(withinLimits(clocked), person, fc.integer({ min: -400, max: 100 }), (one, who, days) => {
      const now = testNow + days * 86_400_000;
      const is = one.decide(who, now).is;
      const at = dueAt(one, who, now);
      if (at !== null) {
        due++;
        expect(at).toBeGreaterThan(now);
        expect(one.decide(who, at).is).not.toBe(is);
        expect(one.decide(who, at - 1).is).toBe(is);
      }
      const until = at ?? Number.POSITIVE_INFINITY;
      const around = [who.createdAt, who.startsOn, who.endsOn].flatMap((text) =>
        text === null ? [] : after.map((ms) => Date.parse(text) + ms),
      );
      const wrong = [...after.map((ms) => now + ms), ...around].filter(
        (moment) => moment > now && moment < until && one.decide(who, moment).is !== is,
      );
      expect(wrong).toEqual([]);
    }),
    runs(2000),
  );
  expect(due).toBeGreaterThan(500);
});

const flat = (part: Explained): Explained[] => [part, ...part.parts.flatMap(flat)];
test("an explanation's root is the answer, and every value missing or not needed says so", () => {
  fc.assert(
    fc.property(anyRule, person, (one, who) => {
      const found = explain(one, who, testNow);
      const answer = one.decide(who, testNow);
      expect(found.answer).toEqual(answer);
      expect(found.root.value).toBe(answer.is === "undecided" ? null : String(answer.is === "yes"));
      if (answer.is === "undecided") expect(found.root.missing).toBe(answer.missing);
      for (const part of flat(found.root))
        expect([part.value !== null, part.missing !== null, part.skipped].filter(Boolean)).toHaveLength(1);
      expect(found.render().length).toBeGreaterThan(0);
    }),
    runs(800),
  );
});
