import type { Values } from "../core/value.ts";
import { decode, encode } from "../frontends/terraform/codec.ts";
import type { ProviderHandlers } from "../frontends/terraform/plugin-server.ts";
import { worldOf } from "../planner/row-world.fixture.ts";
import { rows } from "../planner/rows.ts";
import { configuration, rowTime, stage } from "./parity-rows.ts";
import { RowSystems } from "./parity-vendor.ts";
import { TerraformEngine } from "./terraform-engine.ts";
import { packageSchema } from "./terraform-stand.ts";

/** Bugs of the class that ends real runs: each is put into the provider, and must be found where core finds it. */
const pool = packageSchema.resources.find(({ type }) => type === "SeatPool");
if (!pool) throw new Error("there is no SeatPool");

type State = { readonly msgpack?: Uint8Array | null | undefined } | null | undefined;
const changed = (state: State, over: Values): { msgpack: Buffer } => {
  const { values } = decode(state?.msgpack ?? Buffer.of(0xc0), pool);
  return { msgpack: encode(values && { ...values, ...over }, pool) };
};
let plans = 0;
const planning =
  (spoils: (state: State, nth: number) => State) =>
  (handlers: ProviderHandlers): ProviderHandlers => ({
    ...handlers,
    planResourceChange: async (request, call) => {
      const answer = (await handlers.planResourceChange?.(request, call)) ?? {};
      plans += 1;
      return { ...answer, plannedState: spoils(answer.plannedState, plans) };
    },
  });
const applying =
  (spoils: (state: State) => State) =>
  (handlers: ProviderHandlers): ProviderHandlers => ({
    ...handlers,
    applyResourceChange: async (request, call) => {
      const answer = (await handlers.applyResourceChange?.(request, call)) ?? {};
      return { ...answer, newState: spoils(answer.newState) };
    },
  });

const run = async (spoil: (handlers: ProviderHandlers) => ProviderHandlers): Promise<unknown> => {
  const row = rows.find(({ name }) => name === "the last in line waits");
  if (!row) throw new Error("the row is gone");
  const systems = new RowSystems(worldOf(row), row.directory);
  const connectors = [systems.directory(), systems.vendor()];
  const setting = { configuration, connectors, now: () => rowTime, home: null, env: () => undefined, phase: () => {} };
  const engine = await TerraformEngine.open(setting, spoil);
  plans = 0;
  try {
    return await engine.up(stage(row).program);
  } finally {
    engine.close();
  }
};

test("without a bug all is well", async () => {
  await expect(run((handlers) => handlers)).resolves.toMatchObject({ apply: { problems: [] } });
});
test.each([
  [
    "the plan does not keep what is configured",
    planning((state) => changed(state, { allotment: 9 })),
    /Provider produced invalid plan[\s\S]*allotment: planned value 9 does not match config value 1/,
  ],
  [
    "the second plan is another one",
    planning((state, nth) => (nth > 1 ? changed(state, { digest: "other" }) : state)),
    /Provider produced inconsistent final plan[\s\S]*digest: was .* but now "other"/,
  ],
  [
    "the second plan names other people",
    planning((state, nth) => (nth > 1 ? changed(state, { changes: { assign: { zoe: "gains a seat" } } }) : state)),
    /inconsistent final plan[\s\S]*element "ada" has vanished/,
  ],
  [
    "the result is not what was planned",
    applying((state) => changed(state, { digest: "other" })),
    /Provider produced inconsistent result after apply[\s\S]*digest: was .* but now "other"/,
  ],
  [
    "an attribute is missing",
    applying(() => ({ msgpack: Buffer.from([0x81, 0xa4, ...Buffer.from("name"), 0xa1, 0x78]) })),
    /an object with \d+ attributes is required \(1 given\)/,
  ],
])("%s", async (_bug, spoil, words) => {
  await expect(run(spoil)).rejects.toThrow(words);
});
