import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// The connection is the stack's configuration (seatwise:connections), its secret the environment's.
const config = new pulumi.Config();

/** How many licences were bought. */
const bought = config.requireObject<{ plus: number; standard: number }>("bought");
const perMonth = (quantity: number, amount: string) => [
  { quantity, type: "annual" as const, price: { amount, currency: "USD" } },
];

const plus = new seatwise.License("plus", {
  connection: "google",
  sku: "Google Workspace Enterprise Plus",
  commitments: perMonth(bought.plus, "30.00"),
});
const standard = new seatwise.License("standard", {
  connection: "google",
  sku: "Google Workspace Business Standard",
  commitments: perMonth(bought.standard, "14.00"),
});

const sales = new seatwise.AssignmentRule("sales", {
  when: "user.department == 'Sales' && user.status == 'active'",
});

// One pool for both SKUs: one person has one of them, and a change is one request.
const workspace = new seatwise.SeatPool("workspace", {
  tiers: [{ license: plus.ref }, { license: standard.ref }],
  allotment: bought.plus + bought.standard,
  onExhaustion: "nextTier",
  rules: [{ claim: sales.claim }],
  gracePeriod: { unclaimed: "7d" },
  reclaim: { inactiveFor: "60d", action: "downgrade" },
});

export const waiting = workspace.waiting;
