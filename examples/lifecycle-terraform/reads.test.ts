import { crm, eng, engWith, expectCode, openStand, person, type Stand, said } from "./stand.ts";

jest.setTimeout(240_000);

describe("data sources and provider functions in a program", () => {
  let stand: Stand;
  afterEach(() => stand.stop());

  test("look people, SKUs, positions and reasons up; ask the rule language", async () => {
    stand = await openStand([person("ada"), person("bob"), person("cy", "sales")]);
    const more = `
data "seatwise_users" "sales" { when = "user.department == 'sales'" }
data "seatwise_skus" "all" { connection_name = "people" }
data "seatwise_license_position" "crm" {
  license    = seatwise_license.crm.ref
  depends_on = [${crm}]
}
data "seatwise_explain" "cy" {
  user  = "cy"
  rules = [seatwise_assignment_rule.eng.claim]
}
output "sales" { value = data.seatwise_users.sales.users }
output "skus" { value = [for s in data.seatwise_skus.all.skus : s.sku] }
output "consumed" { value = data.seatwise_license_position.crm.consumed }
output "cost" { value = data.seatwise_license_position.crm.monthly_cost }
output "claimed" { value = data.seatwise_explain.cy.claimed }
output "why" { value = data.seatwise_explain.cy.text }
output "matches" { value = provider::seatwise::matches(seatwise_assignment_rule.eng.when, { department = "eng" }).answer }
output "other" { value = provider::seatwise::matches("user.department == 'eng'", { department = "sales" }).answer }
output "valid" { value = provider::seatwise::check_rule("user.department == 'eng'").valid }
output "problem" { value = provider::seatwise::check_rule("user.departmant == 'eng'").problem }
`;
    await stand.declare({ ...eng, more });
    expectCode(await stand.cli.validate(), 0);
    expectCode(await stand.cli.apply(), 0);
    expect(await stand.cli.outputs()).toMatchObject({
      sales: ["cy"],
      skus: expect.arrayContaining(["group:/crm-users"]),
      consumed: 2,
      cost: "38.00",
      claimed: false,
      why: expect.stringMatching(/department/),
      matches: "yes",
      other: "no",
      valid: true,
      problem: expect.stringMatching(/departmant/),
    });
    expectCode(await stand.cli.plan(), 0);
  });

  test("a rule or a name that is wrong is an error at its place, before any call", async () => {
    stand = await openStand([person("ada")]);
    await stand.declare({ ...eng, rules: { eng: { when: 'user.departmant == "eng"' } } });
    const invalid = expectCode(await stand.cli.validate(), 1);
    expect(said(invalid)).toMatch(/departmant/);
    expect(said(invalid)).toMatch(/on main\.tf line \d+, in resource "seatwise_assignment_rule" "eng"/);
    await stand.declare(engWith({ on_exhaustion: "panic" }));
    expect(said(expectCode(await stand.cli.validate(), 1))).toMatch(/on_exhaustion/);
    expect(stand.proxy.passed).toEqual([]);
    await stand.declare({
      ...eng,
      more: 'data "seatwise_explain" "x" {\n user = "adda"\n rules = [{ name = "all", when = "user.login != \\"x\\"" }]\n}\n',
    });
    expect(said(expectCode(await stand.cli.plan(), 1))).toMatch(/nobody called "adda"/);
    await stand.declare({ ...eng, sku: "group:crm-usres" });
    expect(said(expectCode(await stand.cli.apply(), 1))).toMatch(/crm-users/); // did you mean
  });
});
