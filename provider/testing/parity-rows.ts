import type { Values } from "../core/value.ts";
import { complete, resourceOf } from "../engine/definitions.ts";
import { inputsHash } from "../engine/inputs-hash.ts";
import { approvedOf, rowNow, worldOf } from "../planner/row-world.fixture.ts";
import type { Row } from "../planner/rows.ts";
import { nothing, type Policy, type Tier } from "../planner/situation.ts";
import { resources } from "../resources/index.ts";
import { encodeRecord, newRecord } from "../resources/pool-record.ts";
import type { Given, Program } from "./parity-engine.ts";

export const rowTime = Date.parse(rowNow);
export const configuration: Values = {
  directory: "people",
  connections: {
    people: { keycloak: { baseUrl: "http://people.test" } },
    vendor: { scim: { baseUrl: "http://vendor.test" } },
  },
};

/** The pool that a row is about, as a program declares it. */
export interface StagedRow {
  readonly program: Program;
  /** What an earlier run left in the state; null: a create. */
  readonly given: Given | null;
}

const day = 86_400_000;
const span = (ms: number): string => (ms === 0 ? "0" : ms % day === 0 ? `${ms / day}d` : `${ms / 1000}s`);
const yes = (name: string): string => `user.attributes["${name}"] == "yes"`;

const policyInputs = ({ gracePeriod, reclaim, executionLimit, acknowledge, ...policy }: Policy): Values => ({
  ...policy,
  allotment: policy.allotment ?? undefined,
  gracePeriod: {
    unclaimed: span(gracePeriod.unclaimed),
    suspended: span(gracePeriod.suspended),
    deleted: span(gracePeriod.deleted),
  },
  ...(reclaim
    ? {
        reclaim: {
          inactiveFor: span(reclaim.inactiveFor),
          newSeatGrace: span(reclaim.newSeatGrace),
          notice: span(reclaim.notice),
          cooldown: span(reclaim.cooldown),
          action: reclaim.action,
        },
      }
    : {}),
  ...(executionLimit
    ? {
        executionLimit: {
          removals: executionLimit.removals ?? undefined,
          percent: executionLimit.percent ?? undefined,
        },
      }
    : {}),
  ...(acknowledge ? { acknowledge: { ...acknowledge } } : {}),
});

/** As people write them: by name. */
const plansOf = ({ servicePlans }: Pick<Tier, "servicePlans">): Values =>
  servicePlans ? { servicePlans: servicePlans.on.map((id) => servicePlans.names[id] ?? id) } : {};

/** The pool's inputs; `past`: as an earlier run had them, when it had a license that has been given up since. */
const inputsOf = (row: Row, past: boolean): Values => {
  const world = worldOf(row);
  const tiers = world.tiers.filter(({ retired }) => past || !retired);
  const byCondition = row.tier !== undefined && /none|\?/.test(row.tier);
  const ref = ({ license, commitments }: (typeof tiers)[number]): Values => ({
    connection: "vendor",
    sku: license.replace(/^vendor\//, ""),
    ...(commitments.length > 0
      ? {
          commitments: commitments.map(({ quantity, type, endsOn, price }) => ({
            quantity,
            type,
            endsOn: endsOn ?? undefined,
            price: price ? { ...price } : undefined,
          })),
        }
      : {}),
  });
  const [only] = tiers;
  return {
    ...policyInputs(world.policy),
    ...(tiers.length === 1 && only && !byCondition
      ? { license: ref(only), ...plansOf(only) }
      : {
          tiers: tiers.map((tier, i) => ({
            license: ref(tier),
            when: `user.attributes["tier"] == "${i}"`,
            ...plansOf(tier),
          })),
        }),
    rules: world.rules.map((rule, i) => ({
      claim: { name: rule.name, when: yes(`rule${i}`) },
      allotment: rule.allotment ?? undefined,
      reserve: rule.reserve,
    })),
    ...(row.exempt ? { exempt: { when: yes("exempt") } } : {}),
    ...(row.outOfScope ? { scope: 'user.attributes["scope"] == "in"' } : {}),
  };
};

const isNew = (row: Row): boolean => {
  const { memory } = worldOf(row);
  return memory.owned.size === 0 && JSON.stringify(memory) === JSON.stringify(nothing); // a map is not seen there
};

export const stage = (row: Row): StagedRow => {
  const program: Program = [{ type: "SeatPool", name: "pool", inputs: inputsOf(row, false) }];
  if (isNew(row)) return { program, given: null };
  const record = encodeRecord({ ...newRecord(), apply: "000000001-00000000", memory: worldOf(row).memory });
  return {
    program,
    given: {
      type: "SeatPool",
      name: "pool",
      id: "pool",
      inputs: complete(resourceOf(resources, "SeatPool"), { name: "pool" }, inputsOf(row, true)),
      outputs: { changes: {}, digest: "before" },
      record,
    },
  };
};

/** What `seatwise check --approve` would have written; `key` is what the engine calls the pool. */
export const approvalOf = (row: Row, key: string): string => {
  const inputs = complete(resourceOf(resources, "SeatPool"), { name: "pool" }, inputsOf(row, false));
  const steps = approvedOf(row) ?? [];
  const changes: Record<string, Record<string, string>> = {};
  for (const { kind, person } of steps) changes[kind] = { ...changes[kind], [person]: `${person}: approved` };
  const plan = {
    key,
    pid: 0,
    inputs: inputsHash(inputs),
    unknown: false,
    steps,
    planned: { changes, digest: "approved" },
  };
  return JSON.stringify({ v: 1, pools: { [key]: plan } });
};
