import { compileAccount, compileRule } from "./index.ts";
import { ada } from "./people.fixture.ts";

const now = Date.parse("2026-11-24T12:00:00Z");
const decide = (rule: string, changes = {}): string => {
  const answer = compileRule(rule).decide({ ...ada, ...changes }, now);
  return answer.is === "undecided" ? `undecided: ${answer.missing}` : answer.is;
};

/** Ada: department Engineering, title Senior Developer, groups staff and vpn; no manager, no endsOn; attribute team = sre, tags = [go, tf]. */
const rows: readonly { rule: string; is: string; if?: object }[] = [
  { rule: 'user.department == "Engineering"', is: "yes" },
  { rule: 'user.department != "Engineering"', is: "no" },
  { rule: 'user.department == "Engineering" && "vpn" in user.groups && !user.title.startsWith("Intern")', is: "yes" },
  { rule: '"ops" in user.groups', is: "no" },
  { rule: 'user.department in ["Sales", "Engineering"]', is: "yes" },
  { rule: "user.department in []", is: "no" },
  { rule: 'user.status == "active" || user.status == "staged"', is: "yes" },
  { rule: 'user.title.endsWith("per") && user.title.contains("Dev")', is: "yes" },
  { rule: 'user.title.matches("^(Senior|Staff) ")', is: "yes" },
  { rule: 'user.email.lowerAscii() == "ada@acme.test"', is: "yes", if: { email: "Ada@Acme.TEST" } },
  { rule: 'user.email.lowerAscii() == "Äda"', is: "yes", if: { email: "ÄDA" } },
  { rule: "size(user.groups) == 2 && user.groups.size() < 3", is: "yes" },
  { rule: "size(user.title) == 2", is: "yes", if: { title: "a👍" } },
  { rule: 'user.title < "b" && user.title >= "a"', is: "yes", if: { title: "apple" } },
  { rule: 'user.title < "\\U0001F44D"', is: "yes", if: { title: "ﬁ" } },
  { rule: 'user.groups.exists(g, g.startsWith("vp"))', is: "yes" },
  { rule: 'user.groups.all(g, g.startsWith("vp"))', is: "no" },
  { rule: "user.groups.all(g, size(g) > 0)", is: "yes", if: { groups: [] } },
  { rule: 'user.groups == ["staff", "vpn"]', is: "yes" },
  { rule: 'user.status == "active" ? "vpn" in user.groups : false', is: "yes" },
  // attributes: text where there is one value, a list where there are several
  { rule: 'user.attributes.team == "sre"', is: "yes" },
  { rule: 'user.attributes["team"] == "sre"', is: "yes" },
  { rule: '"go" in user.attributes.tags', is: "yes" },
  { rule: 'user.attributes.tags == "go"', is: "no" },
  { rule: 'user.attributes.tags == ["go", "tf"]', is: "yes" },
  { rule: 'user.attributes.tags.exists(t, t == "tf")', is: "yes" },
  { rule: 'user.attributes.team in ["sre", "dev"]', is: "yes" },
  { rule: "size(user.attributes) == 2 && size(user.attributes.tags) == 2", is: "yes" },
  { rule: 'has(user.attributes.team) && !has(user.attributes.office) && "tags" in user.attributes', is: "yes" },
  { rule: "has(user.attributes.constructor)", is: "no" },
  { rule: '"toString" in user.attributes', is: "no" },
  // times
  { rule: "user.createdAt < now", is: "yes" },
  { rule: 'user.createdAt == timestamp("2026-01-01T00:00:00Z")', is: "yes" },
  { rule: 'user.createdAt == timestamp("2026-01-01T02:00:00+02:00")', is: "yes" },
  { rule: 'now - user.createdAt > duration("168h")', is: "yes" },
  { rule: 'user.startsOn - duration("72h") <= now', is: "yes", if: { startsOn: "2026-11-27T12:00:00Z" } },
  { rule: 'user.startsOn - duration("72h") < now', is: "no", if: { startsOn: "2026-11-27T12:00:00Z" } },
  { rule: 'duration("1h30m") == duration("5400s")', is: "yes" },
  {
    rule: 'user.endsOn == timestamp("2026-11-24T12:00:00.250Z")',
    is: "yes",
    if: { endsOn: "2026-11-24T12:00:00.250Z" },
  },
  {
    rule: 'now - user.endsOn == (now - user.endsOn) - duration("0s") && now - user.endsOn == duration("-0.25s")',
    is: "yes",
    if: { endsOn: "2026-11-24T12:00:00.250Z" },
  },
  // what the directory does not say
  { rule: 'user.manager == "grace"', is: "undecided: user.manager has no value" },
  { rule: 'user.manager != "grace"', is: "undecided: user.manager has no value" },
  { rule: "has(user.manager)", is: "no" },
  { rule: 'has(user.manager) && user.manager == "grace"', is: "no" },
  { rule: 'user.manager == "grace" && false', is: "no" },
  { rule: 'user.manager == "grace" || "vpn" in user.groups', is: "yes" },
  { rule: 'user.manager == "grace" && "vpn" in user.groups', is: "undecided: user.manager has no value" },
  { rule: '["grace", user.manager].exists(m, m == "grace")', is: "undecided: user.manager has no value" },
  { rule: '["a", "b"].exists(x, x == "b" || user.manager == x)', is: "yes" },
  { rule: '["a", "b"].all(x, x == "a" && user.manager == x)', is: "no" },
  { rule: '"vpn" in user.groups', is: "undecided: user.groups was not read", if: { groups: null } },
  { rule: "user.endsOn < now", is: "undecided: user.endsOn has no value" },
  {
    rule: "user.endsOn < now",
    is: "undecided: user.endsOn is not a time that the directory wrote well",
    if: { endsOn: "tomorrow" },
  },
  {
    rule: 'user.createdAt - duration("1h") < now',
    is: 'undecided: user.createdAt - duration("1h") is out of range',
    if: { createdAt: "0001-01-01T00:00:00Z" },
  },
  { rule: 'user.attributes.office == "Paris"', is: "undecided: user.attributes.office has no value" },
  { rule: 'user.attributes["cost-center"] == "1"', is: 'undecided: user.attributes["cost-center"] has no value' },
  {
    rule: 'user.attributes.tags.startsWith("g")',
    is: "undecided: user.attributes.tags has several values, and the rule needs one",
  },
  {
    rule: '"sre" in user.attributes.team',
    is: "undecided: user.attributes.team has one value, and the rule needs a list",
  },
  {
    rule: 'user.attributes.team.exists(t, t == "sre")',
    is: "undecided: user.attributes.team has one value, and the rule needs a list",
  },
];

