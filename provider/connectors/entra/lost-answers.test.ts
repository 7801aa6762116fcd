import type { Transport } from "../../core/wire.ts";
import { apply, sku, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const world = () =>
  start({
    skus: [{ sku: "SPE_E5", enabled: 5 }],
    groups: [{ name: "lic-e5", licenses: ["SPE_E5"] }],
    people: [{ login: "ada" }, { login: "bob" }],
  });
const broken = { error: { code: "InternalServerError", message: "Something went wrong." } };
/** Does what it is asked, and then fails: the first time that it is asked by this method. */
const failing = (transport: Transport, method: string): Transport => {
  let failed = false;
  return async (sent) => {
    const answer = await transport(sent);
    if (failed || sent.method !== method || sent.url.endsWith("/token")) return answer;
    failed = true;
    return { status: 500, headers: {}, body: JSON.stringify(broken) };
  };
};

describe("a whole request that ends in a 500 may have been done: it is looked up, not told as failed", () => {
  it("licenses of people", async () => {
    const { open, simulator, id } = await world();
    const c = open({}, { transport: failing(simulator.transport, "POST") });
    const steps = ["ada", "bob"].map((who) => ({ act: "assign" as const, holder: id(who), account: who, sku: sku.e5 }));
    expect(await apply(c, steps)).toEqual(["ada done", "bob done"]);
    expect(simulator.holders(sku.e5)).toHaveLength(2);
  });
  it("members of a group", async () => {
    const { open, simulator, id } = await world();
    const c = open({}, { transport: failing(simulator.transport, "PATCH") });
    const steps = ["ada", "bob"].map((who) => ({
      act: "assign" as const,
      holder: id(who),
      account: who,
      sku: "group:lic-e5",
    }));
    expect(await apply(c, steps)).toEqual(["ada already", "bob already"]);
  });
});
