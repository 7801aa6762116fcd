import { z } from "zod";
import { defineConnector } from "../../core/connector.ts";
import { camel, field, named, snake } from "../../core/fields.ts";
import { defineFunction, defineResource, type Lifecycle } from "../../core/resource.ts";
import { packageSchema } from "./package-schema.ts";
import { renamed, rootName, terraformSchema } from "./schema.ts";
import type { Attribute, AttributeKind } from "./schema-model.ts";

const nothing = () => {
  throw new Error("a schema runs no lifecycle");
};
const lifecycle = { id: nothing, read: nothing, plan: nothing, apply: nothing } satisfies Lifecycle<unknown>;
const says = (description: string) => ({ description });
const text = (description: string) => field(z.string(), says(description));

const desk = (inputs: z.ZodRawShape = {}, outputs: z.ZodRawShape = {}) =>
  defineResource({
    name: "DeskPool",
    doc: "Desks. See `gracePeriod`; an `other` is not ours, nor is `onThird`. A DeskPool takes a Desk.",
    inputs: z.object(inputs),
    outputs: z.object(outputs),
    lifecycle,
    importId: "building/floor",
  });
const who = (pure: boolean) =>
  defineFunction({
    name: "whoSits",
    doc: "Who sits there.",
    pure,
    inputs: z.object({
      deskName: text("Desk."),
      connection: field(z.string().default("crm"), says("Where.")),
    }),
    outputs: z.object({ personName: text("Person.") }),
    call: async () => ({ personName: "ada" }),
  });
