import { packageSchema } from "./package-schema.ts";
import { schemaResponse } from "./schema-message.ts";

const response = schemaResponse(packageSchema);
/** Bytes as the JSON they hold. */
const readable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, function (this: Record<string, unknown>, key, inner: unknown) {
      const own = this[key];
      return own instanceof Uint8Array ? JSON.parse(Buffer.from(own).toString()) : inner;
    }),
  );
interface Seen {
  readonly name: string;
  readonly type?: unknown;
  readonly nestedType?: { readonly attributes: readonly Seen[] };
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}
const block = (of: unknown) => (readable(of) as { block: { attributes: Seen[]; blockTypes: unknown[] } }).block;
const attributes = (of: unknown) => Object.fromEntries(block(of).attributes.map((a) => [a.name, a]));

test("what the provider says of itself", () => {
  expect(Object.keys(response).sort()).toEqual([
    "dataSourceSchemas",
    "functions",
    "provider",
    "resourceSchemas",
    "serverCapabilities",
  ]);
  expect(response.serverCapabilities).toEqual({
    planDestroy: true,
    getProviderSchemaOptional: true,
    moveResourceState: true,
  });
});

test("attributes: type or nested type, and who gives the value", () => {
  const pool = attributes(response.resourceSchemas?.seatwise_seat_pool);
  expect(pool.name).toMatchObject({ type: "string", required: true, optional: false, computed: false });
  expect(pool.allotment).toMatchObject({ type: "number", required: false, optional: true, computed: false });
  expect(pool.on_exhaustion).toMatchObject({
    type: "string",
    optional: true,
    computed: true,
    description:
      "What happens to a claimed person when no seat is free. One of `wait`, `fail`, `nextTier`. Default: `wait`.",
    descriptionKind: "MARKDOWN",
  });
  expect(pool.service_plans).toMatchObject({ type: ["list", "string"], optional: true });
  expect(pool.grace_period).toMatchObject({ optional: true, computed: true, nestedType: { nesting: "SINGLE" } });
  expect(pool.rules).toMatchObject({
    nestedType: {
      nesting: "LIST",
      attributes: [
        { name: "claim", required: true, nestedType: { nesting: "SINGLE" } },
        { name: "allotment", type: "number", optional: true, computed: false },
        { name: "reserve", type: "number", optional: true, computed: true },
      ],
    },
  });
  expect(pool.changes).toMatchObject({ computed: true, optional: false, nestedType: { nesting: "SINGLE" } });
  expect(pool.id).toMatchObject({ type: "string", computed: true });
  expect(pool.timeouts).toBeUndefined();
});

test("every attribute has one of the two types and one presence that Terraform takes", () => {
  let seen = 0;
  const wrong: string[] = [];
  const walk = (all: readonly Seen[], at: string): void => {
    for (const a of all) {
      seen += 1;
      const one = (a.type === undefined) !== (a.nestedType === undefined);
      const given = a.required ? !a.optional && !a.computed : a.optional || a.computed;
      if (!one || !given) wrong.push(`${at}.${a.name}`);
      walk(a.nestedType?.attributes ?? [], `${at}.${a.name}`);
    }
  };
  for (const [name, of] of Object.entries({
    provider: response.provider,
    ...response.resourceSchemas,
    ...response.dataSourceSchemas,
  }))
    walk(block(of).attributes, name);
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(150);
});

test("timeouts is a block of texts, in resources alone", () => {
  for (const of of Object.values(response.resourceSchemas ?? {}))
    expect(block(of).blockTypes).toMatchObject([
      {
        typeName: "timeouts",
        nesting: "SINGLE",
        block: {
          attributes: ["create", "read", "update", "delete"].map((name) => ({ name, type: "string", optional: true })),
        },
      },
    ]);
  for (const of of [response.provider, ...Object.values(response.dataSourceSchemas ?? {})])
    expect(block(of).blockTypes).toEqual([]);
});

test("secrets of the provider are sensitive, connections are a map of objects", () => {
  const { connections } = attributes(response.provider);
  expect(connections).toMatchObject({ required: true, nestedType: { nesting: "MAP" } });
  expect(JSON.stringify(connections)).toMatch(/"name":"client_secret"[^{}]*"sensitive":true/);
});

test("functions: positional parameters, an object as result", () => {
  expect(readable(response.functions?.check_rule)).toMatchObject({
    parameters: [{ name: "when", type: "string", allowNullValue: false }],
    return: { type: ["object", { problem: "string", reads: ["list", "string"], valid: "bool" }] },
  });
  expect(readable(response.functions?.matches)).toMatchObject({
    parameters: [
      { name: "when" },
      { name: "user", type: "dynamic", description: expect.stringContaining("- `first_name`: First name.") },
    ],
    return: { type: ["object", { answer: "string", reason: "string" }] },
  });
});
