import { UNKNOWN, type Values } from "../core/value.ts";
import { bugIf, incompatible, invalidPlan, ProviderBug, proposed, unknownsIn } from "./terraform-core.ts";
import { type CoreObject, readCore, WrongType, writeCore } from "./terraform-values.ts";

/** The checks must find what core finds, else parity would prove less than it says. */
const type: CoreObject = {
  is: "object",
  members: [
    { name: "name", type: { is: "string" }, configurable: true, computed: false },
    { name: "size", type: { is: "number" }, configurable: true, computed: true },
    { name: "digest", type: { is: "string" }, configurable: false, computed: true },
    {
      name: "rules",
      type: {
        is: "list",
        of: {
          is: "object",
          members: [{ name: "claim", type: { is: "string" }, configurable: true, computed: false }],
        },
      },
      configurable: true,
      computed: true,
    },
    { name: "changes", type: { is: "map", of: { is: "string" } }, configurable: false, computed: true },
  ],
};
const config = { name: "crm", size: 3, digest: null, rules: [{ claim: "a" }], changes: null };

test("core's proposal: the configuration, else what was there", () => {
  expect(proposed({ name: "old", size: 1, digest: "d" }, { name: "crm", size: null }, type)).toEqual({
    name: "crm",
    size: 1,
    digest: "d",
    rules: null,
    changes: null,
  });
});

test.each([
  ["another value than configured", { name: "vpn" }, ['.name: planned value "vpn" does not match config value "crm"']],
  [
    "one inside a list",
    { rules: [{ claim: "b" }] },
    ['.rules[0].claim: planned value "b" does not match config value "a"'],
  ],
  ["a list of another length", { rules: [] }, [".rules: count in plan (0) disagrees with count in config (1)"]],
  ["what the provider may choose", { digest: "x", changes: { ada: "gains" } }, []],
])("a plan with %s", (_what, over, faults) => {
  expect(invalidPlan({ prior: null, config, planned: { ...config, ...over } }, type)).toEqual(faults);
});
test("a plan with a value that nobody configured", () => {
  const none = { ...config, name: null };
  expect(invalidPlan({ prior: null, config: none, planned: config }, type)).toEqual([
    '.name: planned value "crm" for a non-computed attribute',
  ]);
});

test.each([
  ["a known value is another one", { digest: "a" }, { digest: "b" }, ['.digest: was "a", but now "b"']],
  ["somebody vanished", { changes: { ada: "x" } }, { changes: {} }, ['.changes: element "ada" has vanished']],
  ["somebody appeared", { changes: {} }, { changes: { bob: "x" } }, ['.changes: new element "bob" has appeared']],
  ["a known value is unknown", { digest: "a" }, { digest: UNKNOWN }, [".digest: was known, but now unknown"]],
  ["an unknown value is known", { digest: UNKNOWN }, { digest: "b" }, []],
  ["a null became a value", { digest: null }, { digest: "b" }, ['.digest: was null, but now "b"']],
])("after a plan, %s", (_what, planned, actual, faults) => {
  expect(incompatible(planned as Values, actual as Values)).toEqual(faults); // rows of different members
});

test("nothing may stay unknown, and a fault ends the run", () => {
  expect(unknownsIn({ a: 1, b: [{ c: UNKNOWN }] })).toEqual([".b[0].c"]);
  expect(() => bugIf("Provider produced invalid plan", "SeatPool.crm", ["x"])).toThrow(ProviderBug);
  expect(() => bugIf("Provider produced invalid plan", "SeatPool.crm", [])).not.toThrow();
});

test("values travel as they are; an object needs exactly its schema's attributes", () => {
  expect(readCore(writeCore({ ...config, size: UNKNOWN }, type), type)).toEqual({ ...config, size: UNKNOWN });
  const less: CoreObject = { ...type, members: type.members.slice(1) };
  expect(() => readCore(writeCore(config, less), type)).toThrow(WrongType);
  expect(() => readCore(writeCore(config, type), less)).toThrow("an object with 4 attributes is required (5 given)");
});
