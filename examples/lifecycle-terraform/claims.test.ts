import { raw } from "../../provider/testing/real/terraform-project.ts";
import { crm, eng, engWith, expectCode, openStand, person, type Shape, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

let stand: Stand;
beforeEach(async () => {
  stand = await openStand([person("ada"), person("bob"), person("cy", "sales"), person("dan", "sales")]);
});
afterEach(() => stand.stop());

describe("claims that are not known before apply", () => {
  const more = 'resource "terraform_data" "late" { input = "eng" }\n';
  const when = raw('format("user.department == %q", terraform_data.late.output)');
  const late: Shape = { ...eng, rules: { eng: { when } }, more };

  test("a new pool: nobody is named, a warning says so, and the apply only assigns", async () => {
    await stand.admin.join("cy", "crm-users");
    await stand.declare({
      ...late,
      pools: { crm: { args: { allotment: 50, ownership: "exclusive" }, rules: ["eng"] } },
    });
    const plan = expectCode(await stand.cli.plan(), 2);
    expect(said(plan)).toMatch(/not known before other resources exist/);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["ada", "bob", "cy"]); // an exclusive pool, but nobody saw a removal
    const next = expectCode(await stand.cli.plan(), 2);
    expect(said(next)).toMatch(/cy loses/);
  });

  test("a pool that owns seats: an error at plan that tells the way out, which works", async () => {
    await stand.declare(eng);
    expectCode(await stand.cli.apply(), 0);
    await stand.declare(late);
    stand.writes();
    const refused = expectCode(await stand.cli.plan(), 1);
    expect(said(refused)).toMatch(/-target/);
    expectCode(await stand.cli.apply(), 1);
    expect(stand.writes()).toEqual([]);
    expectCode(await stand.cli.apply({ args: ["-target=seatwise_assignment_rule.eng"] }), 0);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
    expect(await stand.pool()).toMatchObject({ owned: 2 });
    expectCode(await stand.cli.plan(), 0);
  });
});

describe("a failed seat in CI", () => {
  const strict = engWith({}, [
    `lifecycle {
      postcondition {
        condition     = self.failed.total == 0
        error_message = "Some seats could not be written: see failed."
      }
    }`,
  ]);
  const dependent = `resource "terraform_data" "after" { input = ${crm}.owned }\n`;

  test("a postcondition makes the run exit 1, untainted, dependents wait; the next run does the rest", async () => {
    await stand.declare({ ...strict, more: dependent });
    stand.proxy.faults.on({ method: "PUT", nth: 2 }, { kind: "status", status: 400, body: { error: "no" } });
    const failed = expectCode(await stand.cli.apply(), 1);
    expect(said(failed)).toMatch(/Some seats could not be written/);
    expect(await stand.isTainted()).toBe(false);
    const state = await stand.cli.run("state list");
    expect(state.stdout).not.toMatch(/terraform_data\.after/);
    stand.proxy.faults.clear();
    stand.writes();
    expectCode(await stand.cli.plan(), 2); // a plan passes: what failed before is not failed now
    expectCode(await stand.cli.apply(), 0);
    expect(stand.writes()).toEqual(["PUT"]);
    expect(await stand.seated()).toEqual(["ada", "bob"]);
    expectCode(await stand.cli.plan(), 0);
  });

  test("what failed and is wanted no more leaves no postcondition failing for ever", async () => {
    await stand.declare(strict);
    stand.proxy.faults.on(
      { method: "PUT", path: /groups/, nth: 1, times: 2 },
      { kind: "status", status: 400, body: { error: "no" } },
    );
    expectCode(await stand.cli.apply(), 1);
    stand.proxy.faults.clear();
    await stand.admin.setAttribute("ada", "department", "sales");
    await stand.admin.setAttribute("bob", "department", "sales");
    expectCode(await stand.cli.apply(), 0);
    expectCode(await stand.cli.plan(), 0);
    expect(await stand.pool()).toMatchObject({ failed: { total: 0 } });
  });
});
