import { z } from "zod";
import { defineConnector } from "../../core/connector.ts";
import { field, named } from "../../core/fields.ts";
import { defineFunction, defineResource, type Lifecycle } from "../../core/resource.ts";
import { canonical } from "../../core/value.ts";
import { pulumiSchema } from "./schema.ts";

const nothing = () => {
  throw new Error("a schema runs no lifecycle");
};
const lifecycle = { id: nothing, read: nothing, plan: nothing, apply: nothing } satisfies Lifecycle<unknown>;
const floor = () => named("Floor", z.object({ number: field(z.int(), { description: "Which." }) }));
const desk = () =>
  defineResource({
    name: "DeskPool",
    doc: "Desks of a floor.",
    inputs: z.object({
      name: field(z.string(), { description: "Name." }),
      floor: field(floor(), { description: "Where." }),
      mode: field(z.enum(["wait", "nextTier"]).default("wait"), { description: "When full." }),
      grace: field(z.object({ unclaimed: field(z.string().default("7d"), { description: "Time." }) }).prefault({}), {
        description: "Grace.",
      }),
      building: field(z.string(), { description: "Building.", immutable: true, example: "north" }),
      key: field(z.string().optional(), { description: "Key.", secret: true }),
      labels: field(z.record(z.string(), z.string()).optional(), { description: "Labels." }),
    }),
    outputs: z.object({
      changes: field(z.record(z.string(), z.string()), { description: "Who moves.", planned: true }),
      used: field(z.array(z.number()).optional(), { description: "Used." }),
      memory: field(z.string(), { description: "Not for people.", hidden: true }),
    }),
    lifecycle,
    importId: "building/floor",
    examples: [{ typescript: "new DeskPool();", hcl: "" }],
  });
const who = defineFunction({
  name: "whoSits",
  doc: "Who sits there.",
  pure: true,
  inputs: z.object({ desk: field(z.string(), { description: "Desk." }), any: field(z.any(), { description: "Any." }) }),
  outputs: z.object({ kind: field(z.literal("person"), { description: "Kind." }) }),
  call: async () => ({ kind: "person" as const }),
});
const connector = defineConnector({
  name: "office",
  doc: "An office.",
  config: z.object({ clientSecret: field(z.string(), { description: "Secret.", secret: true }) }),
  capabilities: {
    directory: true,
    vendorOfSeats: false,
    purchased: "declared",
    buysOnAssign: false,
    release: "immediate",
    exclusiveWithinProduct: false,
    batch: null,
    identity: "id",
    activity: null,
    settleMs: 0,
    prerequisites: [],
    buckets: [],
    pushdown: [],
    fills: [],
    scopes: [],
  },
  open: nothing,
});
const schema = () => pulumiSchema({ version: "1.2.3", resources: [desk()], functions: [who], connectors: [connector] });

test("a resource", () => {
  const inputs = {
    name: { type: "string", description: "Name. Default: the resource's logical name." },
    floor: { $ref: "#/types/seatwise:index:Floor", description: "Where." },
    mode: { $ref: "#/types/seatwise:index:DeskPoolMode", description: "When full.", default: "wait" },
    grace: { $ref: "#/types/seatwise:index:DeskPoolGrace", description: "Grace." },
    building: { type: "string", description: "Building. Example: `north`", willReplaceOnChanges: true },
    key: { type: "string", description: "Key.", secret: true },
    labels: { type: "object", additionalProperties: { type: "string" }, description: "Labels." },
  };
  expect(schema()).toMatchObject({
    resources: {
      "seatwise:index:DeskPool": {
        description: expect.stringContaining("```typescript\nnew DeskPool();\n```"),
        inputProperties: inputs,
        requiredInputs: ["floor", "building"],
        properties: {
          ...inputs,
          changes: { type: "object", additionalProperties: { type: "string" }, description: "Who moves." },
          used: { type: "array", items: { type: "number" }, description: "Used." },
        },
        required: ["name", "floor", "mode", "grace", "building", "changes"],
      },
    },
  });
  expect(canonical(schema())).not.toContain("Not for people");
});

test("types, functions, configuration", () => {
  expect(schema()).toMatchObject({
    types: {
      "seatwise:index:Floor": {
        type: "object",
        properties: { number: { type: "integer", description: "Which." } },
        required: ["number"],
      },
      "seatwise:index:DeskPoolMode": {
        type: "string",
        enum: [
          { name: "Wait", value: "wait" },
          { name: "NextTier", value: "nextTier" },
        ],
      },
      "seatwise:index:DeskPoolGrace": { properties: { unclaimed: { type: "string", default: "7d" } }, required: [] },
      "seatwise:index:OfficeConnection": { properties: { clientSecret: { secret: true } }, required: ["clientSecret"] },
    },
    functions: {
      "seatwise:index:whoSits": {
        inputs: { properties: { any: { $ref: "pulumi.json#/Any" } }, required: ["desk", "any"] },
        outputs: { properties: { kind: { type: "string", const: "person" } }, required: ["kind"] },
      },
    },
    config: {
      variables: {
        connections: { type: "object", additionalProperties: { $ref: "#/types/seatwise:index:Connection" } },
        people: {
          type: "string",
          default: "account",
          description: expect.stringContaining("`account`, `id`, `count`"),
        },
      },
    },
    language: { nodejs: { packageName: "@seatwise/pulumi", respectSchemaVersion: true } },
  });
  const { provider } = schema() as { provider: object };
  expect(provider).not.toHaveProperty("requiredInputs");
});

test("every reference leads to a type, and the same definitions give the same bytes", () => {
  const text = JSON.stringify(schema());
  const { types } = schema() as { types: object };
  const refs = [...text.matchAll(/#\/types\/([^"]+)/g)].map(([, name]) => name);
  expect(refs.length).toBeGreaterThan(5);
  expect(refs.filter((name) => !Object.hasOwn(types, name ?? ""))).toEqual([]);
  expect(JSON.stringify(schema())).toBe(text);
});

test("two shapes of one name, and an output named like an input, are refused", () => {
  const other = {
    ...desk(),
    name: "Other",
    inputs: z.object({ floor: field(named("Floor", z.object({})), { description: "Where." }) }),
  };
  expect(() => pulumiSchema({ version: "1", resources: [desk(), other], functions: [], connectors: [] })).toThrow(
    "two types of the package are named Floor",
  );
  const twice = { ...desk(), outputs: z.object({ name: field(z.string(), { description: "Name." }) }) };
  expect(() => pulumiSchema({ version: "1", resources: [twice], functions: [], connectors: [] })).toThrow(
    "DeskPool.name is an input and an output",
  );
});
