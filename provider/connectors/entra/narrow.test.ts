import fc from "fast-check";
import type { Ast } from "../../core/ast.ts";
import type { Person } from "../../core/person.ts";
import { narrowAll } from "./narrow.ts";
import { and, ask, attribute, equal, inGroup, isIn, list, of, or, start, stopAll, text } from "./world.fixture.ts";

afterAll(stopAll);

/** Values that people have, among them what a filter could trip over. */
const values = ["Research", "research", "O'Hara", "a,b", "x) or (id ne ''", "Ünï 李", "100%", "a/b", "R"];
const groups = ["eng", "it's", "platform"];
const fields = ["department", "title", "type", "firstName"] as const;
const attributes = ["companyName", "employeeId", "extensionAttribute3"] as const;

const value = fc.constantFrom(...values, "nobody has this");
const read = fc.oneof(
  fc.constantFrom(...fields).map((name) => of(name)),
  fc.constantFrom(...attributes).map((name) => attribute(name)),
);
const at = { line: 1, column: 1 };
const begins = (on: Ast, start_: string): Ast => ({ at, kind: "call", name: "startsWith", on, args: [text(start_)] });
const not = (inner: Ast): Ast => ({ at, kind: "not", of: inner });
const { rule } = fc.letrec<{ rule: Ast; leaf: Ast }>((tie) => ({
  leaf: fc.oneof(
    fc.tuple(read, value).map(([left, right]) => equal(left, text(right))),
    fc.tuple(read, value).map(([left, right]) => equal(text(right), left)),
    fc.tuple(read, fc.array(value, { minLength: 1, maxLength: 4 })).map(([left, all]) => isIn(left, list(...all))),
    fc.tuple(read, value).map(([left, right]) => begins(left, right)),
    fc.constantFrom(...groups).map(inGroup),
    fc.constantFrom("active", "suspended", "deleted").map((status) => equal(of("status"), text(status))),
    fc.tuple(read, value).map(([left, right]) => not(equal(left, text(right)))),
  ),
  rule: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.tuple(tie("rule"), tie("rule")).map(([a, b]) => and(a, b)),
    fc.tuple(tie("rule"), tie("rule")).map(([a, b]) => or(a, b)),
  ),
}));

/** What a rule means, spelt out: the push-down may give more people, never fewer. */
const readOf = (ast: Ast, person: Person): unknown => {
  if (ast.kind === "literal") return ast.value;
  if (ast.kind === "list") return ast.items.map((item) => readOf(item, person));
  if (ast.kind !== "field") return undefined;
  return ast.of.kind === "name" ? person[ast.name as keyof Person] : person.attributes[ast.name];
};
const holds = (ast: Ast, person: Person): boolean => {
  switch (ast.kind) {
    case "and":
      return holds(ast.left, person) && holds(ast.right, person);
    case "or":
      return holds(ast.left, person) || holds(ast.right, person);
    case "not":
      return !holds(ast.of, person);
    case "==":
      return readOf(ast.left, person) === readOf(ast.right, person);
    case "in":
      return (readOf(ast.right, person) as readonly unknown[]).includes(readOf(ast.left, person));
    case "call":
      return String((ast.on && readOf(ast.on, person)) ?? "\u0000").startsWith(
        String(readOf(ast.args[0] ?? ast, person)),
      );
    default:
      throw new Error(`no rule: ${ast.kind}`);
  }
};

it("what Graph is asked for holds everybody whom the rules match, whatever stands in them", async () => {
  const pick = (i: number, n: number): string | null =>
    (i + n) % 4 === 0 ? null : (values[(i * 7 + n) % values.length] ?? null);
  const { open } = await start({
    groups: [{ name: "eng" }, { name: "platform", parent: "eng" }, { name: "it's" }],
    people: Array.from({ length: 60 }, (_x, i) => ({
      login: `p${i}`,
      groups: i % 5 === 0 ? ["platform"] : i % 7 === 0 ? ["it's"] : [],
      properties: {
        department: pick(i, 0),
        jobTitle: pick(i, 1),
        employeeType: pick(i, 2),
        givenName: pick(i, 3),
        companyName: pick(i, 4),
        employeeId: pick(i, 5),
        accountEnabled: i % 9 !== 0,
        onPremisesExtensionAttributes: { extensionAttribute3: pick(i, 6) },
      },
    })),
  });
  const everybody = (await ask(open(), null, groups)).people;
  let narrowed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 2 }), async (rules) => {
      const answer = await ask(open({ pageSize: 5 }), rules, groups);
      if (!answer.everybody) narrowed += 1;
      const found = new Set(answer.people.map(({ id }) => id));
      const matching = everybody.filter((person) => rules.some((one) => holds(one, person)));
      expect(matching.filter(({ id }) => !found.has(id)).map(({ login }) => login)).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(narrowed).toBeGreaterThan(100);
});
it("a rule that can match nobody asks for nobody", () => {
  expect(narrowAll([{ at, kind: "literal", value: false }])).toEqual({ filters: [], groups: [] });
  expect(narrowAll([{ at, kind: "literal", value: true }])).toBeNull();
});
