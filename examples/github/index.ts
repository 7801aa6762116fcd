import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// The connections are the stack's configuration (seatwise:connections), their secrets the environment's.
const config = new pulumi.Config();
const copilotSeats = config.requireNumber("copilotSeats");

const copilot = new seatwise.License("copilot", {
  connection: "github",
  sku: "copilot",
  // GitHub bills what is assigned: nothing is bought ahead.
  commitments: [{ quantity: copilotSeats, type: "flexible", price: { amount: "19.00", currency: "USD" } }],
});
const engineers = new seatwise.AssignmentRule("engineers", { when: config.require("engineers") });

// Many removals at once need somebody's word.
const acknowledged = config.getObject<{ removals: number; until: string }>("acknowledge");

// Each assign buys a seat, so the allotment is what keeps the bill. A seat that is taken is paid until its cycle ends.
const copilotPool = new seatwise.SeatPool("copilot", {
  license: copilot.ref,
  allotment: copilotSeats,
  rules: [{ claim: engineers.claim }],
  ownership: "adopt",
  gracePeriod: { unclaimed: "7d" },
  // GitHub remembers 90 days: a longer time would find nobody.
  reclaim: { inactiveFor: "60d", notice: "7d" },
  ...(acknowledged === undefined ? {} : { acknowledge: acknowledged }),
});

// Memberships of a team: no seat of its own, but what a pilot or a license behind it hangs on.
const pilots = new seatwise.License("pilots", { connection: "github", sku: "team:copilot-pilots" });
const leads = new seatwise.AssignmentRule("pilots", { when: config.require("pilots") });
new seatwise.SeatPool("pilots", {
  license: pilots.ref,
  allotment: config.getNumber("pilotSeats") ?? 20,
  rules: [{ claim: leads.claim }],
});

export const monthlyCost = copilotPool.monthlyCost;
export const waiting = copilotPool.waiting;
