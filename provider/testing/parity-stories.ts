import type { Declared, Input, Program } from "./parity-engine.ts";
import { From } from "./parity-engine.ts";
import type { Shows, Story, StoryStep } from "./parity-story.ts";

type Inputs = Declared["inputs"];
const license = (over: Inputs = {}): Declared => ({
  type: "License",
  name: "crm",
  inputs: {
    connection: "crm",
    sku: "group:crm-users",
    commitments: [{ quantity: 6, type: "flexible", price: { amount: "19.00", currency: "USD", per: "month" } }],
    ...over,
  },
});
const through: Inputs = { via: { connection: "people", group: "vpn" } };
const rule = (when: Input = 'user.attributes["department"] == "eng"', name = "eng"): Declared => ({
  type: "AssignmentRule",
  name,
  inputs: { when },
});
const pool = (over: Inputs = {}): Declared => ({
  type: "SeatPool",
  name: "crm",
  inputs: {
    license: new From("License.crm", "ref"),
    allotment: 5,
    rules: [{ claim: new From("AssignmentRule.eng", "claim") }],
    ...over,
  },
});
/** The first pool, and a second one of its license that claims cy and whoever is in operations. */
const others: Program = [
  rule('user.login == "cy" || user.attributes["department"] == "ops"', "ops"),
  pool(),
  {
    ...pool({ rules: [{ claim: new From("AssignmentRule.ops", "claim") }], ownership: "adopt" }),
    name: "others",
  },
];
const up = (program: Program, between?: Extract<StoryStep, { is: "up" }>["between"]): StoryStep =>
  between ? { is: "up", program, between } : { is: "up", program };
const again = (program: Program): StoryStep => ({ is: "preview", program });
const hand = (does: Extract<StoryStep, { is: "hand" }>["does"]): StoryStep => ({ is: "hand", does });
const refresh: StoryStep = { is: "refresh" };
const destroy: StoryStep = { is: "destroy" };
const whole: Program = [license(), rule(), pool()];
const all = (...shows: Shows[]) =>
  ["License", "AssignmentRule", "SeatPool"].flatMap((resource) => shows.map((what) => [resource, what] as const));

