terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

# The secret is the environment's: SEATWISE_ENTRA_CLIENT_SECRET.
provider "seatwise" {
  directory   = "entra"
  connections = { entra = { entra = var.entra } }
}

resource "seatwise_license" "e5" {
  name            = "e5"
  connection_name = "entra"
  sku             = "SPE_E5"
  commitments     = [{ quantity = var.e5_seats, type = "annual", price = { amount = "57.00", currency = "USD" } }]
}

resource "seatwise_license" "e3" {
  name            = "e3"
  connection_name = "entra"
  sku             = "Microsoft 365 E3"
  commitments     = [{ quantity = var.e3_seats, type = "annual", price = { amount = "36.00", currency = "USD" } }]
}

resource "seatwise_assignment_rule" "engineers" {
  name = "engineers"
  when = var.engineers
}

resource "seatwise_assignment_rule" "office" {
  name = "office"
  when = var.office
}

# Two licenses in one pool: who no longer needs E5 is moved to E3 in one request, and never without a license.
resource "seatwise_seat_pool" "office" {
  name = "office"
  tiers = [
    { license = seatwise_license.e5.ref, when = var.engineers },
    {
      license = seatwise_license.e3.ref
      # An allow-list: what Microsoft adds to E3 later stays off.
      service_plans = ["EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "OFFICESUBSCRIPTION", "TEAMS1"]
    },
  ]
  allotment    = var.e5_seats + var.e3_seats
  rules        = [{ claim = seatwise_assignment_rule.engineers.claim }, { claim = seatwise_assignment_rule.office.claim }]
  ownership    = "adopt"
  grace_period = { unclaimed = "7d", suspended = "0", deleted = "0" }
  reclaim      = { inactive_for = "90d", notice = "7d", action = "downgrade" }
  # Many who no longer need E5 at once are many removals: that needs somebody's word.
  acknowledge = var.acknowledge
}

# Counted as Visio licenses, written as membership of the group that Entra licenses.
resource "seatwise_license" "visio" {
  name            = "visio"
  connection_name = "entra"
  sku             = "VISIOCLIENT"
  via             = { connection = "entra", group = "lic-visio" }
  commitments     = [{ quantity = var.visio_seats, type = "annual", price = { amount = "15.00", currency = "USD" } }]
}

resource "seatwise_assignment_rule" "drawing" {
  name = "drawing"
  when = var.visio_users
}

resource "seatwise_seat_pool" "visio" {
  name      = "visio"
  license   = seatwise_license.visio.ref
  allotment = var.visio_seats
  rules     = [{ claim = seatwise_assignment_rule.drawing.claim }]
}

output "monthly_cost" {
  value = seatwise_seat_pool.office.monthly_cost
}

output "visio_failed" {
  value = seatwise_seat_pool.visio.failed
}
