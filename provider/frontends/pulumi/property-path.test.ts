import fc from "fast-check";
import { covers, parsePropertyPath, propertyPath } from "./property-path.ts";

test.each([
  { path: ["rules", 0, "claim"], text: "rules[0].claim" },
  { path: ["changes", "assign", "ada@acme.test"], text: 'changes.assign["ada@acme.test"]' },
  { path: ["changes", "assign", 'o"brien'], text: 'changes.assign["o\\"brien"]' },
  { path: ["changes", "assign", "1"], text: 'changes.assign["1"]' },
  { path: ["odd key"], text: '["odd key"]' },
  { path: [], text: "" },
])("writes $text", ({ path, text }) => {
  expect(propertyPath(path)).toBe(text);
});

test("what is written is read as it was", () => {
  const key = fc.oneof(
    fc.nat({ max: 99 }),
    fc.string({ minLength: 1 }).filter((name) => !name.endsWith("\\") && !name.includes('\\"') && name !== "*"),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 5 }), (path) => expect(parsePropertyPath(propertyPath(path))).toEqual(path)),
    { numRuns: 500 },
  );
});

test.each([
  { pattern: "rules", path: ["rules", 0, "claim"], covered: true },
  { pattern: "rules[0]", path: ["rules", 0, "claim"], covered: true },
  { pattern: "rules[*].claim", path: ["rules", 7, "claim"], covered: true },
  { pattern: "rules[1]", path: ["rules", 0], covered: false },
  { pattern: "rules[0].claim", path: ["rules", 0], covered: false },
  { pattern: 'changes["a.b"]', path: ["changes", "a.b"], covered: true },
])("$pattern and $path", ({ pattern, path, covered }) => {
  expect(covers(parsePropertyPath(pattern), path)).toBe(covered);
});
