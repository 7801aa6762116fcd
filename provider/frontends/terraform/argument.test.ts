import { Problem } from "../../core/problem.ts";
import { UNKNOWN, type Value } from "../../core/value.ts";
import { argumentShape, readArgument } from "./argument.ts";
import { writeWire } from "./codec-write.ts";
import { shapeFromType } from "./cty.ts";
import { packageSchema } from "./package-schema.ts";
import type { AttributeKind } from "./schema-model.ts";

const user: AttributeKind = packageSchema.functions
  .find(({ name }) => name === "matches")
  ?.parameters.find(({ name }) => name === "user")?.kind ?? { is: "any" };

/** As Terraform sends a value of a type where any is taken. */
const sent = (type: unknown, value: Value): Buffer => {
  const json = JSON.stringify(type);
  return Buffer.concat([
    Buffer.of(0x92, 0xc5, json.length >> 8, json.length & 0xff),
    Buffer.from(json),
    writeWire(value, shapeFromType(type)),
  ]);
};

test("an object is asked for as a dynamic value, anything else by its type", () => {
  expect(argumentShape(user)).toEqual({ is: "dynamic" });
  expect(argumentShape({ is: "list", of: user })).toEqual({ is: "dynamic" });
  expect(argumentShape({ is: "list", of: { is: "string" } })).toEqual({ is: "list", of: { is: "string" } });
  expect(argumentShape({ is: "any" })).toEqual({ is: "dynamic" });
});

test("members get the engine's names, keys of a map stay, numbers are meant as texts, a null is not given", () => {
  const type = [
    "object",
    {
      first_name: "string",
      groups: ["tuple", ["string", "number"]],
      attributes: ["object", { cost_center: "number", onCall: "bool" }],
      manager: "dynamic",
    },
  ];
  const value = {
    first_name: "Ada",
    groups: ["vpn", 7],
    attributes: { cost_center: 4711, onCall: true },
    manager: null,
  };
  expect(readArgument(sent(type, value), user)).toEqual({
    firstName: "Ada",
    groups: ["vpn", "7"],
    attributes: { cost_center: "4711", onCall: "true" },
  });
});

test("a list of one type, a set, a map serve as well", () => {
  expect(readArgument(sent(["map", "string"], { login: "ada", department: "Sales" }), user)).toEqual({
    login: "ada",
    department: "Sales",
  });
  expect(readArgument(sent(["object", { groups: ["set", "string"] }], { groups: ["a"] }), user)).toEqual({
    groups: ["a"],
  });
});

test("a person's fields may have the names that they have in a rule", () => {
  expect(readArgument(sent(["object", { firstName: "string" }], { firstName: "Ada" }), user)).toEqual({
    firstName: "Ada",
  });
});

test("a member that there is not is refused with the one that was meant", () => {
  const attempt = () => readArgument(sent(["object", { firstname: "string" }], { firstname: "Ada" }), user);
  expect(attempt).toThrow(Problem);
  expect(attempt).toThrow(
    expect.objectContaining({
      code: "invalid",
      message: 'there is no "firstname"',
      hint: 'Did you mean "first_name"?',
    }),
  );
});

test("what is of another kind is left for the engine to refuse; an unknown is unknown", () => {
  expect(readArgument(sent("string", "ada"), user)).toBe("ada");
  expect(readArgument(Buffer.of(0xd4, 0, 0), user)).toBe(UNKNOWN);
  expect(readArgument(Buffer.of(0xc0), user)).toBeNull();
});
