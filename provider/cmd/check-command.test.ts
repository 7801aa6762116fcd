import { checkPreview } from "./check-command.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::acme::seatwise:index:${type}::${name}`;
const pool = (op: string, changes: object) => ({ op, urn: urn("SeatPool", "crm"), newState: { inputs: { changes } } });
const said = (message: string, severity = "info") => ({ urn: urn("SeatPool", "crm"), message, severity });
const check = (steps: readonly object[], diagnostics: readonly object[] = []) =>
  checkPreview(JSON.stringify({ steps, diagnostics }));

const changes = {
  unassign: { bob: "bob loses the seat: no rule claims them any more" },
  assign: { ada: "ada gains a seat: rule sales", eve: "eve gains a seat: rule sales" },
  more: { assign: 3 },
  monthlyCostDelta: "25.00",
};
const last = "40 of 40 seats used after this, 0 left; cost +25.00 to 500.00 USD per month";

const rows: [what: string, got: ReturnType<typeof check>, code: number, lines: string[]][] = [
  ["nothing to do", check([{ op: "same", urn: urn("SeatPool", "crm") }]), 0, ["nobody gains, loses or moves"]],
  [
    "people, removals first, and what is only counted",
    check([pool("update", changes)], [said(`Losing a seat (1):\n  - …\n${last}\n`)]),
    2,
    [
      "pool crm:",
      "  Losing a seat (1):",
      "    - bob loses the seat: no rule claims them any more",
      "  Gaining a seat (5):",
      "    + ada gains a seat: rule sales",
      "    + eve gains a seat: rule sales",
      "    … and 3 more",
      `  ${last}`,
    ],
  ],
  ["an update that keeps the plan applied last", check([pool("update", changes)]), 0, ["nobody gains, loses or moves"]],
  ["a refused plan", check([], [said("executionLimit: 12 removals\n", "error")]), 1, ["executionLimit: 12 removals"]],
  [
    "a pool that the run would delete",
    check([], [said("if this run deletes the pool crm, its 3 seats are retained (onDestroy: retain)", "warning")]),
    2,
    ["if this run deletes the pool crm, its 3 seats are retained (onDestroy: retain)"],
  ],
];
test.each(rows)("%s", (_what, got, code, lines) => {
  expect(got).toEqual({ code, lines });
});

test("what is no preview is said", () => {
  expect(() => checkPreview("Previewing update")).toThrow("this is no JSON");
  expect(() => checkPreview('{"resources": []}')).toThrow("this is no preview: steps");
});

const planned = (actions: string[], before: object | null, after: object | null, unknown: object = {}) => ({
  address: "seatwise_seat_pool.crm",
  type: "seatwise_seat_pool",
  change: { actions, before, after, after_unknown: unknown },
});
const checkTerraform = (...resource_changes: object[]) =>
  checkPreview(JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", resource_changes }));
const applied = { name: "crm", changes: { assign: { ada: "ada gains a seat" }, unassign: null, more: null } };

const terraformRows: [what: string, got: ReturnType<typeof check>, code: number, lines: string[]][] = [
  ["no change", checkTerraform(planned(["no-op"], applied, applied)), 0, ["nobody gains, loses or moves"]],
  [
    "what failed is planned again, in the same words",
    checkTerraform(planned(["update"], applied, applied, { failed: true, consumed: true })),
    2,
    ["pool seatwise_seat_pool.crm:", "  Gaining a seat (1):", "    + ada gains a seat"],
  ],
  ["only the allotment", checkTerraform(planned(["update"], applied, applied)), 0, ["nobody gains, loses or moves"]],
  [
    "people and money",
    checkTerraform(
      planned(["update"], applied, {
        changes: { unassign: { bob: "bob loses the seat" }, more: { assign: 3 }, monthly_cost_delta: "-19.00" },
      }),
    ),
    2,
    [
      "pool seatwise_seat_pool.crm:",
      "  Losing a seat (1):",
      "    - bob loses the seat",
      "  Gaining a seat (3):",
      "    … and 3 more",
      "  monthly cost -19.00",
    ],
  ],
  [
    "not known yet",
    checkTerraform(planned(["create"], null, {}, { changes: true })),
    2,
    ["pool seatwise_seat_pool.crm: who gains or loses a seat is not known before other resources exist"],
  ],
  [
    "a destroy",
    checkTerraform(planned(["delete"], { on_destroy: "retain", owned: 7 }, null)),
    2,
    ["pool seatwise_seat_pool.crm is destroyed: its 7 seats are retained (on_destroy: retain)"],
  ],
];
test.each(terraformRows)("terraform: %s", (_what, got, code, lines) => {
  expect(got).toEqual({ code, lines });
});
