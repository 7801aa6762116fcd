import { Secret, UNKNOWN, type Values } from "../../core/value.ts";
import { unknownsLeft, withoutUnknowns } from "./unknowns.ts";

const values: Values = {
  name: "crm",
  ref: UNKNOWN,
  rules: [{ claim: UNKNOWN, reserve: 0 }, UNKNOWN],
  token: new Secret(UNKNOWN),
  other: new Secret({ a: UNKNOWN, b: 1 }),
  absent: undefined,
};

test("where something is unknown", () => {
  expect(unknownsLeft(values)).toEqual([["ref"], ["rules", 0, "claim"], ["rules", 1], ["token"], ["other", "a"]]);
  expect(unknownsLeft({ a: [1, null, { b: "" }] })).toEqual([]);
});

test("without it: members go, elements of lists keep their place", () => {
  expect(withoutUnknowns(values)).toEqual({
    name: "crm",
    rules: [{ reserve: 0 }, null],
    token: null,
    other: new Secret({ b: 1 }),
  });
});
