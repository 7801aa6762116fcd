import fc from "fast-check";
import { z } from "zod";
import { areBrief, User } from "./api.ts";

const odd = fc.constantFrom(null, undefined, 0, 1.5, Number.POSITIVE_INFINITY, Number.NaN, "", "text", true, [], {}, [
  "a",
]);
const or = <T>(fitting: fc.Arbitrary<T>): fc.Arbitrary<unknown> => fc.oneof({ weight: 12, arbitrary: fitting }, odd);
const user = fc.record(
  {
    id: or(fc.uuid()),
    username: or(fc.string()),
    email: or(fc.string()),
    firstName: or(fc.string()),
    lastName: or(fc.string()),
    enabled: or(fc.boolean()),
    createdTimestamp: or(fc.integer()),
    attributes: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, odd, fc.constant({ team: ["a"] })),
    totp: fc.boolean(),
  },
  { requiredKeys: ["id", "username"] },
);

test("a page that the check by hand takes is one that the schema takes, field by field the same", () => {
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(or(fc.array(or(user), { maxLength: 3 })), (body) => {
      const parsed = z.array(User).safeParse(body);
      const brief = parsed.success && parsed.data.every(({ attributes }) => (attributes ?? null) === null);
      expect(areBrief(body)).toBe(brief);
      if (brief) {
        taken += 1;
        expect(z.array(User).parse(body)).toEqual((body as object[]).map((one) => without(one, "totp")));
      } else refused += 1;
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(300);
});

const without = (one: object, name: string): object =>
  Object.fromEntries(Object.entries(one).filter(([key]) => key !== name));
