/** Functions have their TypeScript call made from their fields; HCL has different words for looking up and reckoning. */
export const functionExamples = {
  users: `
data "seatwise_users" "sales" {
  when = "user.department == 'Sales'"
}

output "sales" {
  value = data.seatwise_users.sales.total
}
`,
  skus: `
data "seatwise_skus" "crm" {
  connection_name = "crm"
}

output "skus" {
  value = { for one in data.seatwise_skus.crm.skus : one.sku => one.name }
}
`,
  licensePosition: `
# Of a license that another program manages; of one in this program, give its ref.
data "seatwise_license_position" "crm" {
  license = { connection = "crm", sku = "group:crm-users" }
}

output "in_use" {
  value = data.seatwise_license_position.crm.consumed
}
`,
  explain: `
resource "seatwise_assignment_rule" "sales" {
  name = "sales"
  when = "user.department == 'Sales' && !('contractors' in user.groups)"
}

data "seatwise_explain" "ada" {
  user  = "ada@acme.test"
  rules = [seatwise_assignment_rule.sales.claim]
}

output "why" {
  value = data.seatwise_explain.ada.text
}
`,
  matches: `
locals {
  rule = "user.department == 'Sales' && !('contractors' in user.groups)"
}

# A test of a rule: no request is made, and what is left out the directory would have no value for.
check "contractors_get_no_seat" {
  assert {
    condition = provider::seatwise::matches(local.rule, {
      department = "Sales"
      groups     = ["contractors"]
    }).answer == "no"
    error_message = "a contractor would get a seat"
  }
}
`,
  checkRule: `
variable "when" {
  type    = string
  default = "user.department == 'Sales'"

  validation {
    condition     = provider::seatwise::check_rule(var.when).valid
    error_message = provider::seatwise::check_rule(var.when).problem
  }
}

output "reads" {
  value = provider::seatwise::check_rule(var.when).reads
}
`,
} as const;
