import { z } from "zod";
import { field } from "../core/fields.ts";
import { defineResource } from "../core/resource.ts";
import { isUnknown, type Values } from "../core/value.ts";
import { licenseExamples } from "./examples.ts";
import { licenseLifecycle } from "./license-lifecycle.ts";
import { commitment, licenseRef, via } from "./shared-fields.ts";
export const licenseInputs = z.object({
  name: field(z.string().min(1), { description: "A name for people." }),
  connection: field(z.string().min(1), { description: "Connection that knows the SKU.", immutable: true }),
  sku: field(z.string().min(1), {
    description:
      "SKU: a friendly name or the vendor's id. Keycloak and SCIM: `group:NAME`, `role:NAME`, `active`, `attribute:PATH=VALUE`.",
    immutable: true,
    example: "group:crm-users",
  }),
  commitments: field(z.array(commitment()).default([]), {
    description: "Lots that were bought; those whose dates are running add up.",
  }),
  via: field(via().optional(), {
    description: "Where seats are written, if they are counted here and written at another system.",
  }),
});
export const licenseOutputs = z.object({
  ref: field(licenseRef(), { description: "What a SeatPool takes.", derived: true }),
  purchased: field(z.int().optional(), { description: "Seats bought." }),
  purchasedSource: field(z.enum(["vendor", "reported", "declared"]).optional(), { description: "Who says so." }),
  consumed: field(z.int().optional(), { description: "Seats in use at the last read." }),
  consumedSource: field(z.enum(["vendor", "reported", "declared"]).optional(), { description: "Who says so." }),
  available: field(z.int().optional(), { description: "Purchased and not in use." }),
  suspended: field(z.int().optional(), { description: "Seats that the vendor suspended." }),
  ending: field(z.int().optional(), {
    description: "Of the consumed ones: released already, and consumed until their billing cycle ends.",
  }),
  shortfall: field(z.int().optional(), { description: "In use above what was bought." }),
  surplus: field(z.int().optional(), { description: "Bought and not in use." }),
  servicePlans: field(z.array(z.string()).optional(), {
    description: "Features inside the SKU that can be switched off.",
  }),
  monthlyCost: field(z.string().optional(), { description: "Cost per month, decimal string." }),
  currency: field(z.string().optional(), { description: "ISO 4217 code." }),
});
export type LicenseInputs = z.infer<typeof licenseInputs>;

/** What a SeatPool takes, from inputs alone: known in the very first preview. */
const derive = ({ connection, sku, commitments, via: through }: Values): Values => ({
  ref: {
    connection,
    sku,
    ...(Array.isArray(commitments) && commitments.length === 0 ? {} : { commitments }),
    ...(through === undefined && !isUnknown(through) ? {} : { via: through }),
  },
});

export const license = defineResource({
  name: "License",
  doc: "The right to use one SKU of a vendor: how many seats, until when, at what price. Creating it proves that the SKU exists; deleting it forgets it and never cancels a subscription.",
  inputs: licenseInputs,
  outputs: licenseOutputs,
  importId: "connection/sku, for example `crm/group:crm-users`",
  examples: licenseExamples,
  derive,
  lifecycle: licenseLifecycle,
});
