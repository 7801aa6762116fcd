import fc from "fast-check";

const acts = ["hire", "move", "promote", "suspend", "delete", "login", "give", "take", "stranger"] as const;
const faults = ["refuse", "throw", "crash", "commit-then-throw", "kill", "kill-after"] as const;
export type Fault = (typeof faults)[number];

/** What somebody does by hand, in the directory or at the vendor. */
export interface Hands {
  readonly what: (typeof acts)[number];
  readonly who: number;
  readonly sku: number;
}
export interface Up {
  readonly shown: "yes" | "no" | "unknown";
  readonly between: readonly Hands[];
  readonly during: readonly Hands[];
  readonly fault: Fault | null;
  readonly faultAt: number;
  readonly save: boolean;
  readonly lose: boolean;
}
export type Event =
  | ({ readonly is: "up" } & Up)
  | { readonly is: "hands"; readonly hands: readonly Hands[] }
  | { readonly is: "time"; readonly hours: number }
  | { readonly is: "preview" | "wipe" | "license" }
  | { readonly is: "refresh"; readonly save: boolean }
  | {
      readonly is: "destroy";
      readonly shown: boolean;
      readonly between: readonly Hands[];
      readonly fault: Fault | null;
      readonly faultAt: number;
    }
  | { readonly is: "replace"; readonly first: "create" | "delete" | "pending" }
  | { readonly is: "rename"; readonly alias: boolean }
  | { readonly is: "cap"; readonly allotment: number }
  | { readonly is: "acknowledge"; readonly removals: number };

/** How the pool of a history is set up. `limit` 0: none to speak of. */
export interface Setting {
  readonly layout: "single" | "tiers" | "two";
  readonly connection: "people" | "crm";
  readonly ownership: "own" | "adopt" | "exclusive";
  readonly onDestroy: "retain" | "release";
  readonly grace: "0s" | "2d";
  readonly allotment: number;
  readonly limit: number;
  readonly exempt: boolean;
  readonly spare: boolean;
}

export const settings: fc.Arbitrary<Setting> = fc.record({
  layout: fc.constantFrom("single", "tiers", "two"),
  connection: fc.constantFrom("people", "crm"),
  ownership: fc.constantFrom("own", "own", "own", "adopt", "exclusive"),
  onDestroy: fc.constantFrom("release", "retain"),
  grace: fc.constantFrom("0s", "0s", "2d"),
  allotment: fc.integer({ min: 3, max: 9 }),
  limit: fc.constantFrom(0, 2, 3),
  exempt: fc.boolean(),
  spare: fc.boolean(),
});

const hands: fc.Arbitrary<Hands> = fc.record({
  what: fc.constantFrom(...acts, "move"),
  who: fc.nat(11),
  sku: fc.nat(1),
});
const few = fc.array(hands, { maxLength: 2 });
const fault = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.constantFrom<Fault[]>(...faults) },
);
const up: fc.Arbitrary<Event> = fc.record({
  is: fc.constant("up"),
  shown: fc.constantFrom("yes", "yes", "yes", "no", "unknown"),
  between: few,
  during: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few }),
  fault,
  faultAt: fc.nat(3),
  save: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  lose: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

export const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: up },
    {
      weight: 5,
      arbitrary: fc.record({ is: fc.constant("hands"), hands: fc.array(hands, { minLength: 1, maxLength: 5 }) }),
    },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("time"), hours: fc.constantFrom(1, 13, 30, 72) }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constantFrom("preview", "wipe", "license") }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("refresh"), save: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        is: fc.constant("destroy"),
        shown: fc.boolean(),
        between: few,
        fault,
        faultAt: fc.nat(2),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ is: fc.constant("replace"), first: fc.constantFrom("create", "delete", "pending") }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("rename"), alias: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("cap"), allotment: fc.integer({ min: 2, max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("acknowledge"), removals: fc.constantFrom(4, 8) }) },
  ) as fc.Arbitrary<Event>,
  { minLength: 2, maxLength: 9 },
);
