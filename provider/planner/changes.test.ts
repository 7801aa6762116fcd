import { changes, messages } from "./changes.ts";
import { plan } from "./plan.ts";
import { situationOfRow } from "./row-world.fixture.ts";
import type { Row } from "./rows.ts";
import type { Plan } from "./situation.ts";

const row = (of: Partial<Row>): Plan =>
  plan(situationOfRow({ name: "", line: "holds a seat, still claimed", rules: "release:", steps: "", ...of }));
const crowd = (n: number): string => Array.from({ length: n }, (_, i) => `p${String(i).padStart(2, "0")}`).join(" ");
const big = { executionLimit: { removals: 1000, percent: null } };

test("every person has one sentence under their name", () => {
  expect(changes(row({ rules: "release: ada | trial: ada", ours: "bob", price: "flexible 10 19.00" }))).toEqual({
    assign: { ada: "ada gains a seat: rule release (1st of 2: release, trial), 19.00 USD per month from now" },
    unassign: { bob: "bob loses the seat: no rule claims them any more, saves 19.00 USD per month from now" },
    move: {},
    adopt: {},
    wait: {},
    leave: {},
    candidate: {},
    forget: {},
    more: {},
    monthlyCostDelta: "0.00",
  });
});

test("removals in full; the rest up to the bound, then counted", () => {
  const made = row({ rules: `release: ${crowd(60)}`, ours: crowd(70).split(" ").slice(0).join(" "), policy: big });
  const gone = row({ rules: "release:", ours: crowd(70), policy: big });
  expect(made.steps).toHaveLength(10);
  expect(Object.keys(changes(gone, 5).unassign)).toHaveLength(70);
  expect(changes(gone, 5).more).toEqual({});
  const come = row({ rules: `release: ${crowd(60)}` });
  expect(Object.keys(changes(come).assign)).toHaveLength(50);
  expect(changes(come).more).toEqual({ assign: 10 });
  expect(Object.keys(changes(come, 3).assign)).toEqual(["p00", "p01", "p02"]);
});

test("moves that are a loss are in full, too", () => {
  const down = row({
    rules: `release: ${crowd(9)}`,
    ours: crowd(9),
    tier: crowd(9).replace(/( |$)/g, ":1$1"),
    purchased: "20 20",
    policy: big,
  });
  expect(Object.keys(changes(down, 2).move)).toHaveLength(9);
  const up = row({
    rules: `release: ${crowd(9)}`,
    ours: crowd(9).replace(/( |$)/g, "@1$1"),
    purchased: "20 20",
    policy: big,
  });
  expect(Object.keys(changes(up, 2).move)).toHaveLength(2);
  expect(changes(up, 2).more).toEqual({ move: 7 });
});

test("two people of one name are told apart, and nobody is lost", () => {
  const situation = situationOfRow({
    name: "",
    line: "holds a seat, still claimed",
    rules: "release: ada bob cy",
    steps: "",
  });
  const people = new Map(
    [...situation.people].map(([id, member]) => [id, id === "cy" ? member : { ...member, name: "kim" }]),
  );
  const made = plan({ ...situation, people });
  expect(Object.keys(changes(made).assign)).toEqual(["cy", "kim [ada]", "kim [bob]"]);
  expect(Object.keys(changes(made, 1).assign)).toEqual(["cy"]);
});

test("nothing to do: no maps, no message", () => {
  const made = row({ rules: "release: ada", ours: "ada" });
  expect(messages(made)).toBe("");
  expect(changes(made).monthlyCostDelta).toBe(null);
});

test("for people: removals first, then moves, assigns, who waits; what is left, and the money", () => {
  const made = row({
    rules: "release: ada bob dee | trial: eve",
    ours: "cy dee@1",
    policy: { allotment: 3 },
    purchased: "50 50",
    price: "flexible 50 19.00",
  });
  expect(messages(made)).toBe(
    [
      "Losing a seat (1):",
      "  - cy loses the seat of vendor/sku0: no rule claims them any more, saves 19.00 USD per month from now",
      "Moving (1):",
      "  ~ dee moves from vendor/sku1 to vendor/sku0: rule release, another tier's condition holds, at no extra cost",
      "Gaining a seat (2):",
      "  + ada gains a seat of vendor/sku0: rule release, 19.00 USD per month from now",
      "  + bob gains a seat of vendor/sku0: rule release, 19.00 USD per month from now",
      "Waiting (1):",
      "  ? eve waits for a seat of vendor/sku0: rule trial, the pool's allotment is used up",
      "3 of 3 seats used after this, 0 left; cost +19.00 to 57.00 USD per month",
    ].join("\n"),
  );
});

test("a refusal goes before everything", () => {
  const made = row({ ours: crowd(10) });
  expect(messages(made).split("\n")[0]).toBe(
    "REFUSED: pool pool: 10 removals from 10 seats are above the execution limit: more than 5, and 100 % of the pool where 10 % are allowed.",
  );
  expect(messages(made)).toContain("p09 loses the seat");
});

test("long lists of those who only gain are cut, and say so", () => {
  const lines = messages(row({ rules: `release: ${crowd(60)}` }), 10).split("\n");
  expect(lines).toHaveLength(1 + 10 + 1 + 1);
  expect(lines).toContain("  … and 50 more");
});
