import { z } from "zod";
import { defineConnector } from "../core/connector.ts";
import { field, named } from "../core/fields.ts";
import { defineFunction, defineResource, type Lifecycle } from "../core/resource.ts";

const nothing = () => {
  throw new Error("documentation runs no lifecycle");
};
const lifecycle = { id: nothing, read: nothing, plan: nothing, apply: nothing } satisfies Lifecycle<unknown>;

const ref = () => named("DeskRef", z.object({ floor: field(z.int(), { description: "Floor" }) }));
const desk = defineResource({
  name: "DeskPool",
  doc: "Desks of a floor. They are shared.",
  inputs: z.object({
    name: field(z.string(), { description: "Name." }),
    from: field(ref(), { description: "The floor." }),
    mode: field(z.enum(["wait", "fail"]).default("wait"), { description: "When full: `a|b`." }),
    grace: field(z.object({ idle: field(z.string().default("7d"), { description: "Idle time." }) }).prefault({}), {
      description: "Grace.",
    }),
    building: field(z.string(), { description: "Building.", immutable: true, example: "north" }),
    key: field(z.string().optional(), { description: "Key.", secret: true }),
  }),
  outputs: z.object({
    changes: field(z.record(z.string(), z.string()), { description: "Who moves.", planned: true }),
    self: field(ref(), { description: "Itself.", derived: true }),
    floors: field(z.array(named("FloorCount", z.object({ n: field(z.int(), { description: "Count." }) }))), {
      description: "Floors.",
    }),
    memory: field(z.string(), { description: "Not for people.", hidden: true }),
  }),
  lifecycle,
  importId: "building/floor, for example `north/2`",
  examples: [
    {
      typescript: 'new office.DeskPool("north", { building: "north" });',
      hcl: 'resource "seatwise_desk_pool" "north" {\n  building = "north"\n}',
    },
  ],
});
const who = defineFunction({
  name: "whoSits",
  doc: "Who sits at a desk.",
  pure: true,
  inputs: z.object({
    desk: field(z.string(), { description: "Desk.", example: "n-12" }),
    when: field(z.string().optional(), { description: "When, in the rule language. The rule language is CEL." }),
  }),
  outputs: z.object({ person: field(z.string(), { description: "Person." }) }),
  call: async () => ({ person: "ada" }),
});
const connector = (name: string, vendorOfSeats: boolean) =>
  defineConnector({
    name,
    doc: `${name} offices.`,
    config: z.object({
      baseUrl: field(z.string(), { description: "Address.", example: "http://127.0.0.1:1" }),
      clientSecret: field(z.string(), { description: "Secret of the client.", secret: true }),
    }),
    customaryEnv: { clientSecret: "OFFICE_SECRET" },
    skus: [{ form: "desk:NAME", seat: "a desk" }],
    capabilities: {
      directory: !vendorOfSeats,
      vendorOfSeats,
      purchased: "declared",
      buysOnAssign: false,
      release: "endOfCycle",
      exclusiveWithinProduct: false,
      batch: { max: 20, partial: false },
      identity: "email",
      activity: { signal: "badge", lagHours: 24 },
      settleMs: 1500,
      prerequisites: [],
      buckets: [{ name: "reads", limit: "10/s" }],
      pushdown: ["=="],
      fills: ["login"],
      scopes: [{ scope: "desks:write", for: "assigning" }],
    },
    open: nothing,
  });
/** Two connectors, a resource and a function that nobody sells: every sort of field is in them. */
export const office = {
  resources: [desk],
  functions: [who],
  connectors: [connector("office", true), connector("people", false)],
};
