import { strict as assert } from "node:assert";
import type { Capabilities } from "../core/connector.ts";
import { type Mistake, mistakes, openReference } from "./conformance/reference.ts";
import { secretCanary, startReference } from "./conformance/reference-server.ts";
import { type Suite, testConnector, trial } from "./conformance.ts";

const capabilities: Capabilities = {
  directory: true,
  vendorOfSeats: true,
  purchased: "declared",
  buysOnAssign: false,
  release: "immediate",
  exclusiveWithinProduct: false,
  batch: null,
  identity: "id",
  activity: { signal: "sign-in", lagHours: 0 },
  settleMs: 0,
  prerequisites: [],
  buckets: [],
  pushdown: ["department =="],
  fills: ["login", "email", "firstName", "lastName", "department", "createdAt", "groups", "attributes"],
  scopes: ["people:read", "seats:read", "seats:write"].map((scope) => ({ scope, for: "all" })),
};

const suite = (mistake: Mistake | null): Suite => ({
  name: "reference",
  kind: { name: "reference", capabilities },
  async make() {
    const { simulator, people } = await startReference();
    const [known, seenNever] = people;
    assert(known && seenNever && people[3]);
    const nobody = "00000000-0000-4000-8000-000000000000";
    return {
      origin: simulator.url,
      open: (at) => openReference(at, mistake),
      directory: {
        everyone: people.map((p) => p.id),
        known,
        suspended: people[3].id,
        unknown: nobody,
        groups: ["/sig", "/sig/sig-release"],
        pushdown: {
          match: [],
          matching: people.filter((p) => p.department === "engineering").map((p) => p.id),
          also: seenNever.id,
        },
        usage: { seen: known.id, unknown: seenNever.id },
      },
      vendor: {
        sku: "books",
        holders: people.slice(0, 12).map((p) => p.id),
        empty: "films",
        misspelt: "bocks",
        free: people.slice(12).map((p) => ({ id: p.id, name: p.login ?? "", active: true })),
        nobody: { id: nobody, name: "nobody" },
      },
      paths: { seats: /\/seats(\?|$)/, people: /^\/people(\?|$)/, write: /\/seats\/./ },
      canaries: [secretCanary, "wrong-secret-canary", "sim-"],
      async stop() {
        await simulator.stop();
        assert.deepEqual(simulator.bugs, []);
      },
    };
  },
});

testConnector(suite(null));

/** Which test must catch which mistake: one that cannot fail would be no test. */
const caughtBy: Readonly<Record<Mistake, string>> = {
  "first page only": "seats gives every seat, once",
  "denied is empty": "a 403 on a list is an error that names the scope, not an empty list",
  "unknown sku is empty": "the seats of an unknown SKU are an error, not none",
  "no memo": "parallel calls share one read of a list",
  "stale memo": "after a write the same connector reads the new list",
  "asks after writing": "before each write it is asked, with exactly the steps of that write",
  "does not ask": "before each write it is asked, with exactly the steps of that write",
  "writes on after a throw":
    "when asking before a write throws, nothing more is written and what was done has been told",
  "stops at the first failure": "somebody without an account fails alone",
  "takes before it gives": "a move whose second half fails leaves the person with a seat",
  "reversed outcomes": "assign gives seats, and reading back shows exactly them",
  "case matters": "an account is found whatever the case of its name, under the name that was asked",
  "no ancestors": "a person has the fields, groups with ancestors and attributes that the directory holds",
  "forgets also": "push-down gives all who match and all who must come along, each as in the full list",
  "unknown usage is old": "usage is evidence for one and unknown for another, never inactive",
  "shows the secret": "verify accepts the right credentials",
  "shows the answer": "an answer that is not what the vendor's table says is an error that shows none of it",
  "gone is an error": "person is null for somebody the directory does not have",
  "does not look after a lost answer": "a write whose answer is lost is not doubled, and is told as done",
  "uncounted requests": "requests() counts what the server's log counts",
  "ignores cancelling": "cancelling stops further writes, and what was done has been told",
  "total by hand": "people's total agrees with the list",
  "hopes after a failure": "in a storm of faults what is told as done is done, and the next run finishes the rest",
  "a short page is the end": "a list of people with a page that is cut in half is an error or whole",
  "an empty page is the end": "a list of people with a page that is empty is an error or whole",
};

describe("the suite notices", () => {
  it.each(mistakes)("%s", async (mistake) => {
    expect(await trial(suite(mistake), [caughtBy[mistake]])).toEqual([caughtBy[mistake]]);
  });
});

describe("skips", () => {
  const skip =
    (tests: readonly string[], reason = "the vendor has no such thing") =>
    () =>
      trial({ ...suite(null), skip: [{ reason, tests }] });
  it("need a reason, a test, and are few", async () => {
    await expect(skip(["people gives everybody, once"], "no")()).rejects.toThrow(/without a reason/);
    await expect(skip(["no such test"])()).rejects.toThrow(/unknown test/);
  });
});
