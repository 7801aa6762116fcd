import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// The connection is the stack's configuration (seatwise:connections), its secret the environment's.
const config = new pulumi.Config();

const e5 = new seatwise.License("e5", {
  connection: "entra",
  sku: "SPE_E5",
  commitments: [
    { quantity: config.requireNumber("e5Seats"), type: "annual", price: { amount: "57.00", currency: "USD" } },
  ],
});
const e3 = new seatwise.License("e3", {
  connection: "entra",
  sku: "Microsoft 365 E3",
  commitments: [
    { quantity: config.requireNumber("e3Seats"), type: "annual", price: { amount: "36.00", currency: "USD" } },
  ],
});

const engineers = new seatwise.AssignmentRule("engineers", { when: config.require("engineers") });
const office = new seatwise.AssignmentRule("office", { when: config.require("office") });

// Many who no longer need E5 at once are many removals: that needs somebody's word.
const acknowledged = config.getObject<{ removals: number; until: string }>("acknowledge");

// Two licenses in one pool: who no longer needs E5 is moved to E3 in one request, and never without a license.
const office365 = new seatwise.SeatPool("office", {
  tiers: [
    { license: e5.ref, when: config.require("engineers") },
    // An allow-list: what Microsoft adds to E3 later stays off.
    {
      license: e3.ref,
      servicePlans: ["EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "OFFICESUBSCRIPTION", "TEAMS1"],
    },
  ],
  allotment: config.requireNumber("e5Seats") + config.requireNumber("e3Seats"),
  rules: [{ claim: engineers.claim }, { claim: office.claim }],
  ownership: "adopt",
  gracePeriod: { unclaimed: "7d", suspended: "0", deleted: "0" },
  reclaim: { inactiveFor: "90d", notice: "7d", action: "downgrade" },
  ...(acknowledged === undefined ? {} : { acknowledge: acknowledged }),
});

// Counted as Visio licenses, written as membership of the group that Entra licenses.
const visio = new seatwise.License("visio", {
  connection: "entra",
  sku: "VISIOCLIENT",
  via: { connection: "entra", group: "lic-visio" },
  commitments: [
    { quantity: config.requireNumber("visioSeats"), type: "annual", price: { amount: "15.00", currency: "USD" } },
  ],
});
const drawing = new seatwise.AssignmentRule("drawing", { when: config.require("visioUsers") });
const visioPool = new seatwise.SeatPool("visio", {
  license: visio.ref,
  allotment: config.requireNumber("visioSeats"),
  rules: [{ claim: drawing.claim }],
});

export const changes = office365.changes;
export const monthlyCost = office365.monthlyCost;
export const visioFailed = visioPool.failed;
