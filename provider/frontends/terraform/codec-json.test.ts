import fc from "fast-check";
import { Secret, type Value } from "../../core/value.ts";
import { decode, decodeJson, encode } from "./codec.ts";
import { packageSchema } from "./package-schema.ts";
import { everyKind } from "./schema-arbitrary.fixture.ts";

const state = (text: string) => decodeJson(Buffer.from(text), everyKind);

test("an object of this version, as Terraform writes it", () => {
  const pool = packageSchema.resources.find(({ type }) => type === "SeatPool") ?? { fields: [] };
  const { values } = decodeJson(
    Buffer.from(
      JSON.stringify({
        id: "crm",
        name: "crm",
        allotment: 60,
        on_exhaustion: "wait",
        grace_period: { unclaimed: "7d", suspended: "0", deleted: null },
        rules: [{ claim: { name: "sales", when: "true", grants: null, starts_at: null }, allotment: null, reserve: 0 }],
        changes: { assign: { "Ada Lovelace": "rule sales" }, more: null },
        timeouts: null,
        __proto__: null,
      }),
    ),
    pool,
  );
  expect(values).toEqual({
    id: "crm",
    name: "crm",
    allotment: 60,
    onExhaustion: "wait",
    gracePeriod: { unclaimed: "7d", suspended: "0" },
    rules: [{ claim: { name: "sales", when: "true" }, reserve: 0 }],
    changes: { assign: { "Ada Lovelace": "rule sales" } },
  });
});

test("state of another version: unknown members are dropped, missing ones are null", () => {
  const { values, cty } = state(
    '{"gone":{"deep":[1,{"a":null}]},"text":"kept","inner_one":{"gone":1,"deep_text":"kept"}}',
  );
  expect(values).toEqual({ text: "kept", innerOne: { deepText: "kept" } });
  // And what goes back has exactly the schema's members.
  expect(decode(encode(values, everyKind, cty), everyKind).values).toEqual(values);
  expect(state("null").values).toBeNull();
  expect(state("{}").values).toEqual({});
});

test("sensitive values are secrets", () => {
  expect(state('{"token":"a","tokens":{"b":"c"},"inner_one":{"deep_secret":"d"}}').values).toEqual({
    token: new Secret("a"),
    tokens: new Secret({ b: "c" }),
    innerOne: { deepSecret: new Secret("d") },
  });
});

test.each(["9007199254740993", "0.1234567890123456789012345", "1e400", "-0", "100000000000000000000000"])(
  "%s keeps its digits on the way from state to the wire",
  (digits) => {
    const { values, cty } = state(`{"any_number":${digits},"matrix":[[1,${digits}]]}`);
    const bytes = encode(values, everyKind, cty).toString("latin1");
    expect(bytes.split(digits)).toHaveLength(3);
  },
);

test("a dynamic value is {type, value} in state and [type, value] on the wire", () => {
  const type = '["object",{"a":["list","number"],"b":"dynamic"}]';
  const { values, cty } = state(
    `{"anything":{"type":${type},"value":{"a":[9007199254740993],"b":{"type":"bool","value":true}}}}`,
  );
  expect(values).toEqual({ anything: { a: [2 ** 53], b: true } });
  const bytes = encode(values, everyKind, cty);
  expect(bytes.toString("latin1")).toContain(type);
  expect(bytes.toString("latin1")).toContain("9007199254740993");
  expect(decode(bytes, everyKind).values).toEqual(values);
});

test.each<[string, string]>([
  ['{"text":5}', "text: the state does not hold a string here"],
  ['{"any_number":"5"}', "anyNumber: the state does not hold a number here"],
  ['{"words":{"a":1}}', "words: the state does not hold a list here"],
  ['{"counts":{"ada":true}}', "counts.ada: the state does not hold a number here"],
  ['{"inner_many":[{},7]}', "innerMany[1]: the state does not hold an object here"],
  ["[]", "the state does not hold an object here"],
  ['{"text":', "the state is not JSON"],
])("%s is refused, and told where", (text, message) => {
  expect(() => state(text)).toThrow(message);
});

test("texts and keys of every kind survive, `__proto__` among them", () => {
  const entry = fc.tuple(
    fc.oneof(fc.string({ unit: "binary" }), fc.constant("__proto__")),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ([key]) => key }), (entries) => {
      const counts: Record<string, Value> = Object.fromEntries(entries.map(([key, n]) => [key, n + 0]));
      expect(state(JSON.stringify({ counts })).values).toEqual({ counts });
    }),
  );
});
