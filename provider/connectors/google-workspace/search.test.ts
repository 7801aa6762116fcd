import fc from "fast-check";
import type { Ast } from "../../core/ast.ts";
import { anchorsOf } from "./narrow.ts";
import { search } from "./server/search.ts";
import type { SimUser } from "./server/state.ts";
import { duty, emails, signal, world } from "./world.fixture.ts";

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
const field = (name: string, of: Ast = user): Ast => ({ at, kind: "field", of, name });
const attribute = (name: string): Ast => ({ at, kind: "index", of: field("attributes"), key: text(name) });
const text = (value: string): Ast => ({ at, kind: "literal", value });
const is = (left: Ast, value: string): Ast => ({ at, kind: "==", left, right: text(value) });
const both = (kind: "and" | "or", left: Ast, right: Ast): Ast => ({ at, kind, left, right });
const isIn = (left: Ast, right: Ast): Ast => ({ at, kind: "in", left, right });
const list = (...items: string[]): Ast => ({ at, kind: "list", items: items.map(text) });
const not = (of: Ast): Ast => ({ at, kind: "not", of });
const sales = is(field("department"), "Sales");

describe("rules as Google's search", () => {
  const queries = (rule: Ast, names = {}): readonly string[] | null =>
    anchorsOf([rule], names)?.map((one) => (one.by === "search" ? one.query : `members of ${one.label}`)) ?? null;
  it.each([
    ["a field", sales, ["orgDepartment='Sales'"]],
    [
      "either way round",
      { ...sales, left: text("Sales"), right: field("department") } as Ast,
      ["orgDepartment='Sales'"],
    ],
    ["an attribute", is(attribute("costCenter"), "CC 1"), ["orgCostCenter='CC 1'"]],
    ["a unit, with those below", is(field("orgUnitPath", field("attributes")), "/Sales"), ["orgUnitPath='/Sales'"]],
    ["quotes", is(field("title"), "Valentine's"), ["orgTitle='Valentine\\'s'"]],
    ["or: both", both("or", sales, is(field("email"), "a@x.test")), ["orgDepartment='Sales'", "email='a@x.test'"]],
    ["and: one is enough", both("and", is(attribute("Any.custom"), "x"), sales), ["orgDepartment='Sales'"]],
    ["one of several", isIn(field("department"), list("A", "B")), ["orgDepartment='A'", "orgDepartment='B'"]],
    ["a group", isIn(text("team"), field("groups")), ["members of team"]],
    ["a group is cheaper", both("and", sales, isIn(text("team"), field("groups"))), ["members of team"]],
    ["no short list: nearly everybody", is(field("status"), "active"), null],
    ["no short list: anybody else", not(sales), null],
    ["no short list: one side is open", both("or", sales, not(sales)), null],
    ["not Google's: a custom attribute need not be indexed", is(attribute("Any.custom"), "x"), null],
    ["no escape is documented", is(field("title"), "a\\b"), null],
  ])("%s", (_name, rule, wanted) => {
    expect(queries(rule)).toEqual(wanted);
  });

  it("a field that is filled from a custom attribute is not Google's own", () => {
    expect(queries(sales, { department: "Employment.unit" })).toBeNull();
  });

  it("finds everybody whom the rule matches, whatever the texts are", async () => {
    const word = fc.oneof(
      fc.constantFrom("Sales", "sales", "O'Brien", "a b", "木", "x*", "'", '"'),
      fc.string({ minLength: 1, maxLength: 8 }),
    );
    await fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(7), (departments, nth) => {
        const value = departments[nth % departments.length] ?? "";
        const users = departments.map(
          (department, i): SimUser => ({
            ...{
              id: String(i),
              primaryEmail: `p${i}@acme.test`,
              name: { givenName: "", familyName: "", fullName: "" },
            },
            ...{
              suspended: false,
              archived: false,
              isAdmin: false,
              orgUnitPath: "/",
              creationTime: "",
              lastLoginTime: "",
            },
            organizations: [{ department }],
          }),
        );
        const [query] = queries(is(field("department"), value)) ?? [];
        const found = query === undefined ? users : search(users, query);
        const matching = users.filter((_u, i) => departments[i] === value).map(({ id }) => id);
        expect(found?.map(({ id }) => id)).toEqual(expect.arrayContaining(matching));
      }),
      { numRuns: 500 },
    );
  });
});

describe("search = true", () => {
  const ask = async (search: boolean, match: Ast) => {
    const people = emails(40);
    const w = await world(people);
    for (const email of people.slice(0, 3)) w.google.hands.changeUser(email, { department: "Sales" });
    const query = { match: [match], groups: [], also: [w.id(people[39] ?? "")] };
    const answer = await duty(w.open({ search, pageSize: 5 }), "people")(query, signal);
    return { answer, lists: w.google.log.filter(({ path }) => path.includes("/users?")).length };
  };
  it("reads those who could match and those who must come along; without it everybody is read", async () => {
    const narrow = await ask(true, sales);
    expect([narrow.answer.everybody, narrow.answer.people.length, narrow.lists]).toEqual([false, 4, 1]);
    const wide = await ask(false, sales);
    expect([wide.answer.everybody, wide.answer.people.length]).toEqual([true, 41]);
    expect(wide.lists).toBeGreaterThan(8);
    expect((await ask(true, not(sales))).answer.everybody).toBe(true);
  });
});

describe("the simulator's search", () => {
  const one = (given: string, more: Partial<SimUser> = {}): SimUser => ({
    ...{ id: given, primaryEmail: `${given.toLowerCase().replaceAll(" ", ".")}@acme.test` },
    ...{ name: { givenName: given, familyName: "Doe", fullName: `${given} Doe` } },
    ...{ suspended: false, archived: false, isAdmin: false, orgUnitPath: "/", creationTime: "", lastLoginTime: "" },
    ...more,
  });
  const users = [
    one("Jane"),
    one("Jane Ann"),
    one("Janet", { suspended: true }),
    one("Bob", { orgUnitPath: "/Sales/EMEA" }),
  ];
  // The examples of Google's page on searching.
  it.each([
    ["givenName=Jane", ["Jane"]],
    ["givenName:Jane", ["Jane", "Jane Ann"]],
    ["givenName:Jane*", ["Jane", "Jane Ann", "Janet"]],
    ["name='Jane Doe'", ["Jane"]],
    ["email:jane*", ["Jane", "Jane Ann", "Janet"]],
    ["givenName:Jane* isSuspended=false", ["Jane", "Jane Ann"]],
    ["orgUnitPath=/Sales", ["Bob"]],
    ["orgUnitPath=/", ["Jane", "Jane Ann", "Janet", "Bob"]],
    ["shoeSize=42", null],
    ["givenName~Jane", null],
  ])("%s", (query, wanted) => {
    expect(search(users, query)?.map(({ id }) => id) ?? null).toEqual(wanted);
  });
});
