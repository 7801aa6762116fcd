import { give, person, take, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

/** A directory that is asked only for who may match counts nobody: how many match is not how many there are. */
const company = () => {
  const vendor = world([person("v-1", { email: "ada@acme.test" })]);
  const others = Array.from({ length: 30 }, (_x, i) => person(`s${i}`, { department: "sales" }));
  const of = world([person("ada"), ...others]);
  of.narrow = ({ department }) => department === "eng";
  return { vendor, of };
};
const license = { connection: "vendor", sku: "crm" };

test("read in full once, because of a seat that nobody is known by, and then for those who match: no directory that shrank", async () => {
  const { vendor, of } = company();
  h = harness(of, "account", { vendor });
  await h.up(pool({ license }));
  give(vendor, "crm", "somebody");
  of.people.set("bob", person("bob"));
  vendor.people.set("v-2", person("v-2", { email: "bob@acme.test" }));
  await h.up(pool({ license })); // everybody is counted now
  take(vendor, "crm", "somebody");
  of.people.delete("bob");
  await h.up(pool({ license, allotment: 9 }));
  expect(holders(vendor)).toEqual(["v-1"]);
});

test("a condition that matches nobody is no empty directory", async () => {
  const { vendor, of } = company();
  h = harness(of, "account", { vendor });
  of.narrow = () => false;
  const nobody = [{ claim: { name: "none", when: 'user.department == "none"' } }];
  await expect(h.up(pool({ license, rules: nobody }))).resolves.toMatchObject({ outputs: { owned: 0 } });
});
