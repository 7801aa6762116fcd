import { z } from "zod";
import { field, named } from "../core/fields.ts";

/** `7d`, `36h`, `30m`, `45s`, or `0`. */
export const duration = z
  .string()
  .regex(/^(0|\d+[dhms])$/, "write a duration as a whole number with d, h, m or s, such as 7d or 36h");
const unit: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
/** Milliseconds. */
export const milliseconds = (text: string): number =>
  text === "0" ? 0 : Number(text.slice(0, -1)) * (unit[text.slice(-1)] ?? 0);

export const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "write a date as YYYY-MM-DD");
export const moment = z.iso.datetime({ offset: true, error: "write a time as RFC 3339, such as 2027-01-31T00:00:00Z" });
const decimal = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'write an amount as a decimal string, such as "19.00"');
const currency = z.string().regex(/^[A-Z]{3}$/, "write a currency as its ISO 4217 code, such as USD");

const price = () =>
  named(
    "Price",
    z.object({
      amount: field(decimal, {
        description: "Price of one seat for one period, as a decimal string.",
        example: "19.00",
      }),
      currency: field(currency, { description: "ISO 4217 code.", example: "USD" }),
      per: field(z.enum(["month", "year"]).default("month"), { description: "The period that the price is for." }),
    }),
  );

export const commitment = () =>
  named(
    "Commitment",
    z.object({
      quantity: field(z.int().min(0), { description: "Seats bought in this lot." }),
      type: field(z.enum(["annual", "flexible"]).default("flexible"), {
        description: "`annual`: the quantity is paid whether used or not. `flexible`: what is consumed is paid.",
      }),
      startsOn: field(date.optional(), { description: "First day of the lot, YYYY-MM-DD. Open if absent." }),
      endsOn: field(date.optional(), { description: "Last day of the lot, YYYY-MM-DD. Open if absent." }),
      price: field(price().optional(), { description: "Price of one seat; without it plans show seats but no money." }),
    }),
  );

export const via = () =>
  named(
    "Via",
    z.object({
      connection: field(z.string(), { description: "Connection at which seats are written." }),
      group: field(z.string().optional(), { description: "Group there whose members get the seat." }),
      app: field(z.string().optional(), { description: "App there whose assignees get the seat." }),
      profile: field(z.record(z.string(), z.string()).optional(), {
        description: "App profile values to write with the assignment.",
      }),
    }),
  );

/** What a License hands to a SeatPool: derived from its inputs alone. */
export const licenseRef = () =>
  named(
    "LicenseRef",
    z.object({
      connection: field(z.string(), { description: "Connection that knows the SKU.", example: "crm" }),
      sku: field(z.string(), { description: "SKU at that connection.", example: "group:crm-users" }),
      commitments: field(z.array(commitment()).optional(), { description: "What was bought." }),
      via: field(via().optional(), { description: "Where seats are written, if not at the vendor." }),
    }),
  );

const grant = () =>
  named(
    "Grant",
    z.object({
      user: field(z.string().min(1), { description: "Login, e-mail or directory id of the person." }),
      expiresAt: field(moment.optional(), { description: "When the grant ends, RFC 3339." }),
      note: field(z.string().optional(), { description: "Why, for example a ticket." }),
    }),
  );
export const grants = () => z.array(grant());

/** What an AssignmentRule hands to a SeatPool: derived from its inputs alone. */
export const claim = () =>
  named(
    "Claim",
    z.object({
      name: field(z.string(), { description: "The rule's name.", example: "sales" }),
      when: field(z.string().optional(), { description: "Condition in the rule language." }),
      grants: field(grants().optional(), { description: "People named one by one." }),
      startsAt: field(moment.optional(), { description: "Before this time the rule claims nobody." }),
      expiresAt: field(moment.optional(), { description: "From this time on the rule claims nobody." }),
    }),
  );

export type LicenseRef = z.infer<ReturnType<typeof licenseRef>>;
export type ClaimInput = z.infer<ReturnType<typeof claim>>;
