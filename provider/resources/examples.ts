/** Programs for the reference and the SDK's documentation; a test compiles each of them against the SDK. */
const program = (text: string): string => `import * as seatwise from "@seatwise/pulumi";\n\n${text.trim()}\n`;

export const licenseExamples = [
  program(`
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
] as const;

export const ruleExamples = [
  program(`
const release = new seatwise.AssignmentRule("release", {
  when: '"sig-release" in user.groups && user.type != "contractor"',
});

// People by name, for a while and with the reason why.
const trial = new seatwise.AssignmentRule("trial", {
  grants: [{ user: "ada@acme.test", expiresAt: "2027-01-31T00:00:00Z", note: "REQ-12" }],
});

export const claims = [release.claim, trial.claim];
`),
] as const;

export const poolExamples = [
  program(`
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
  program(`
// Two licenses in one pool: heavy users get the full one, everybody else the light one, and who has not
// signed in for 60 days moves down, and up again with the first sign-in.
const full = new seatwise.License("full", { connection: "people", sku: "role:design-full" });
const light = new seatwise.License("light", { connection: "people", sku: "role:design-light" });
const design = new seatwise.AssignmentRule("design", { when: '"design" in user.groups' });

new seatwise.SeatPool("design", {
  tiers: [{ license: full.ref, when: 'user.title.contains("Designer")' }, { license: light.ref }],
  rules: [{ claim: design.claim }],
  onExhaustion: "nextTier",
  ownership: "adopt",
  reclaim: { inactiveFor: "60d", action: "downgrade" },
  executionLimit: { removals: 20, percent: 10 },
});
`),
] as const;