const connector = defineConnector({
  name: "office",
  doc: "An office.",
  config: z.object({
    baseUrl: text("Address."),
    retries: field(z.int().default(3), says("Retries.")),
    clientSecret: field(z.string(), { description: "Secret.", secret: true }),
  }),
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
const schemaOf = (...resources: ReturnType<typeof desk>[]) =>
  terraformSchema({ version: "1.2.3", resources, functions: [who(false)], connectors: [connector] });

test("a resource: inputs, outputs, id and timeouts, each with who gives it", () => {
  const [resource] = schemaOf(
    desk(
      {
        name: text("Name."),
        connection: field(z.string(), { description: "Where.", immutable: true, example: "crm" }),
        mode: field(z.enum(["wait", "nextTier"]).default("wait"), says("When full.")),
        gracePeriod: field(
          named("Grace", z.object({ unclaimed: field(z.string().default("7d"), says("Time.")) })).prefault({}),
          says("Grace."),
        ),
        floors: field(z.array(z.object({ level: field(z.int(), says("Level.")) })).optional(), says("Floors.")),
        apiKey: field(z.string().optional(), { description: "Key.", secret: true }),
      },
      {
        changes: field(z.record(z.string(), z.string()), { description: "Who moves.", planned: true }),
        ref: field(z.object({ level: field(z.int(), says("Level.")) }), { description: "Itself.", derived: true }),
        memory: field(z.string(), { description: "Not for people.", hidden: true }),
      },
    ),
  ).resources;
  expect(resource).toMatchObject({
    type: "DeskPool",
    terraform: "seatwise_desk_pool",
    importId: "building/floor",
    stateVersion: 0,
  });
  const level = (presence: string, role: string) => ({ terraform: "level", kind: { is: "integer" }, presence, role });
  expect(resource?.fields).toMatchObject([
    { name: "name", terraform: "name", presence: "required", role: "input" },
    { name: "connection", terraform: "connection_name", presence: "required", immutable: true, example: "crm" },
    { terraform: "mode", presence: "optional-computed", default: "wait", kind: { oneOf: ["wait", "nextTier"] } },
    {
      terraform: "grace_period",
      presence: "optional-computed",
      default: {},
      kind: {
        is: "object",
        name: "Grace",
        fields: [{ terraform: "unclaimed", presence: "optional-computed", default: "7d" }],
      },
    },
    { terraform: "floors", presence: "optional", kind: { is: "list", of: { fields: [level("required", "input")] } } },
    { terraform: "api_key", presence: "optional", secret: true },
    {
      terraform: "changes",
      presence: "computed",
      role: "output",
      planned: true,
      kind: { is: "map", of: { is: "string" } },
    },
    { terraform: "ref", presence: "computed", derived: true, kind: { fields: [level("computed", "output")] } },
    { terraform: "id", presence: "computed", role: "id" },
    { terraform: "timeouts", presence: "optional", role: "timeouts" },
  ]);
  expect(resource?.fields).toHaveLength(10);
});

test("texts speak Terraform's names, and leave alone what is none of ours", () => {
  const grace = { gracePeriod: field(z.string().optional(), says("Grace.")) };
  expect(schemaOf(desk(grace)).resources[0]?.doc).toBe(
    "Desks. See `grace_period`; an `other` is not ours, nor is `onThird`. A `seatwise_desk_pool` takes a Desk.",
  );
});

test("a function that reads is a data source, one that does not is a function with positions", () => {
  const both = terraformSchema({
    version: "1",
    resources: [],
    functions: [who(false), { ...who(true), name: "whoMay" }],
    connectors: [],
  });
  expect(both.dataSources).toMatchObject([
    {
      name: "whoSits",
      terraform: "seatwise_who_sits",
      fields: [
        { terraform: "desk_name", presence: "required" },
        { terraform: "connection_name", presence: "optional-computed" },
        { terraform: "person_name", presence: "computed", role: "output" },
      ],
    },
  ]);
  expect(both.functions).toMatchObject([
    {
      name: "whoMay",
      terraform: "who_may",
      parameters: [{ terraform: "desk_name" }, { terraform: "connection" }],
      result: { is: "object", fields: [{ terraform: "person_name" }] },
    },
  ]);
});

test("nothing in the provider's configuration is computed", () => {
  const { provider } = schemaOf();
  expect(JSON.stringify(provider)).not.toContain("computed");
  expect(JSON.stringify(provider)).toContain(
    '"terraform":"client_secret","kind":{"is":"string"},"presence":"required"',
  );
  expect(provider.fields.find(({ name }) => name === "people")).toMatchObject({
    presence: "optional",
    default: "account",
  });
});

const inner = (fields: z.ZodRawShape) => field(z.object(fields).optional(), says("Inner."));
test.each<[string, () => unknown, string]>([
  [
    "an input named count",
    () => schemaOf(desk({ count: text("x") })),
    "DeskPool.count: Terraform keeps the name count",
  ],
  ["an input named forEach", () => schemaOf(desk({ forEach: text("x") })), "Terraform keeps the name for_each"],
  ["an output named provider", () => schemaOf(desk({}, { provider: text("x") })), "Terraform keeps the name provider"],
  ["an input named id", () => schemaOf(desk({ id: text("x") })), "DeskPool has two attributes named id"],
  ["an output named timeouts", () => schemaOf(desk({}, { timeouts: text("x") })), "two attributes named timeouts"],
  ["an output named like an input", () => schemaOf(desk({ a: text("x") }, { a: text("x") })), "two attributes named a"],
  [
    "two secrets",
    () => {
      const secret = field(z.string().optional(), { description: "x", secret: true });
      const other = field(z.string().optional(), { description: "x", secret: true });
      return schemaOf(desk({ secret, inner: inner({ other }) }));
    },
    "DeskPool has more than one secret attribute",
  ],
  [
    "a list of lists of objects",
    () => schemaOf(desk({ grid: field(z.array(z.array(z.object({ x: text("x") }))), says("x")) })),
    "grid: a list or map of lists or maps of objects has no nested attributes",
  ],
])("%s is refused when the package is generated", (_name, generate, message) => {
  expect(generate).toThrow(message);
});

test("inside a connection or an object Terraform's names are free, at the root of the provider they are not", () => {
  const aliased = { ...connector, config: z.object({ alias: text("x"), version: text("x") }) };
  expect(() => terraformSchema({ version: "1", resources: [], functions: [], connectors: [aliased] })).not.toThrow();
  expect(() => schemaOf(desk({ inner: inner({ count: text("x") }) }))).not.toThrow();
  for (const name of ["alias", "version", "source"])
    expect(() => rootName(name, { is: "provider", name: "provider" })).toThrow(`Terraform keeps the name ${name}`);
});

describe("the real package", () => {
  const all: { readonly at: string; readonly field: Attribute }[] = [];
  const walk = (fields: readonly Attribute[], at: string): void => {
    for (const each of fields) {
      all.push({ at: `${at}.${each.terraform}`, field: each });
      let kind: AttributeKind = each.kind;
      while (kind.is === "list" || kind.is === "map") kind = kind.of;
      if (kind.is === "object") walk(kind.fields, `${at}.${each.terraform}`);
    }
  };
  walk(packageSchema.provider.fields, "provider");
  for (const of of [...packageSchema.resources, ...packageSchema.dataSources]) walk(of.fields, of.terraform);
  for (const of of packageSchema.functions) {
    walk(of.parameters, of.terraform);
    walk(of.result.fields, of.terraform);
  }

  test("every name comes back from snake_case, and is one that Terraform takes", () => {
    expect(all.length).toBeGreaterThan(150);
    const own = Object.values(renamed);
    const lost = all.filter(
      ({ field: { name, terraform } }) =>
        !own.includes(terraform) && (camel(terraform) !== name || snake(name) !== terraform),
    );
    expect(lost.map(({ at }) => at)).toEqual([]);
    expect(all.filter(({ field: { terraform } }) => !/^[a-z][a-z0-9_]*$/.test(terraform)).map(({ at }) => at)).toEqual(
      [],
    );
    expect(all.filter(({ field: { terraform } }) => own.includes(terraform)).map(({ at }) => at)).toEqual([
      "seatwise_license.connection_name",
      "seatwise_skus.connection_name",
    ]);
  });

  test("no two attributes of one place share a name, and each is described", () => {
    const places = all.map(({ at }) => at);
    // A function's result stands beside its parameters here, so a name may be in both: none is.
    expect(places.filter((at, i) => places.indexOf(at) !== i)).toEqual([]);
    expect(all.filter(({ field: { description } }) => !/\S{2}/.test(description)).map(({ at }) => at)).toEqual([]);
    expect(
      all.filter(({ field: { description } }) => /Pulumi|logical name/.test(description)).map(({ at }) => at),
    ).toEqual([]);
  });

  test("what it has", () => {
    expect(packageSchema.resources.map(({ terraform }) => terraform)).toEqual([
      "seatwise_assignment_rule",
      "seatwise_license",
      "seatwise_seat_pool",
    ]);
    expect(packageSchema.dataSources.map(({ terraform }) => terraform)).toEqual([
      "seatwise_explain",
      "seatwise_license_position",
      "seatwise_skus",
      "seatwise_users",
    ]);
    expect(packageSchema.functions.map(({ terraform }) => terraform)).toEqual(["check_rule", "matches"]);
  });
});
