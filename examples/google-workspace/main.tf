terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

variable "google" {
  description = "The connection: administrator, and the addresses where it is the sandbox."
  type        = object({ administrator = string, base_url = optional(string), licenses_per_minute = optional(number) })
}

variable "bought" {
  description = "How many licences were bought."
  type        = object({ plus = number, standard = number })
}

# The secret is the environment's: SEATWISE_GOOGLE_CREDENTIALS, the service account's key file.
provider "seatwise" {
  directory   = "google"
  connections = { google = { google_workspace = var.google } }
}

resource "seatwise_license" "plus" {
  name            = "plus"
  connection_name = "google"
  sku             = "Google Workspace Enterprise Plus"
  commitments     = [{ quantity = var.bought.plus, type = "annual", price = { amount = "30.00", currency = "USD" } }]
}

resource "seatwise_license" "standard" {
  name            = "standard"
  connection_name = "google"
  sku             = "Google Workspace Business Standard"
  commitments     = [{ quantity = var.bought.standard, type = "annual", price = { amount = "14.00", currency = "USD" } }]
}

resource "seatwise_assignment_rule" "sales" {
  name = "sales"
  when = "user.department == 'Sales' && user.status == 'active'"
}

# One pool for both SKUs: one person has one of them, and a change is one request.
resource "seatwise_seat_pool" "workspace" {
  name          = "workspace"
  tiers         = [{ license = seatwise_license.plus.ref }, { license = seatwise_license.standard.ref }]
  allotment     = var.bought.plus + var.bought.standard
  on_exhaustion = "nextTier"
  rules         = [{ claim = seatwise_assignment_rule.sales.claim }]
  grace_period  = { unclaimed = "7d" }
  reclaim       = { inactive_for = "60d", action = "downgrade" }
}

output "waiting" {
  value = seatwise_seat_pool.workspace.waiting
}
