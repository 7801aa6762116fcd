import * as grpc from "@grpc/grpc-js";
import fc from "fast-check";
import { Redactor } from "../../core/redactor.ts";
import { Secret, UNKNOWN, type Value, type Values } from "../../core/value.ts";
import { failure, type Stand, stand } from "../../testing/pulumi-stand.ts";
import { decode } from "./codec.ts";
import { providerPb, type Struct } from "./proto.ts";
import { keepSecret } from "./secrecy.ts";

const CANARY = "canary-5ecret-f00d";

describe("values keep the secrecy of the inputs they were made from", () => {
  test.each<{ name: string; values: Values; inputs: Values; expected: Values }>([
    {
      name: "of the same name",
      values: { token: 5 },
      inputs: { token: new Secret(5) },
      expected: { token: new Secret(5) },
    },
    {
      name: "of another name, which holds the secret text",
      values: { claim: { for: `x ${CANARY} y`, name: "eng" } },
      inputs: { token: new Secret(CANARY) },
      expected: { claim: { for: new Secret(`x ${CANARY} y`), name: "eng" } },
    },
    {
      name: "in a map whose keys hold it: the whole map",
      values: { changes: { [CANARY]: "joins" } },
      inputs: { members: new Secret([CANARY]) },
      expected: { changes: new Secret({ [CANARY]: "joins" }) },
    },
    {
      name: "inside an object: only there",
      values: { price: { amount: "19.00", currency: "USD" } },
      inputs: { price: { amount: new Secret("19.00"), currency: "USD" } },
      expected: { price: { amount: new Secret("19.00"), currency: "USD" } },
    },
    {
      name: "inside a list: the whole list, since it may be reordered",
      values: { rules: ["b", "a"] },
      inputs: { rules: [new Secret("a"), "b"] },
      expected: { rules: new Secret(["b", "a"]) },
    },
    {
      name: "that is not known",
      values: { token: UNKNOWN },
      inputs: { token: new Secret(UNKNOWN) },
      expected: { token: new Secret(UNKNOWN) },
    },
    {
      name: "not by a short text that occurs by chance",
      values: { unit: "seats" },
      inputs: { size: new Secret("s") },
      expected: { unit: "seats" },
    },
    {
      name: "the record is a secret of its own",
      values: { __record: CANARY },
      inputs: { token: new Secret(CANARY) },
      expected: { __record: CANARY },
    },
  ])("$name", ({ values, inputs, expected }) => {
    expect(keepSecret(values, inputs)).toEqual(expected);
  });

  test("wherever the secret text went, nothing of it is left in plain", () => {
    const plain = (value: Value | undefined): string =>
      value instanceof Secret || value === UNKNOWN
        ? ""
        : typeof value === "object" && value !== null
          ? Object.entries(value)
              .map(([k, v]) => k + plain(v as Value))
              .join()
          : String(value);
    const around = fc.tuple(fc.string(), fc.string()).map(([a, b]) => a + CANARY + b);
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        around,
        fc.integer(),
        fc.array(tie("value")),
        fc.dictionary(fc.oneof(fc.string(), around), tie("value"), { noNullPrototype: true }),
      ),
    }));
    let hidden = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), value, { noNullPrototype: true }), (values) => {
        if (plain(values).includes(CANARY)) hidden += 1;
        expect(plain(keepSecret(values, { token: new Secret(CANARY) }))).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
    expect(hidden).toBeGreaterThan(100);
  });
});

test("a redactor cuts what it learned, longest first, and leaves the rest", () => {
  const redactor = new Redactor();
  redactor.learn({
    a: new Secret("hunter2"),
    b: { c: new Secret({ d: "hunter2-and-more" }) },
    e: new Secret("abc"),
    f: "plain",
  });
  expect(redactor.clean("hunter2-and-more, hunter2, abc, plain")).toBe("[secret], [secret], abc, plain");
});

