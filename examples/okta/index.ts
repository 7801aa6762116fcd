import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// The connection is the stack's configuration (seatwise:connections), its secret the environment's.
const config = new pulumi.Config();

/** How many of Figma's paid seats were bought. */
const bought = config.requireNumber("bought");

const figma = new seatwise.License("figma", {
  connection: "okta",
  sku: "group:figma-editors",
  commitments: [{ quantity: bought, type: "annual", price: { amount: "15.00", currency: "USD" } }],
});

const design = new seatwise.AssignmentRule("design", {
  when: "user.department == 'Design' && user.status == 'active'",
});
const product = new seatwise.AssignmentRule("product", {
  when: "user.department == 'Product' && user.status == 'active'",
});

// Design first; product gets what is left, a fifth at most.
const editors = new seatwise.SeatPool("editors", {
  license: figma.ref,
  allotment: bought,
  rules: [{ claim: design.claim }, { claim: product.claim, allotment: Math.floor(bought / 5) }],
  gracePeriod: { unclaimed: "7d" },
});

export const waiting = editors.waiting;
