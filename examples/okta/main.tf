terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

variable "okta" {
  description = "The connection: the organisation and the service application that asks."
  type        = object({ base_url = string, client_id = string, key_id = optional(string) })
}

variable "bought" {
  description = "How many of Figma's paid seats were bought."
  type        = number
}

# The secret is the environment's: SEATWISE_OKTA_PRIVATE_KEY.
provider "seatwise" {
  directory   = "okta"
  connections = { okta = { okta = var.okta } }
}

resource "seatwise_license" "figma" {
  name            = "figma"
  connection_name = "okta"
  sku             = "group:figma-editors"
  commitments     = [{ quantity = var.bought, type = "annual", price = { amount = "15.00", currency = "USD" } }]
}

resource "seatwise_assignment_rule" "designers" {
  name = "designers"
  when = "user.title == 'Designer' && user.status == 'active'"
}

resource "seatwise_assignment_rule" "marketing" {
  name = "marketing"
  when = "user.department == 'Marketing' && user.status == 'active'"
}

# Designers first; the rest of marketing gets what is left, a fifth at most.
resource "seatwise_seat_pool" "editors" {
  name      = "editors"
  license   = seatwise_license.figma.ref
  allotment = var.bought
  rules = [
    { claim = seatwise_assignment_rule.designers.claim },
    { claim = seatwise_assignment_rule.marketing.claim, allotment = floor(var.bought / 5) },
  ]
  grace_period = { unclaimed = "7d" }
}

output "waiting" {
  value = seatwise_seat_pool.editors.waiting
}