test.each(rows)("$rule is $is", ({ rule, is, if: changes }) => {
  expect(decide(rule, changes)).toBe(is);
});

const reads: readonly { rule: string; reads: string; groups: string | null; now?: boolean }[] = [
  { rule: "true", reads: "", groups: "" },
  { rule: 'user.title == "x" && user.department == "y"', reads: "department title", groups: "" },
  { rule: '"b" in user.groups || "/a/b" in user.groups', reads: "groups", groups: "/a/b b" },
  { rule: 'user.groups.exists(g, g == "a" || g in ["b", "c"] || "d" == g)', reads: "groups", groups: "a b c d" },
  { rule: 'user.groups.exists(g, g == "a" || g.startsWith("x"))', reads: "groups", groups: null },
  { rule: 'user.groups.all(g, g == "a")', reads: "groups", groups: null },
  { rule: "user.department in user.groups", reads: "department groups", groups: null },
  { rule: "size(user.groups) > 1", reads: "groups", groups: null },
  { rule: "has(user.groups)", reads: "groups", groups: "" },
  {
    rule: 'user.attributes.a == "x" && user.attributes["b c"] == "y" && has(user.attributes.c) && "d" in user.attributes',
    reads: "attributes.a|attributes.b c|attributes.c|attributes.d",
    groups: "",
  },
  { rule: "size(user.attributes) > 1", reads: "attributes", groups: "" },
  { rule: "user.title in user.attributes", reads: "attributes title", groups: "" },
  { rule: "user.endsOn > now", reads: "endsOn", groups: "", now: true },
];
test.each(reads)("$rule reads $reads, groups $groups", ({ rule, reads: fields, groups, now: clock = false }) => {
  const compiled = compileRule(rule);
  expect(compiled.reads.join(fields.includes("|") ? "|" : " ")).toBe(fields);
  expect(compiled.groups?.join(" ") ?? null).toBe(groups);
  expect(compiled.readsNow).toBe(clock);
});

const accounts: readonly { account: string; is: string | null }[] = [
  { account: "user.login", is: "ada" },
  { account: "user.attributes['team']", is: "sre" },
  { account: "user.email.lowerAscii()", is: "ada@acme.test" },
  { account: "user.attributes.office", is: null },
  { account: "user.attributes.tags", is: null },
  { account: "has(user.attributes.office) ? user.attributes.office : user.login", is: "ada" },
  { account: '""', is: null },
];
test.each(accounts)("account $account is $is", ({ account, is }) => {
  expect(compileAccount(account).account(ada, now)).toBe(is);
});

test("an account must be text", () => {
  expect(() => compileAccount("user.groups")).toThrow("1:6: an account is text, and this is a list of texts");
});
