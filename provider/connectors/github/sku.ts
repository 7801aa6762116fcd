import { Problem } from "../../core/problem.ts";

export type Place =
  | { readonly is: "copilot" }
  | { readonly is: "enterprise" }
  | { readonly is: "team"; readonly team: string }
  | { readonly is: "unknown" };

/** What people call Copilot's two plans; which of them an organization has is its own setting, one for everybody. */
const copilot = ["copilot", "copilot_business", "copilot_enterprise", "github copilot"];
const enterprise = ["enterprise", "organization", "github enterprise"];

export const placeOf = (sku: string): Place => {
  const small = sku.trim().toLowerCase();
  if (copilot.includes(small)) return { is: "copilot" };
  if (enterprise.includes(small)) return { is: "enterprise" };
  const team = /^team:(.+)$/i.exec(sku.trim())?.[1];
  return team === undefined ? { is: "unknown" } : { is: "team", team };
};

/** As GitHub makes a slug of a team's name. */
export const slugOf = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^-+|-+$/g, "");

export const forms = [
  { form: "copilot", seat: "a Copilot seat; assigning buys one, unassigning ends it with the billing cycle" },
  {
    form: "enterprise",
    seat: "membership of the organization, and with it a seat of the enterprise; unassigning takes the person out of the organization",
  },
  { form: "team:SLUG", seat: "membership of the team, for seats that hang on a team (`via`) and for pilots" },
] as const;

export const unknownSku = (connection: string, sku: string, hint: string): Problem =>
  new Problem("not-found", `connection "${connection}": GitHub has no SKU "${sku}"`, { hint });
