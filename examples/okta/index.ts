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

const designers = new seatwise.AssignmentRule("designers", {
  when: "user.title == 'Designer' && user.status == 'active'",
});
const marketing = new seatwise.AssignmentRule("marketing", {
  when: "user.department == 'Marketing' && user.status == 'active'",
});

// Designers first; the rest of marketing gets what is left, a fifth at most.
const editors = new seatwise.SeatPool("editors", {
  license: figma.ref,
  allotment: bought,
  rules: [{ claim: designers.claim }, { claim: marketing.claim, allotment: Math.floor(bought / 5) }],
  gracePeriod: { unclaimed: "7d" },
});

export const waiting = editors.waiting;
