import type { Counters, Sku } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Ctx, Found, Lifecycle, Planned, Previous } from "../core/resource.ts";
import { same, UNKNOWN, type Values } from "../core/value.ts";
import { licenseCost } from "../planner/license-position.ts";
import type { LicenseInputs } from "./license.ts";
import { commitmentsOf, declared, endingSeats, openLicense } from "./pool-tiers.ts";
import { keptFrom } from "./refresh.ts";

const live = [
  "purchased",
  "purchasedSource",
  "consumed",
  "consumedSource",
  "available",
  "suspended",
  "ending",
  "shortfall",
  "surplus",
  "servicePlans",
  "monthlyCost",
  "currency",
] as const;
const unknownState = (): Values => Object.fromEntries(live.map((name) => [name, UNKNOWN]));

const known = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined && v !== null));

const stateOf = (inputs: LicenseInputs, { sku, counters, ending }: Seen, now: number): Values => {
  const commitments = commitmentsOf(inputs);
  const own = declared(commitments, now);
  const purchased = counters.purchased?.value ?? own;
  const at = licenseCost(commitments, counters.consumed.value, new Date(now).toISOString());
  return known({
    purchased,
    purchasedSource: counters.purchased?.source ?? (own === null ? null : "declared"),
    consumed: counters.consumed.value,
    consumedSource: counters.consumed.source,
    suspended: counters.suspended?.value ?? null,
    ending,
    available: purchased === null ? null : Math.max(0, purchased - counters.consumed.value),
    shortfall: purchased === null ? null : Math.max(0, counters.consumed.value - purchased),
    surplus: purchased === null ? null : Math.max(0, purchased - counters.consumed.value),
    servicePlans: sku.servicePlans ? sku.servicePlans.map(({ name }) => name).sort() : null,
    monthlyCost: at.monthlyCost,
    currency: at.currency,
  });
};

interface Seen {
  readonly sku: Sku;
  readonly counters: Counters;
  readonly ending: number | null;
}

/** The vendor's counters for these inputs; "unknown" while the connection is. Proves that the SKU exists. */
const look = async (inputs: LicenseInputs, ctx: Ctx): Promise<Values | "unknown"> => {
  const open = await openLicense(inputs, [], ctx);
  if (open === "unknown") return "unknown";
  const { connector } = open.reader;
  if (!connector.counters)
    throw new Problem("unsupported", `connection "${open.reader.name}" counts no seats`, { path: ["connection"] });
  const counters = await connector.counters(open.sku, ctx.signal);
  return stateOf(inputs, { sku: open.sku, counters, ending: await endingSeats(open, ctx) }, ctx.now);
};

const plan = async (
  want: { inputs: LicenseInputs; unknown: boolean },
  previous: Previous | null,
  ctx: Ctx,
): Promise<Planned> => {
  if (!want.unknown && !ctx.offline) await look(want.inputs, ctx); // an unknown SKU is an error at plan
  const quiet = { planned: {}, outstanding: false, approved: [], refusal: null, messages: [] };
  return {
    ...quiet,
    outputs:
      previous === null || want.unknown || !same(previous.inputs, want.inputs) // other commitments, other counters
        ? unknownState()
        : known(Object.fromEntries(live.map((name) => [name, previous.outputs[name]]))),
  };
};

const found = (previous: Previous, inputs: Values, state: Values | "unknown"): Found => ({
  id: previous.id,
  inputs,
  outputs: state === "unknown" ? previous.outputs : state,
  record: null,
});

export const licenseLifecycle: Lifecycle<LicenseInputs> = {
  id: (inputs) => `${inputs.connection}/${inputs.sku}`,
  plan,
  async read(previous, ctx) {
    const slash = previous.id.indexOf("/");
    if (previous.inputs === null && slash < 1)
      throw new Problem("invalid", `"${previous.id}" does not name a license`, {
        hint: "Import a license by connection/sku, for example crm/group:crm-users.",
      });
    const inputs = previous.inputs ?? {
      name: ctx.name,
      connection: previous.id.slice(0, slash),
      sku: previous.id.slice(slash + 1),
      commitments: [],
    };
    if (ctx.offline) return found(previous, inputs, "unknown");
    const state = await look(inputs as unknown as LicenseInputs, ctx).catch((error: unknown) => {
      if (previous.inputs === null) throw error; // an import of what is not there
      return keptFrom(error, `license ${ctx.name}`, ctx);
    });
    return found(previous, inputs, state);
  },
  async apply(want, _planned, previous, ctx) {
    const state = await look(want.inputs, ctx);
    if (state === "unknown")
      throw new Problem("invalid", `connection "${want.inputs.connection}" is still unknown at apply`, {
        path: ["connection"],
      });
    return { id: previous?.id ?? this.id(want.inputs), outputs: state, record: null, failures: [], messages: [] };
  },
};
