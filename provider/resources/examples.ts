import type { Example } from "../core/resource.ts";

/** Programs for the documentation and the SDK; tests compile each TypeScript one and plan each HCL one. */
const program = (text: string): string => `import * as seatwise from "@seatwise/pulumi";\n\n${text.trim()}\n`;

/** The provider's configuration: people from Keycloak, seats there and at a SCIM service. */
export const providerExamples: readonly Example[] = [
  {
    typescript: program(`
// The secrets are in the environment: SEATWISE_PEOPLE_CLIENT_SECRET, SEATWISE_CRM_TOKEN.
const acme = new seatwise.Provider("acme", {
  directory: "people",
  connections: {
    people: { keycloak: { baseUrl: "https://id.example", realm: "acme" } },
    crm: { scim: { baseUrl: "https://crm.example/scim/v2" } },
  },
});

new seatwise.License("crm", { connection: "crm", sku: "group:crm-users" }, { provider: acme });
`),
    hcl: `
terraform {
  required_providers {
    seatwise = {
      source = "seatwise/seatwise"
    }
  }
}

# The secrets are in the environment: SEATWISE_PEOPLE_CLIENT_SECRET, SEATWISE_CRM_TOKEN.
provider "seatwise" {
  directory = "people"
  connections = {
    people = { keycloak = { base_url = "https://id.example", realm = "acme" } }
    crm    = { scim = { base_url = "https://crm.example/scim/v2" } }
  }
}
`,
  },
];

export const licenseExamples: readonly Example[] = [
  {
    typescript: program(`
// 60 seats for the year and 20 more from July: lots whose dates are running add up.
const crm = new seatwise.License("crm", {
  connection: "crm",
  sku: "group:crm-users",
  commitments: [
    { quantity: 60, type: "annual", startsOn: "2026-01-01", endsOn: "2026-12-31", price: { amount: "19.00", currency: "USD" } },
    { quantity: 20, type: "flexible", startsOn: "2026-07-01", price: { amount: "24.00", currency: "USD" } },
  ],
});

export const shortfall = crm.shortfall;
`),
    hcl: `
# 60 seats for the year and 20 more from July: lots whose dates are running add up.
resource "seatwise_license" "crm" {
  name            = "crm"
  connection_name = "crm"
  sku             = "group:crm-users"
  commitments = [
    {
      quantity  = 60
      type      = "annual"
      starts_on = "2026-01-01"
      ends_on   = "2026-12-31"
      price     = { amount = "19.00", currency = "USD" }
    },
    {
      quantity  = 20
      type      = "flexible"
      starts_on = "2026-07-01"
      price     = { amount = "24.00", currency = "USD" }
    },
  ]
}

output "shortfall" {
  value = seatwise_license.crm.shortfall
}
`,
  },
];

export const ruleExamples: readonly Example[] = [
  {
    typescript: program(`
const release = new seatwise.AssignmentRule("release", {
  when: '"sig-release" in user.groups && user.type != "contractor"',
});

// People by name, for a while and with the reason why.
const trial = new seatwise.AssignmentRule("trial", {
  grants: [{ user: "ada@acme.test", expiresAt: "2027-01-31T00:00:00Z", note: "REQ-12" }],
});

export const claims = [release.claim, trial.claim];
`),
    hcl: `
resource "seatwise_assignment_rule" "release" {
  name = "release"
  when = <<-CEL
    "sig-release" in user.groups && user.type != "contractor"
  CEL
}

# People by name, for a while and with the reason why.
resource "seatwise_assignment_rule" "trial" {
  name   = "trial"
  grants = [{ user = "ada@acme.test", expires_at = "2027-01-31T00:00:00Z", note = "REQ-12" }]
}

output "claims" {
  value = [seatwise_assignment_rule.release.claim, seatwise_assignment_rule.trial.claim]
}
`,
  },
];

export const poolExamples: readonly Example[] = [
  {
    typescript: program(`
const crm = new seatwise.License("crm", { connection: "crm", sku: "group:crm-users" });
const sales = new seatwise.AssignmentRule("sales", { when: 'user.department == "Sales"' });
const support = new seatwise.AssignmentRule("support", { when: '"support" in user.groups' });

// Sales first; support gets at most 10 of what is left. A leaver keeps the seat for a week.
const pool = new seatwise.SeatPool("crm", {
  license: crm.ref,
  allotment: 60,
  rules: [{ claim: sales.claim }, { claim: support.claim, allotment: 10 }],
  exempt: { accounts: ["svc-release"] },
  gracePeriod: { unclaimed: "7d" },
});

export const changes = pool.changes;
`),
    hcl: `
resource "seatwise_license" "crm" {
  name            = "crm"
  connection_name = "crm"
  sku             = "group:crm-users"
}

resource "seatwise_assignment_rule" "sales" {
  name = "sales"
  when = "user.department == 'Sales'"
}

resource "seatwise_assignment_rule" "support" {
  name = "support"
  when = "'support' in user.groups"
}

# Sales first; support gets at most 10 of what is left. A leaver keeps the seat for a week.
resource "seatwise_seat_pool" "crm" {
  name      = "crm"
  license   = seatwise_license.crm.ref
  allotment = 60
  rules = [
    { claim = seatwise_assignment_rule.sales.claim },
    { claim = seatwise_assignment_rule.support.claim, allotment = 10 },
  ]
  exempt       = { accounts = ["svc-release"] }
  grace_period = { unclaimed = "7d" }

  timeouts {
    update = "20m"
  }

  # A seat that could not be written fails the run, and the next one does the rest.
  lifecycle {
    postcondition {
      condition     = length(self.failed.people) == 0
      error_message = "Not every seat could be written: \${join(", ", self.failed.people[*].reason)}"
    }
  }
}

output "changes" {
  value = seatwise_seat_pool.crm.changes
}
`,
  },
  {
    typescript: program(`
// Two licenses in one pool: heavy users get the full one, everybody else the light one, and who has not
// signed in for 60 days moves down, and up again with the first sign-in.
const full = new seatwise.License("full", { connection: "people", sku: "role:design-full" });
const light = new seatwise.License("light", { connection: "people", sku: "role:design-light" });
const design = new seatwise.AssignmentRule("design", { when: '"design" in user.groups' });

new seatwise.SeatPool("design", {
  tiers: [{ license: full.ref, when: 'user.title.contains("Designer")' }, { license: light.ref }],
  allotment: 40,
  rules: [{ claim: design.claim }],
  onExhaustion: "nextTier",
  ownership: "adopt",
  reclaim: { inactiveFor: "60d", action: "downgrade" },
  executionLimit: { removals: 20, percent: 10 },
});
`),
    hcl: `
# Two licenses in one pool: heavy users get the full one, everybody else the light one, and who has not
# signed in for 60 days moves down, and up again with the first sign-in.
resource "seatwise_license" "design" {
  for_each        = toset(["full", "light"])
  name            = each.key
  connection_name = "people"
  sku             = "role:design-\${each.key}"
}

resource "seatwise_assignment_rule" "design" {
  name = "design"
  when = "'design' in user.groups"
}

resource "seatwise_seat_pool" "design" {
  name = "design"
  tiers = [
    { license = seatwise_license.design["full"].ref, when = "user.title.contains('Designer')" },
    { license = seatwise_license.design["light"].ref },
  ]
  allotment       = 40
  rules           = [{ claim = seatwise_assignment_rule.design.claim }]
  on_exhaustion   = "nextTier"
  ownership       = "adopt"
  reclaim         = { inactive_for = "60d", action = "downgrade" }
  execution_limit = { removals = 20, percent = 10 }
}
`,
  },
];
