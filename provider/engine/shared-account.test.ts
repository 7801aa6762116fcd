import { person, world } from "../testing/memory-world.ts";
import { harness, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const shared = { email: "shared@acme.test" };

test("a seat of an account that two people share is not taken over by giving it to one of them", async () => {
  const vendor = world([person("v-1", shared), person("v-2", { email: "cy@acme.test" })]);
  vendor.seats.get("crm")?.set("v-1", { holder: "v-1", account: "v-1", since: null, state: "active" });
  const sales = { department: "sales" };
  const of = world([person("ada", shared), person("bob", { ...shared, ...sales }), person("cy")]);
  h = harness(of, "account", { vendor });
  const done = await h.up(pool({ license: { connection: "vendor", sku: "crm" } }));
  expect(vendor.writes).toEqual(["assign v-2 crm"]);
  expect(done?.outputs).toMatchObject({
    consumed: 2,
    owned: 1,
    blocked: { total: 1, people: [{ person: "ada", code: "no_account" }] },
    external: { total: 1, people: [{ person: "v-1", code: "stranger" }] },
  });
});
