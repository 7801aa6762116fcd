import { Problem } from "../../core/problem.ts";
import type { Value, Values } from "../../core/value.ts";
import type { Provider } from "../../engine/verbs.ts";
import { writeWire } from "./codec-write.ts";
import { callFunction } from "./function-calls.ts";
import { Instance } from "./instance.ts";
import { packageSchema } from "./package-schema.ts";

const schema = packageSchema.functions.find(({ name }) => name === "matches") ?? packageSchema.functions[0];
const call = async (answer: (args: Values) => Values, user: Value) => {
  if (!schema) throw new Error("there is no function");
  const provider = { pure: async (_name: string, args: Values) => answer(args) } as Partial<Provider> as Provider;
  const instance = new Instance(async () => provider);
  const argumentsSent = [writeWire("true", { is: "string" }), writeWire(user, { is: "dynamic" })];
  return callFunction(
    { instance, schema },
    { name: "matches", arguments: argumentsSent.map((msgpack) => ({ msgpack, json: Buffer.of() })) },
  );
};

test("arguments come by position, with the engine's names; the answer is the object of outputs", async () => {
  let got: Values = {};
  const response = await call(
    (args) => {
      got = args;
      return { answer: "yes", reason: "" };
    },
    { first_name: "Ada" },
  );
  expect(got).toEqual({ when: "true", user: { firstName: "Ada" } });
  expect(response).toEqual({ result: { msgpack: Buffer.from("82a6616e73776572a3796573a6726561736f6ea0", "hex") } });
});

test("what is wrong is told at its argument, in one sentence", async () => {
  expect(await call(() => ({}), { firstname: "Ada" })).toEqual({
    error: { text: 'there is no "firstname" (Did you mean "first_name"?)', functionArgument: 1 },
  });
  const deep = () => {
    throw new Problem("invalid", "no date", { path: ["user", "startsOn"], hint: "Write RFC 3339." });
  };
  expect(await call(deep, {})).toEqual({
    error: { text: "starts_on: no date (Write RFC 3339)", functionArgument: 1 },
  });
});

test("an error without a place has no argument", async () => {
  const broken = () => {
    throw new TypeError("x is not a function");
  };
  expect(await call(broken, {})).toEqual({ error: { text: expect.any(String) } });
});
