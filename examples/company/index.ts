import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

// Connections are the stack's configuration (seatwise:connections), their secrets the environment's.
const config = new pulumi.Config();

/** How many seats were bought, by license, and until when. */
type Product = "e5" | "e3" | "visio" | "copilot" | "figma" | "plus" | "standard";
interface Bought {
  readonly seats: number;
  /** Paid for the year, or as used. */
  readonly type: "annual" | "flexible";
  readonly until: string;
}
const bought = config.requireObject<Record<Product, Bought>>("bought");
const perMonth = ({ seats, type, until }: Bought, amount: string) => [
  { quantity: seats, type, endsOn: until, price: { amount, currency: "USD" } },
];

// What the company has bought. Microsoft licenses Visio through a group, and Figma's seats follow a group of Okta's.
const e5 = new seatwise.License("e5", {
  connection: "entra",
  sku: "SPE_E5",
  commitments: perMonth(bought.e5, "57.00"),
});
const e3 = new seatwise.License("e3", {
  connection: "entra",
  sku: "SPE_E3",
  commitments: perMonth(bought.e3, "36.00"),
});
const visio = new seatwise.License("visio", {
  connection: "entra",
  sku: "VISIOCLIENT",
  via: { connection: "entra", group: "lic-visio" },
  commitments: perMonth(bought.visio, "15.00"),
});
const copilot = new seatwise.License("copilot", {
  connection: "github",
  sku: "copilot",
  commitments: perMonth(bought.copilot, "19.00"),
});
const figma = new seatwise.License("figma", {
  connection: "okta",
  sku: "app:Figma",
  via: { connection: "okta", group: "figma-editors" },
  commitments: perMonth(bought.figma, "55.00"),
});
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

/** Who is meant, as conditions over the directory; Visio goes to people by name, who asked for it. */
const who = config.requireObject<Record<"staff" | "e5" | "copilot" | "figma" | "workspace", string>>("who");
const visioUsers = config.requireObject<string[]>("visioUsers");
const rule = (name: string, when: string) => new seatwise.AssignmentRule(name, { when });
// Somebody's word that so many removals are meant, until a time: by pool.
const acknowledged = config.getObject<Record<string, { removals: number; until: string }>>("acknowledge") ?? {};

/** A first plan over people who hold seats already: those become the pool's own. */
const pool = (name: string, args: seatwise.SeatPoolArgs) =>
  new seatwise.SeatPool(name, {
    ownership: "adopt",
    gracePeriod: { unclaimed: "0", suspended: "0", deleted: "0" },
    ...(acknowledged[name] === undefined ? {} : { acknowledge: acknowledged[name] }),
    ...args,
  });

// E5 for those who need it, E3 for the rest; an E5 that nobody signs in to for sixty days becomes an E3.
pool("microsoft", {
  tiers: [{ license: e5.ref, when: who.e5 }, { license: e3.ref }],
  allotment: bought.e5.seats + bought.e3.seats,
  rules: [{ claim: rule("staff", who.staff).claim }],
  reclaim: { inactiveFor: "60d", notice: "0", action: "downgrade" },
});

const onRequest = new seatwise.AssignmentRule("diagrams", {
  grants: visioUsers.map((user) => ({ user, note: "asked for by their team" })),
});
pool("visio", { license: visio.ref, allotment: visioUsers.length, rules: [{ claim: onRequest.claim }] });

// GitHub would buy a seat with every assignment: the pool's allotment is the cap, and who comes later waits.
pool("copilot", {
  license: copilot.ref,
  allotment: config.requireNumber("copilotAllotment"),
  rules: [{ claim: rule("developers", who.copilot).claim }],
});

pool("figma", { license: figma.ref, rules: [{ claim: rule("designers", who.figma).claim }] });

// The acquired company: Enterprise Plus as long as there is any, Business Standard for the rest.
pool("workspace", {
  tiers: [{ license: plus.ref }, { license: standard.ref }],
  allotment: bought.plus.seats + bought.standard.seats,
  onExhaustion: "nextTier",
  rules: [{ claim: rule("subsidiary", who.workspace).claim }],
});
