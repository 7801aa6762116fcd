import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformCli } from "../../testing/real/terraform-cli.ts";
import { writeProgram } from "../../testing/real/terraform-project.ts";
import { type MirrorProvider, mirrorProvider } from "./mirror-provider.fixture.ts";

// Core compares each value of an answer with the one it sent, exactly: a digit, a type or a refinement that our codec
// lost would be an error of the provider's here.
const numbers = [
  "0",
  "-1",
  "9007199254740993",
  "18446744073709551616",
  "-9223372036854775809",
  "1e40",
  "0.1",
  "0.5",
  "1/3",
  "-2.5e-9",
  "1.0e-30",
  "pow(2, 70) + 1",
];
const program = `
terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}
locals {
  numbers = { ${numbers.map((number, i) => `n${i} = ${number}`).join(", ")} }
}
resource "terraform_data" "later" {
  input = "x"
}
resource "seatwise_mirror" "number" {
  for_each     = local.numbers
  any_number   = each.value
  whole_number = floor(each.value) == each.value ? each.value : null
  counts       = { (each.key) = each.value }
  anything     = each.value
  matrix       = [[each.value], [], [1, each.value]]
}
resource "seatwise_mirror" "whole" {
  text  = "pre-\${terraform_data.later.id}"
  flag  = true
  words = ["a", null, "pre-\${terraform_data.later.id}", "\\u00e9 e\\u0301 \\U0001f680"]
  flags = [true, false]
  counts = {
    "__proto__"    = 1
    "constructor"  = null
    "with a space" = 2
    ""             = 3
  }
  token  = "hunter2"
  tokens = { a = "b" }
  anything = {
    list  = tolist([1, 2])
    set   = toset(["b", "a"])
    map   = tomap({ a = true })
    tuple = [1, "a", null, [], {}]
    third = 1 / 3
    later = "pre-\${terraform_data.later.id}"
    deep  = { deeper = { deepest = "x" } }
  }
  inner_one = {
    deep_text   = "pre-\${terraform_data.later.id}"
    deep_secret = "hunter3"
    deep_any    = toset(["x", "y"])
  }
  inner_many = [{ deep_number = 12345678901234567890123 }, { deep_number = null }, {}]
  inner_by_name = {
    "__proto__" = { deep_flag = true }
    other       = {}
  }
}
resource "seatwise_mirror" "empty" {
  words         = []
  counts        = {}
  anything      = {}
  inner_one     = {}
  inner_many    = []
  inner_by_name = {}
}
resource "seatwise_mirror" "nothing" {}
resource "seatwise_mirror" "large" {
  counts = { for i in range(1000) : "person \${i}@acme.test" => i * 1.1 }
}
output "exact" {
  value = alltrue([for key, number in local.numbers : number == seatwise_mirror.number[key].any_number
    && number == seatwise_mirror.number[key].anything && number == seatwise_mirror.number[key].counts[key]])
}
`;

let provider: MirrorProvider;
const folder = mkdtempSync(join(tmpdir(), "codec-real-"));
beforeAll(async () => {
  provider = await mirrorProvider();
});
afterAll(() => {
  provider.close();
  rmSync(folder, { recursive: true, force: true });
});

test("terraform finds every value as it was: in plan, apply, state, refresh and the next plan", async () => {
  await writeProgram(join(folder, "program"), program);
  const terraform = terraformCli({ cwd: join(folder, "program"), home: join(folder, "home"), env: provider.env });
  const applied = await terraform.apply();
  expect(applied.stdout + applied.stderr).toContain(`Apply complete! Resources: ${numbers.length + 5} added`);
  expect(applied.code).toBe(0);
  expect(await terraform.outputs()).toEqual({ exact: true });
  const { stdout, code } = await terraform.plan({ args: ["-out=plan"] });
  expect(stdout).toContain("No changes.");
  expect(code).toBe(0);
  expect(await terraform.showPlan("plan")).not.toHaveProperty("resource_drift");
  // A change of one value leaves the others alone.
  await writeProgram(join(folder, "program"), program.replace("flags = [true, false]", "flags = [true, true]"));
  const changed = await terraform.apply();
  expect(changed.stdout).toContain("0 added, 1 changed, 0 destroyed");
  expect(changed.stderr).toBe("");
});
