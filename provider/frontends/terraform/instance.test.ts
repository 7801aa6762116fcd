import type { Session } from "../../engine/verbs.ts";
import { Instance } from "./instance.ts";

const walk = (): Instance => {
  const instance = new Instance(() => Promise.reject(new Error("nobody asks")));
  instance.begin({} as Session); // a walk begins; nothing of it is called
  return instance;
};
type Call = readonly ["read" | "plan", name: string, record: string | null];

/** What core does in one walk, in this order; the answer is what was refused. */
const refused = (calls: readonly Call[]): string | null => {
  const instance = walk();
  for (const [does, name, record] of calls)
    try {
      if (does === "read") instance.noteRead(name, record);
      else instance.claimName(name, name, record);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  return null;
};

const same = 'two resources of this type are named "crm"';
const taken = 'a new resource takes the name of one that is renamed in the same plan ("';
const rows: [what: string, refusal: string | null, ...Call[]][] = [
  ["one update", null, ["read", "crm", "A"], ["plan", "crm", "A"]],
  ["one renamed", null, ["read", "crm", "A"], ["plan", "sales", "A"]],
  ["a taint, or another address: the new one inherits", null, ["read", "crm", "A"], ["plan", "crm", null]],
  ["two names swapped", null, ["read", "a", "A"], ["read", "b", "B"], ["plan", "b", "A"], ["plan", "a", "B"]],
  ["two creates of one name", same, ["plan", "crm", null], ["plan", "crm", null]],
  ["a second one of a name that exists", same, ["read", "crm", "A"], ["plan", "crm", "A"], ["plan", "crm", null]],
  ["the same, planned first", same, ["read", "crm", "A"], ["plan", "crm", null], ["plan", "crm", "A"]],
  ["two that are there", same, ["plan", "crm", "A"], ["plan", "crm", "B"]],
  ["a name taken over", `${taken}crm")`, ["read", "crm", "A"], ["plan", "sales", "A"], ["plan", "crm", null]],
  [
    "the same, the new one planned first",
    `${taken}sales")`,
    ["read", "crm", "A"],
    ["plan", "crm", null],
    ["plan", "sales", "A"],
  ],
];
test.each(rows)("%s", (_what, refusal, ...calls) => {
  expect(refused(calls)).toBe(refusal);
});

test("another walk knows nothing of it", () => {
  const instance = walk();
  instance.claimName("crm", "crm", null);
  instance.begin({} as Session);
  expect(() => instance.claimName("crm", "crm", null)).not.toThrow();
});
