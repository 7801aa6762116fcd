import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// Connections are the stack's configuration (seatwise:connections), their secrets the environment's.
const config = new pulumi.Config();

/** Which people get a seat, in order of priority; `allotment`: at most so many of them. */
interface Team {
  readonly name: string;
  readonly when: string;
  readonly allotment?: number;
}
const claims = (teams: readonly Team[]) =>
  teams.map(({ name, when, allotment }) => {
    const rule = new seatwise.AssignmentRule(name, { when });
    return { claim: rule.claim, ...(allotment === undefined ? {} : { allotment }) };
  });

// The CRM: some seats are bought for the year, the rest is paid as it is used.
const crm = new seatwise.License("crm", {
  connection: "crm",
  sku: config.get("crmSku") ?? "group:crm-users",
  commitments: [
    { quantity: config.requireNumber("crmAnnual"), type: "annual", price: { amount: "25.00", currency: "USD" } },
    { quantity: config.requireNumber("crmFlexible"), type: "flexible", price: { amount: "30.00", currency: "USD" } },
  ],
});

// People by name, for a while and with the reason why.
const trial = new seatwise.AssignmentRule("trial", {
  grants: config.requireObject<string[]>("trial").map((user) => ({ user, note: "trial, REQ-12" })),
});

const crmPool = new seatwise.SeatPool("crm", {
  license: crm.ref,
  allotment: config.requireNumber("crmAllotment"),
  rules: [...claims(config.requireObject<Team[]>("crmTeams")), { claim: trial.claim }],
  exempt: { accounts: ["svc-reporting"] },
  gracePeriod: { unclaimed: "0", suspended: "0", deleted: "0" },
  onDestroy: "retain",
});

// Remote access: two licenses in one pool, the full one for those who carry the pager.
const vpnSeats = config.requireNumber("vpnAllotment");
const vpnFull = new seatwise.License("vpn-full", {
  connection: "people",
  sku: config.get("vpnFullSku") ?? "group:vpn-full",
  commitments: [{ quantity: vpnSeats, type: "flexible", price: { amount: "12.00", currency: "USD" } }],
});
const vpnStandard = new seatwise.License("vpn-standard", {
  connection: "people",
  sku: config.get("vpnStandardSku") ?? "group:vpn-standard",
  commitments: [{ quantity: vpnSeats, type: "flexible", price: { amount: "4.00", currency: "USD" } }],
});

// A destroy that releases seats is a removal like any other: above the limit it needs somebody's word.
const acknowledged = config.getObject<{ removals: number; until: string }>("acknowledge");

const vpnPool = new seatwise.SeatPool("vpn", {
  tiers: [{ license: vpnFull.ref, when: config.require("vpnFullWhen") }, { license: vpnStandard.ref }],
  allotment: vpnSeats,
  rules: claims(config.requireObject<Team[]>("vpnTeams")),
  onDestroy: "release",
  ...(acknowledged === undefined ? {} : { acknowledge: acknowledged }),
});

export const crmWaiting = crmPool.waiting;
export const crmMonthlyCost = crmPool.monthlyCost;
export const vpnMonthlyCost = vpnPool.monthlyCost;
