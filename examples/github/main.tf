terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

# The secrets are the environment's: SEATWISE_PEOPLE_CLIENT_SECRET, SEATWISE_GITHUB_TOKEN (or _PRIVATE_KEY of an App).
provider "seatwise" {
  directory = "people"
  connections = {
    people = { entra = var.people }
    github = { github = var.github }
  }
}

resource "seatwise_license" "copilot" {
  name            = "copilot"
  connection_name = "github"
  sku             = "copilot"
  # GitHub bills what is assigned: nothing is bought ahead.
  commitments = [{ quantity = var.copilot_seats, type = "flexible", price = { amount = "19.00", currency = "USD" } }]
}

resource "seatwise_assignment_rule" "engineers" {
  name = "engineers"
  when = var.engineers
}

# Each assign buys a seat, so the allotment is what keeps the bill. A seat that is taken is paid until its cycle ends.
resource "seatwise_seat_pool" "copilot" {
  name         = "copilot"
  license      = seatwise_license.copilot.ref
  allotment    = var.copilot_seats
  rules        = [{ claim = seatwise_assignment_rule.engineers.claim }]
  ownership    = "adopt"
  grace_period = { unclaimed = "7d" }
  # GitHub remembers 90 days: a longer time would find nobody.
  reclaim     = { inactive_for = "60d", notice = "7d" }
  acknowledge = var.acknowledge
}

# Memberships of a team: no seat of its own, but what a pilot or a license behind it hangs on.
resource "seatwise_license" "pilots" {
  name            = "pilots"
  connection_name = "github"
  sku             = "team:copilot-pilots"
}

resource "seatwise_assignment_rule" "pilots" {
  name = "pilots"
  when = var.pilots
}

resource "seatwise_seat_pool" "pilots" {
  name      = "pilots"
  license   = seatwise_license.pilots.ref
  allotment = var.pilot_seats
  rules     = [{ claim = seatwise_assignment_rule.pilots.claim }]
}

output "monthly_cost" {
  value = seatwise_seat_pool.copilot.monthly_cost
}

output "waiting" {
  value = seatwise_seat_pool.copilot.waiting
}
