import { readFileSync } from "node:fs";
import * as seatwise from "@seatwise/cdktn";
import { App, TerraformOutput, TerraformStack } from "cdktn";
import type { Construct } from "constructs";

/** Which people get a seat, in order of priority; `allotment`: at most so many of them. */
interface Team {
  readonly name: string;
  readonly when: string;
  readonly allotment?: number;
}
interface Settings {
  readonly keycloak: { readonly baseUrl: string; readonly realm: string };
  readonly crm: { readonly baseUrl: string };
  readonly crmAllotment: number;
  readonly crmAnnual: number;
  readonly crmFlexible: number;
  readonly crmTeams: readonly Team[];
  readonly trial: readonly string[];
  readonly vpnAllotment: number;
  readonly vpnFullWhen: string;
  readonly vpnTeams: readonly Team[];
  readonly acknowledge?: { readonly removals: number; readonly until: string };
}

class MainJob extends TerraformStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "main-job");

    // The secrets are the environment's: SEATWISE_PEOPLE_CLIENT_SECRET, SEATWISE_CRM_TOKEN.
    new seatwise.SeatwiseProvider(this, "seatwise", {
      directory: "people",
      connections: { people: { keycloak: settings.keycloak }, crm: { scim: settings.crm } },
    });
    this.crm(settings);
    this.vpn(settings);
  }

  private claims(teams: readonly Team[]) {
    return teams.map(({ name, when, allotment }) => {
      const rule = new seatwise.AssignmentRule(this, `rule-${name}`, { name, when });
      return { claim: rule.claim, ...(allotment === undefined ? {} : { allotment }) };
    });
  }

  /** Some seats are bought for the year, the rest is paid as it is used. */
  private crm({ crmAnnual, crmFlexible, crmAllotment, crmTeams, trial }: Settings) {
    const license = new seatwise.License(this, "crm", {
      name: "crm",
      connectionName: "crm",
      sku: "group:crm-users",
      commitments: [
        { quantity: crmAnnual, type: "annual", price: { amount: "25.00", currency: "USD" } },
        { quantity: crmFlexible, type: "flexible", price: { amount: "30.00", currency: "USD" } },
      ],
    });
    // People by name, for a while and with the reason why.
    const trialRule = new seatwise.AssignmentRule(this, "trial", {
      name: "trial",
      grants: trial.map((user) => ({ user, note: "trial, REQ-12" })),
    });
    const pool = new seatwise.SeatPool(this, "crm-pool", {
      name: "crm",
      license: license.ref,
      allotment: crmAllotment,
      rules: [...this.claims(crmTeams), { claim: trialRule.claim }],
      exempt: { accounts: ["svc-reporting"] },
      gracePeriod: { unclaimed: "0", suspended: "0", deleted: "0" },
      onDestroy: "retain",
    });
    new TerraformOutput(this, "crm_monthly_cost", { value: pool.monthlyCost });
  }

  /** Remote access: two licenses in one pool, the full one for those who carry the pager. */
  private vpn({ vpnAllotment, vpnFullWhen, vpnTeams, acknowledge }: Settings) {
    const license = (kind: string, amount: string) =>
      new seatwise.License(this, `vpn-${kind}`, {
        name: `vpn-${kind}`,
        connectionName: "people",
        sku: `group:vpn-${kind}`,
        commitments: [{ quantity: vpnAllotment, type: "flexible", price: { amount, currency: "USD" } }],
      });
    const pool = new seatwise.SeatPool(this, "vpn-pool", {
      name: "vpn",
      tiers: [
        { license: license("full", "12.00").ref, when: vpnFullWhen },
        { license: license("standard", "4.00").ref },
      ],
      allotment: vpnAllotment,
      rules: this.claims(vpnTeams),
      onDestroy: "release",
      // A destroy that releases seats is a removal like any other: above the limit it needs somebody's word.
      ...(acknowledge === undefined ? {} : { acknowledge }),
    });
    new TerraformOutput(this, "vpn_monthly_cost", { value: pool.monthlyCost });
  }
}

const settings: Settings = JSON.parse(readFileSync(process.env.SETTINGS ?? "settings.json", "utf8"));
const app = new App();
new MainJob(app, settings);
app.synth();
