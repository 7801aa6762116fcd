import { Problem } from "../../core/problem.ts";
import { inferredShape, shapeFromType, shapeOf, shapeOfKind, type TypeJson, typeJson } from "./cty.ts";
import { everyKind } from "./schema-arbitrary.fixture.ts";

test.each<[TypeJson]>([
  ["string"],
  ["number"],
  ["bool"],
  ["dynamic"],
  [["list", "string"]],
  [["set", ["map", "number"]]],
  [["tuple", ["bool", ["list", "dynamic"]]]],
  [["object", { a: "string", b: ["object", {}] }]],
])("%j is read and written as it was", (type) => {
  expect(typeJson(shapeFromType(type))).toEqual(type);
});

test("golden type of a schema: Terraform's names, sorted, a whole number is a number", () => {
  const inner = shapeOfKind({ is: "object", fields: everyKind.fields.slice(0, 6) });
  expect(JSON.stringify(typeJson(inner))).toBe(
    '["object",{"any_number":"number","anything":"dynamic","flag":"bool","text":"string","whole_number":"number","words":["list","string"]}]',
  );
});

test("a schema's shape is made once", () => {
  expect(shapeOf(everyKind)).toBe(shapeOf(everyKind));
});

test("the type of a value that nobody has given one", () => {
  const value = { a: "x", b: [1, true, null], c: null, d: undefined };
  expect(typeJson(inferredShape(value))).toEqual([
    "object",
    { a: "string", b: ["tuple", ["number", "bool", "dynamic"]], c: "dynamic" },
  ]);
});

test.each([
  [null],
  [5],
  ["text"],
  [["list"]],
  [["object", ["a"]]],
  [["tuple", "string"]],
  [["array", "string"]],
  [{ list: "string" }],
])("%j is no type", (type) => {
  expect(() => shapeFromType(type)).toThrow(Problem);
});
