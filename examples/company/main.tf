terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

# The secrets are the environment's: see README.md.
provider "seatwise" {
  directory = "entra"
  connections = {
    entra  = { entra = var.entra }
    github = { github = var.github }
    okta   = { okta = var.okta }
    google = { google_workspace = var.google }
  }
}

# What the company has bought. Microsoft licenses Visio through a group, and Figma's seats follow a group of Okta's.
resource "seatwise_license" "e5" {
  name            = "e5"
  connection_name = "entra"
  sku             = "SPE_E5"
  commitments = [{
    quantity = var.bought.e5.seats, type = var.bought.e5.type, ends_on = var.bought.e5.until
    price    = { amount = "57.00", currency = "USD" }
  }]
}

resource "seatwise_license" "e3" {
  name            = "e3"
  connection_name = "entra"
  sku             = "SPE_E3"
  commitments = [{
    quantity = var.bought.e3.seats, type = var.bought.e3.type, ends_on = var.bought.e3.until
    price    = { amount = "36.00", currency = "USD" }
  }]
}

resource "seatwise_license" "visio" {
  name            = "visio"
  connection_name = "entra"
  sku             = "VISIOCLIENT"
  via             = { connection = "entra", group = "lic-visio" }
  commitments = [{
    quantity = var.bought.visio.seats, type = var.bought.visio.type, ends_on = var.bought.visio.until
    price    = { amount = "15.00", currency = "USD" }
  }]
}

resource "seatwise_license" "copilot" {
  name            = "copilot"
  connection_name = "github"
  sku             = "copilot"
  commitments = [{
    quantity = var.bought.copilot.seats, type = var.bought.copilot.type, ends_on = var.bought.copilot.until
    price    = { amount = "19.00", currency = "USD" }
  }]
}

resource "seatwise_license" "figma" {
  name            = "figma"
  connection_name = "okta"
  sku             = "app:Figma"
  via             = { connection = "okta", group = "figma-editors" }
  commitments = [{
    quantity = var.bought.figma.seats, type = var.bought.figma.type, ends_on = var.bought.figma.until
    price    = { amount = "55.00", currency = "USD" }
  }]
}

resource "seatwise_license" "plus" {
  name            = "plus"
  connection_name = "google"
  sku             = "Google Workspace Enterprise Plus"
  commitments = [{
    quantity = var.bought.plus.seats, type = var.bought.plus.type, ends_on = var.bought.plus.until
    price    = { amount = "30.00", currency = "USD" }
  }]
}

resource "seatwise_license" "standard" {
  name            = "standard"
  connection_name = "google"
  sku             = "Google Workspace Business Standard"
  commitments = [{
    quantity = var.bought.standard.seats, type = var.bought.standard.type, ends_on = var.bought.standard.until
    price    = { amount = "14.00", currency = "USD" }
  }]
}

# Who is meant, as conditions over the directory; Visio goes to people by name, who asked for it.
resource "seatwise_assignment_rule" "staff" {
  name = "staff"
  when = var.who.staff
}

resource "seatwise_assignment_rule" "diagrams" {
  name   = "diagrams"
  grants = [for user in var.visio_users : { user = user, note = "asked for by their team" }]
}

resource "seatwise_assignment_rule" "developers" {
  name = "developers"
  when = var.who.copilot
}

resource "seatwise_assignment_rule" "designers" {
  name = "designers"
  when = var.who.figma
}

resource "seatwise_assignment_rule" "subsidiary" {
  name = "subsidiary"
  when = var.who.workspace
}

locals {
  no_grace = { unclaimed = "0", suspended = "0", deleted = "0" }
}

# E5 for those who need it, E3 for the rest; an E5 that nobody signs in to for sixty days becomes an E3.
# ownership = "adopt": a first plan over people who hold seats already makes those the pool's own.
resource "seatwise_seat_pool" "microsoft" {
  name = "microsoft"
  tiers = [
    { license = seatwise_license.e5.ref, when = var.who.e5 },
    { license = seatwise_license.e3.ref },
  ]
  allotment    = var.bought.e5.seats + var.bought.e3.seats
  rules        = [{ claim = seatwise_assignment_rule.staff.claim }]
  reclaim      = { inactive_for = "60d", notice = "0", action = "downgrade" }
  ownership    = "adopt"
  grace_period = local.no_grace
  acknowledge  = lookup(var.acknowledge, "microsoft", null)
}

resource "seatwise_seat_pool" "visio" {
  name         = "visio"
  license      = seatwise_license.visio.ref
  allotment    = length(var.visio_users)
  rules        = [{ claim = seatwise_assignment_rule.diagrams.claim }]
  ownership    = "adopt"
  grace_period = local.no_grace
  acknowledge  = lookup(var.acknowledge, "visio", null)
}

# GitHub would buy a seat with every assignment: the pool's allotment is the cap, and who comes later waits.
resource "seatwise_seat_pool" "copilot" {
  name         = "copilot"
  license      = seatwise_license.copilot.ref
  allotment    = var.copilot_allotment
  rules        = [{ claim = seatwise_assignment_rule.developers.claim }]
  ownership    = "adopt"
  grace_period = local.no_grace
  acknowledge  = lookup(var.acknowledge, "copilot", null)
}

resource "seatwise_seat_pool" "figma" {
  name         = "figma"
  license      = seatwise_license.figma.ref
  rules        = [{ claim = seatwise_assignment_rule.designers.claim }]
  ownership    = "adopt"
  grace_period = local.no_grace
  acknowledge  = lookup(var.acknowledge, "figma", null)
}

# The acquired company: Enterprise Plus as long as there is any, Business Standard for the rest.
resource "seatwise_seat_pool" "workspace" {
  name          = "workspace"
  tiers         = [{ license = seatwise_license.plus.ref }, { license = seatwise_license.standard.ref }]
  allotment     = var.bought.plus.seats + var.bought.standard.seats
  on_exhaustion = "nextTier"
  rules         = [{ claim = seatwise_assignment_rule.subsidiary.claim }]
  ownership     = "adopt"
  grace_period  = local.no_grace
  acknowledge   = lookup(var.acknowledge, "workspace", null)
}
