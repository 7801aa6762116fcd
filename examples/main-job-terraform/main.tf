terraform {
  required_providers {
    seatwise = { source = "seatwise/seatwise" }
  }
}

# The secrets are the environment's: SEATWISE_PEOPLE_CLIENT_SECRET, SEATWISE_CRM_TOKEN.
provider "seatwise" {
  directory = "people"
  connections = {
    people = { keycloak = { base_url = var.keycloak.base_url, realm = var.keycloak.realm } }
    crm    = { scim = { base_url = var.crm.base_url, account = var.crm.account } }
  }
}

# The CRM: some seats are bought for the year, the rest is paid as it is used.
resource "seatwise_license" "crm" {
  name            = "crm"
  connection_name = "crm"
  sku             = var.crm_sku
  commitments = [
    { quantity = var.crm_annual, type = "annual", price = { amount = "25.00", currency = "USD" } },
    { quantity = var.crm_flexible, type = "flexible", price = { amount = "30.00", currency = "USD" } },
  ]
}

resource "seatwise_assignment_rule" "crm" {
  for_each = { for team in var.crm_teams : team.name => team }
  name     = each.key
  when     = each.value.when
}

# People by name, for a while and with the reason why.
resource "seatwise_assignment_rule" "trial" {
  name   = "trial"
  grants = [for user in var.trial : { user = user, note = "trial, REQ-12" }]
}

resource "seatwise_seat_pool" "crm" {
  name      = "crm"
  license   = seatwise_license.crm.ref
  allotment = var.crm_allotment
  rules = concat(
    [for team in var.crm_teams : { claim = seatwise_assignment_rule.crm[team.name].claim, allotment = team.allotment }],
    [{ claim = seatwise_assignment_rule.trial.claim, allotment = null }],
  )
  exempt       = { accounts = ["svc-reporting"] }
  grace_period = { unclaimed = "0", suspended = "0", deleted = "0" }
  on_destroy   = "retain"
}

# Remote access: two licenses in one pool, the full one for those who carry the pager.
resource "seatwise_license" "vpn_full" {
  name            = "vpn-full"
  connection_name = "people"
  sku             = var.vpn_full_sku
  commitments = [
    { quantity = var.vpn_allotment, type = "flexible", price = { amount = "12.00", currency = "USD" } },
  ]
}

resource "seatwise_license" "vpn_standard" {
  name            = "vpn-standard"
  connection_name = "people"
  sku             = var.vpn_standard_sku
  commitments = [
    { quantity = var.vpn_allotment, type = "flexible", price = { amount = "4.00", currency = "USD" } },
  ]
}

resource "seatwise_assignment_rule" "vpn" {
  for_each = { for team in var.vpn_teams : team.name => team }
  name     = each.key
  when     = each.value.when
}

resource "seatwise_seat_pool" "vpn" {
  name = "vpn"
  tiers = [
    { license = seatwise_license.vpn_full.ref, when = var.vpn_full_when },
    { license = seatwise_license.vpn_standard.ref },
  ]
  allotment = var.vpn_allotment
  rules = [
    for team in var.vpn_teams : { claim = seatwise_assignment_rule.vpn[team.name].claim, allotment = team.allotment }
  ]
  on_destroy = "release"
  # A destroy that releases seats is a removal like any other: above the limit it needs somebody's word.
  acknowledge = var.acknowledge
}