/** Each resource's life, and what only a run over time shows. */
export const stories: readonly Story[] = [
  {
    name: "all three are made, nothing is left to do, and a destroy that releases takes our seats and nobody else's",
    shows: all("create", "no-change", "remove"),
    steps: [
      up([license(), rule(), pool({ onDestroy: "release" })]),
      again([license(), rule(), pool({ onDestroy: "release" })]),
      destroy,
    ],
    seats: ["ada bob cy gus", "ada bob cy gus", "gus"],
  },
  {
    name: "seats counted at the vendor are written through a group of the directory, and nothing is written at the vendor",
    shows: [["License", "create"]],
    steps: [
      up([license(through), rule(), pool({ onDestroy: "release" })]),
      again([license(through), rule(), pool({ onDestroy: "release" })]),
      up([license(through), rule('user.login == "ada"'), pool({ onDestroy: "release" })]),
      destroy,
    ],
    seats: ["gus", "gus", "gus", "gus"],
  },
  {
    name: "a destroy that retains writes nothing",
    shows: [["SeatPool", "remove"]],
    steps: [up(whole), destroy],
    seats: ["ada bob cy gus", "ada bob cy gus"],
  },
  {
    name: "a pool that leaves the program releases its seats; license and rule stay",
    shows: [["SeatPool", "remove"]],
    steps: [
      up([license(), rule(), pool({ onDestroy: "release" })]),
      up([license(), rule()]),
      again([license(), rule()]),
    ],
    seats: ["ada bob cy gus", "gus", "gus"],
  },
  {
    name: "a license: created, another price, another SKU, gone",
    shows: [
      ["License", "create"],
      ["License", "update"],
      ["License", "replace"],
      ["License", "remove"],
    ],
    steps: [
      up([license()]),
      up([license({ commitments: [] })]),
      up([license({ sku: "group:lite-users" })]),
      again([license({ sku: "group:lite-users" })]),
      up([]),
    ],
    seats: ["gus", "gus", "gus", "gus", "gus"],
  },
  {
    name: "a license of another connection: replaced, and the system that knows no such SKU is named",
    shows: [["License", "replace"]],
    steps: [
      up([license()]),
      up([license({ connection: "people" })]),
      up([license({ connection: "people", sku: "group:vpn" })]),
    ],
    seats: ["gus", "gus", "gus"],
  },
  {
    name: "a license is taken over as it is",
    shows: [["License", "import"]],
    // Named as Terraform names it, which tells a provider no address.
    steps: [
      up([{ ...license({ commitments: undefined }), name: "crm-users", imports: "crm/group:crm-users" }]),
      again([{ ...license(), name: "crm-users" }]),
    ],
    seats: ["gus", "gus"],
  },
  {
    name: "somebody was given a seat: a license's counters follow",
    shows: [["License", "drift"]],
    steps: [up([license()]), hand(({ give }) => give("fay")), again([license()]), refresh, again([license()])],
    seats: ["gus", "fay gus", "fay gus", "fay gus"],
  },
  {
    name: "a rule: created, another condition, gone",
    shows: [
      ["AssignmentRule", "create"],
      ["AssignmentRule", "update"],
      ["AssignmentRule", "remove"],
    ],
    steps: [up([rule()]), up([rule('user.attributes["department"] == "sales"')]), up([])],
    seats: ["gus", "gus", "gus"],
  },
  {
    name: "a rule is taken over by its name",
    shows: [["AssignmentRule", "import"]],
    steps: [up([{ ...rule(), imports: "eng" }]), again([rule()])],
    seats: ["gus", "gus"],
  },
  {
    name: "people come and go: a rule's count follows",
    shows: [["AssignmentRule", "drift"]],
    steps: [up([rule()]), hand(({ directory }) => directory.deleteUser("cy")), refresh, again([rule()])],
    seats: ["gus", "gus", "gus"],
  },
  {
    name: "a rule that does not compile is an error with its place, and so is an unknown name in it",
    shows: [], // nothing comes of any of them
    steps: [up([rule("user.department ==")]), up([rule('user.departement == "x"')]), up([{ ...rule(), inputs: {} }])],
    seats: ["gus", "gus", "gus"],
  },
  {
    name: "a pool: the rule changes, and so do its people, in one run",
    shows: [
      ["SeatPool", "create"],
      ["SeatPool", "update"],
    ],
    steps: [
      up(whole),
      up([license(), rule('user.login in ["ada", "dee"]'), pool()]),
      again([license(), rule('user.login in ["ada", "dee"]'), pool()]),
      up([license(), rule('user.login in ["ada", "dee"]'), pool({ allotment: 2, gracePeriod: { unclaimed: "7d" } })]),
    ],
    seats: ["ada bob cy gus", "ada dee gus", "ada dee gus", "ada dee gus"],
  },
  {
    name: "seats given and taken by hand are found by a plain preview, and the repair touches only these",
    shows: [["SeatPool", "drift"]],
    steps: [
      up(whole),
      hand(async ({ give, take }) => {
        await take("ada");
        await give("fay");
      }),
      again(whole),
      refresh,
      up(whole),
      again(whole),
    ],
    seats: ["ada bob cy gus", "bob cy fay gus", "bob cy fay gus", "ada bob cy fay gus", "ada bob cy fay gus"],
  },
  {
    name: "a pool is imported: every seat is external, and adopt takes over whom a rule claims",
    shows: [["SeatPool", "import"]],
    steps: [
      hand(({ give }) => give("ada")),
      up([license(), rule(), { ...pool({ ownership: "adopt" }), imports: "crm/group:crm-users" }]),
      again([license(), rule(), pool({ ownership: "adopt" })]),
    ],
    seats: ["ada bob cy gus", "ada bob cy gus"],
  },
  {
    name: "hired and gone between plan and apply: only what was approved and is still justified",
    shows: [["SeatPool", "create"]],
    steps: [
      up(whole, async ({ directory }) => {
        await directory.deleteUser("cy");
        await directory.setAttribute("dee", "department", "eng");
      }),
      again(whole),
    ],
    seats: ["ada bob gus", "ada bob gus"],
  },
  {
    name: "the same for a pool that has seats already, its inputs unchanged",
    shows: [["SeatPool", "update"]],
    steps: [
      up(whole),
      hand(async ({ directory }) => {
        await directory.setAttribute("ada", "department", "sales");
        await directory.setAttribute("bob", "department", "sales");
        await directory.setAttribute("dee", "department", "eng");
      }),
      up(whole, async ({ directory }) => {
        await directory.setAttribute("bob", "department", "eng");
        await directory.setAttribute("eve", "department", "eng");
      }),
      up(whole),
      again(whole),
    ],
    seats: ["ada bob cy gus", "bob cy dee gus", "bob cy dee eve gus", "bob cy dee eve gus"],
  },
  {
    name: "a pool is split, and somebody goes to the other's department: they go from pool to pool with their seat",
    shows: [["SeatPool", "update"]],
    steps: [
      up([license(), rule('user.login in ["ada", "bob", "cy"]'), pool()]),
      up([license(), rule('user.login in ["ada", "bob"] && user.attributes["department"] == "eng"'), ...others]),
      again([license(), rule('user.login in ["ada", "bob"] && user.attributes["department"] == "eng"'), ...others]),
      hand(({ directory }) => directory.setAttribute("bob", "department", "ops")),
      up([license(), rule('user.login in ["ada", "bob"] && user.attributes["department"] == "eng"'), ...others]),
      again([license(), rule('user.login in ["ada", "bob"] && user.attributes["department"] == "eng"'), ...others]),
    ],
    seats: ["ada bob cy gus", "ada bob cy gus", "ada bob cy gus", "ada bob cy gus", "ada bob cy gus"],
  },
  {
    name: "a claim that is unknown at plan: nobody saw whom, so a new pool only assigns",
    shows: [["SeatPool", "create"]],
    steps: [up([license(), rule(new From("outside", "when")), pool()])],
    seats: ["ada bob cy gus"],
  },
  {
    name: "the vendor refuses a new pool's first seats: it is there all the same, untainted, and the next run does the rest",
    shows: [["SeatPool", "create"]],
    steps: [
      up([license(), rule()]),
      hand(({ vendorFaults }) => vendorFaults.on({ method: "PATCH", nth: 1 }, { kind: "status", status: 403 })),
      up(whole),
      up(whole),
      again(whole),
    ],
    seats: ["gus", "gus", "ada bob cy gus", "ada bob cy gus"],
  },
  {
    name: "the vendor refuses: the pool stays, `failed` names them, and the next run does the rest",
    shows: [["SeatPool", "update"]],
    steps: [
      up([license(), rule('user.login == "ada"'), pool()]),
      hand(({ vendorFaults }) => vendorFaults.on({ method: "PATCH", nth: 1 }, { kind: "status", status: 403 })),
      up(whole),
      up(whole),
      again(whole),
    ],
    seats: ["ada gus", "ada gus", "ada bob cy gus", "ada bob cy gus"],
  },
];
