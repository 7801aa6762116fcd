import { compileRule, dueAt, explain } from "./index.ts";
import { ada } from "./people.fixture.ts";

const now = Date.parse("2026-11-24T12:00:00Z");
const told = (rule: string): readonly string[] => explain(compileRule(rule), ada, now).render();

test("a no shows the part that settled it, and what was not needed any more", () => {
  expect(told('user.department == "Sales" && "vpn" in user.groups')).toEqual([
    'no: user.department == "Sales" && "vpn" in user.groups',
    '  false  <-  user.department == "Sales"  1:1',
    '    "Engineering"  <-  user.department  1:6',
    '  not needed  <-  "vpn" in user.groups  1:31',
  ]);
});

test("undecided names what is missing, beside what is known", () => {
  expect(told('user.manager == "grace" && user.groups.exists(g, g.startsWith("vp"))')).toEqual([
    'undecided, because user.manager has no value: user.manager == "grace" && user.groups.exists(g, g.startsWith("vp"))',
    '  missing  <-  user.manager == "grace"  1:1',
    "    missing  <-  user.manager  1:6  (user.manager has no value)",
    '  true  <-  user.groups.exists(g, g.startsWith("vp"))  1:40',
    '    ["staff", "vpn"]  <-  user.groups  1:33',
    '    false  <-  g = "staff": g.startsWith("vp")  1:52',
    '      "staff"  <-  g  1:50',
    '    true  <-  g = "vpn": g.startsWith("vp")  1:52',
    '      "vpn"  <-  g  1:50',
  ]);
});

test("the branch not taken, times and durations", () => {
  expect(told('has(user.endsOn) ? now < user.endsOn\n  : now - user.createdAt > duration("168h")')).toEqual([
    'yes: has(user.endsOn) ? now < user.endsOn : now - user.createdAt > duration("168h")',
    "  false  <-  has(user.endsOn)  1:1",
    "  not needed  <-  now < user.endsOn  1:20",
    '  true  <-  now - user.createdAt > duration("168h")  2:5',
    "    7860h  <-  now - user.createdAt  2:5",
    "      2026-11-24T12:00:00Z  <-  now  2:5",
    "      2026-01-01T00:00:00Z  <-  user.createdAt  2:16",
  ]);
});

test("long lists are cut, and what settled the answer is still shown", () => {
  const groups = Array.from({ length: 50 }, (_, i) => `g-${String(i).padStart(2, "0")}`);
  const lines = explain(compileRule('user.groups.exists(g, g == "g-40")'), { ...ada, groups }, now).render();
  expect(lines).toHaveLength(1 + 1 + 2 * 11);
  expect(lines[1]).toContain("… 40 more]");
  expect(lines.at(-2)).toContain('true  <-  g = "g-40": g == "g-40"');
});

const rows: readonly { rule: string; due: string | null }[] = [
  { rule: 'user.department == "Engineering"', due: null },
  { rule: "now < user.endsOn", due: "2026-12-01T00:00:00Z" },
  { rule: "now <= user.endsOn", due: "2026-12-01T00:00:00.001Z" },
  { rule: "user.endsOn == now", due: "2026-12-01T00:00:00Z" },
  { rule: "user.endsOn < now || true", due: null },
  { rule: "user.createdAt < now", due: null },
  { rule: 'user.endsOn - duration("72h") <= now', due: "2026-11-28T00:00:00Z" },
  { rule: 'now - user.createdAt >= duration("8760h")', due: "2027-01-01T00:00:00Z" },
  { rule: 'now > timestamp("2027-01-01T00:00:00Z") && user.department == "Sales"', due: null },
  { rule: 'now < timestamp("2026-12-24T00:00:00Z") || now >= timestamp("2026-12-24T00:00:00Z")', due: null },
  { rule: "now in [user.startsOn, user.endsOn]", due: null },
  { rule: "now in [user.endsOn]", due: "2026-12-01T00:00:00Z" },
];
test.each(rows)("$rule changes at $due", ({ rule, due }) => {
  const at = dueAt(compileRule(rule), { ...ada, endsOn: "2026-12-01T00:00:00Z" }, now);
  expect(at).toBe(due === null ? null : Date.parse(due));
});