test("of a configuration that is secret as a whole only what is secret by definition is cut", () => {
  const redactor = new Redactor();
  const keycloak = { baseUrl: "http://127.0.0.1:8080", realm: "seatwise", clientSecret: "hunter2" };
  redactor.learnConfiguration(
    { connections: new Secret({ people: { keycloak } }), proxy: new Secret("http://user:pw@x") },
    new Set(["clientSecret"]),
  );
  expect(redactor.clean("seatwise at http://127.0.0.1:8080 refused hunter2 through http://user:pw@x")).toBe(
    "seatwise at http://127.0.0.1:8080 refused [secret] through [secret]",
  );
});

describe("a canary in every input", () => {
  let at: Stand;
  beforeEach(async () => {
    at = await stand();
    await at.begin(at.client, {
      directory: "people",
      connections: new Secret(`{"people":{"keycloak":{"clientSecret":"${CANARY}-config"}}}`),
    });
  });
  afterEach(() => at.close());

  /** What is left in plain text once the engine has taken the marked secrets out. */
  const unmarked = (struct: Struct | undefined): string =>
    JSON.stringify(decode(struct), (_key, v: unknown) => (v === UNKNOWN ? "unknown" : v));
  const pool: Values = { name: "eng", members: ["ada"], token: new Secret(CANARY) };

  test("is marked as secret in everything that goes to state or screen", async () => {
    const checked = await at.client.call("check", at.request.check("eng", pool, {}));
    const inputs = decode(checked.getInputs());
    expect(inputs.token).toEqual(new Secret(CANARY));
    const shown = await at.client.call("create", at.request.create("eng", inputs).setPreview(true));
    const made = await at.client.call("create", at.request.create("eng", inputs));
    const state = { inputs, properties: decode(made.getProperties()) };
    expect(state.properties.claim).toEqual({ for: new Secret(CANARY) }); // derived from it, under another name
    const found = await at.client.call("read", at.request.read("eng", state));
    const updated = await at.client.call("update", at.request.update("eng", inputs, state));
    const answered = await at.client.call(
      "invoke",
      new providerPb.InvokeRequest()
        .setTok("seatwise:index:matches")
        .setArgs(at.request.create("", { when: new Secret(CANARY) }).getProperties()),
    );
    const all = [
      checked.getInputs(),
      shown.getProperties(),
      made.getProperties(),
      found.getProperties(),
      found.getInputs(),
      updated.getProperties(),
      answered.getReturn(),
    ];
    expect(all.map(unmarked).join()).not.toContain(CANARY);
    expect(all.map(unmarked).join()).toContain("[secret]");
  });

  test("is in no error, no stack and no log, not even of a bug that printed it", async () => {
    const error = await failure(at.client.call("check", at.request.check("eng", { ...pool, crash: true }, {})));
    expect([error.code, error.details.split("\n")[0]]).toEqual([
      grpc.status.INTERNAL,
      "cannot read [secret] of undefined",
    ]);
    at.provider.during = async (where) => {
      where.log({ level: "warning", text: `the vendor said: token ${CANARY} and ${CANARY}-config are unknown` });
      throw new Error(`refused ${CANARY}-config`);
    };
    const second = await failure(at.client.call("create", at.request.create("eng", pool)));
    expect(second.details).toContain("refused [secret]");
    const everything = JSON.stringify([
      at.engine.said,
      at.debugged,
      error.details,
      error.metadata.toJSON(),
      second.details,
      second.metadata.toJSON(),
    ]);
    expect(everything).not.toContain(CANARY);
    expect(everything).toContain("the vendor said: token [secret] and [secret] are unknown");
  });

  test("is not named as the property of a bad input, since the engine prints that property's value", async () => {
    const checked = await at.client.call("check", at.request.check("eng", { size: new Secret("too-many-seats") }, {}));
    expect(checked.getFailuresList().map((f) => f.toObject())[0]).toEqual({
      property: "",
      reason: "size: must be a number",
    });
  });
});
