import { Problem, Problems } from "../core/problem.ts";
import type { Values } from "../core/value.ts";
import { decodeRecord } from "../resources/pool-record.ts";
import { person, world } from "../testing/memory-world.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const uuid = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const at = (connection: string): Values => ({ license: { connection, sku: "crm" }, executionLimit: { removals: 1 } });
const licenses = (): string[] => {
  const { memory, licenses } = decodeRecord(h.previous("crm")?.record ?? "");
  return [...new Set([...[...memory.owned.values()].map((o) => o.license), ...Object.keys(licenses ?? {})])];
};
const problemsOf = async (work: Promise<unknown>): Promise<readonly Problem[]> =>
  work.then(
    () => [],
    (error: unknown) =>
      error instanceof Problems ? error.all : error instanceof Problem ? [error] : Promise.reject(error),
  );

/** People who hold three seats through the connection `crm`. `directory`: their vendor's ids are their own, kept as fingerprints. */
const applied = async ({ directory, settings = {} }: { directory: boolean; settings?: Values }) => {
  const [vendor, people] = [world([1, 2, 3].map((n) => person(uuid(n)))), world([1, 2, 3].map((n) => person(uuid(n))))];
  h = harness(directory ? vendor : people, "account", { vendor });
  const kind = directory ? "memory" : "vendor";
  const open = (...names: (string | [string, Values])[]) =>
    h.connect({
      people: { memory: {} },
      ...Object.fromEntries(
        names.map((n) => (typeof n === "string" ? [n, { [kind]: settings }] : [n[0], { [kind]: n[1] }])),
      ),
    });
  open("crm");
  await h.up(pool(at("crm")));
  expect(holders(vendor)).toEqual([1, 2, 3].map(uuid));
  expect(licenses()).toEqual(["crm/crm"]);
  vendor.writes.length = 0;
  return { vendor, people, open };
};

test.each([true, false])(
  "a renamed connection takes nobody's seat, and its old name can go then (directory: %s)",
  async (directory) => {
    const { vendor, people, open } = await applied({ directory });
    open("crm", ["crm2", { secret: "a new one" }]);
    await h.up(pool(at("crm2")));
    expect([vendor.writes, holders(vendor), licenses()]).toEqual([[], [1, 2, 3].map(uuid), ["crm2/crm"]]);
    open("crm2");
    expect((await h.preview(pool(at("crm2")))).differs).toBe(false);
    // The seats are this pool's own still: who leaves loses theirs.
    for (const w of [vendor, people]) w.people.set(uuid(3), person(uuid(3), { department: "sales" }));
    await h.up(pool(at("crm2")));
    expect(vendor.writes).toEqual([`unassign ${uuid(3)} crm`]);
  },
);

test("without the old name the plan says what the state remembers and what to do, and writes nothing", async () => {
  const { vendor, open } = await applied({ directory: false });
  open("crm2");
  const [problem] = await problemsOf(h.up(pool(at("crm2"))));
  expect(problem?.message).toBe(
    'the state remembers 3 seats of this pool at connection "crm" (crm/crm), which is not in the provider configuration any more',
  );
  expect(problem?.hint).toContain("Keep both names in connections for one apply");
  open("crm", "crm2");
  await h.up(pool(at("crm2")));
  expect([vendor.writes, holders(vendor).length, licenses()]).toEqual([[], 3, ["crm2/crm"]]);
});

test("what may be one system is refused, and what is another one is moved to", async () => {
  const { vendor, open } = await applied({ directory: false, settings: { realm: "acme", client: "a" } });
  open("crm", ["crm2", { realm: "acme", client: "b" }]);
  const [problem] = await problemsOf(h.up(pool(at("crm2"))));
  expect([problem?.code, problem?.message]).toEqual([
    "conflict",
    'the pool\'s seats of crm/crm are to move to crm2/crm, but the connections "crm" and "crm2" may be one system: a move would then take the very seats that people keep',
  ]);
  expect(vendor.writes).toEqual([]);
  open("crm", ["crm2", { realm: "other", client: "a" }]);
  const other = await h.preview(pool({ ...at("crm2"), executionLimit: { removals: 10 } }));
  expect(Object.keys(other.checked.inputs.changes as Values)).toContain("move");
});

test("one system under two names in two tiers is refused", async () => {
  const { open } = await applied({ directory: false });
  open("crm", "crm2");
  const tiers = [
    { license: { connection: "crm", sku: "crm" }, when: "true" },
    { license: { connection: "crm2", sku: "crm" } },
  ];
  const [problem] = await problemsOf(h.up(pool({ license: undefined, tiers })));
  expect(problem?.message).toBe("tiers 1 and 2 are the same seats, of crm2/crm");
});

test("what a killed run wrote under the old name is known under the new one", async () => {
  const { vendor, people, open } = await applied({ directory: false });
  for (const w of [vendor, people]) w.people.set(uuid(4), person(uuid(4)));
  const state = h.previous("crm");
  if (!state) throw new Error("nothing was applied");
  await h.up(pool(at("crm")));
  h.state.set("crm", state); // the state of that apply was lost
  open("crm", "crm2");
  await h.up(pool(at("crm2")));
  expect(vendor.writes).toEqual([`assign ${uuid(4)} crm`]);
  expect([licenses(), decodeRecord(h.previous("crm")?.record ?? "").memory.owned.size]).toEqual([["crm2/crm"], 4]);
});
