import { type Subject, testConnector, type VendorFacts } from "../../testing/conformance.ts";
import { connector } from "./connector.ts";
import { type EntraPerson, startEntraSimulator } from "./simulator.ts";
import { equal, of, text } from "./world.fixture.ts";

/** Pages of five: 26 people are six pages, 12 holders are three. Requests of two, so that steps need several. */
const number = (i: number): string => String(i).padStart(2, "0");
const groups = [
  { name: "engineering" },
  { name: "platform", parent: "engineering" },
  { name: "lic-visio", licenses: ["VISIOCLIENT"] },
  { name: "lic-power-bi", licenses: ["POWER_BI_PRO"] },
];
const people: readonly EntraPerson[] = Array.from({ length: 26 }, (_, i) => ({
  login: `person${number(i)}`,
  groups: [...(i === 3 ? ["platform"] : []), ...(i < 12 ? ["lic-visio"] : [])],
  licenses: i < 12 ? ["SPE_E5"] : [],
  ...(i === 3 ? { signedIn: Date.UTC(2026, 9, 1) } : {}),
  properties: {
    givenName: i === 3 ? "Zoë" : "Given",
    surname: i === 3 ? "Åström-李" : `Family${i}`,
    accountEnabled: i !== 4,
    department: i % 5 === 0 ? "Research" : "Sales",
    employeeType: "employee",
    ...(i === 3 ? { jobTitle: "Engineer", companyName: "Acme", otherMails: ["zoe@home.test", "z@home.test"] } : {}),
  },
}));
const skus = ["SPE_E5", "SPE_E3", "VISIOCLIENT", "POWER_BI_PRO"].map((name) => ({ sku: name, enabled: 100 }));

const subject = async (
  vendor: Pick<VendorFacts, "sku" | "empty" | "misspelt">,
  seats: (id: string) => RegExp,
): Promise<Subject> => {
  const simulator = await startEntraSimulator({ people, groups, skus });
  const id = (i: number): string => simulator.hands.userId(`person${number(i)}`);
  const ids = people.map((_person, i) => id(i));
  const { tenantId, clientId, clientSecret } = simulator;
  return {
    origin: simulator.url,
    open: ({ origin, secret, using }) =>
      connector.open(
        connector.config.parse({
          tenantId,
          clientId,
          clientSecret: secret === "right" ? clientSecret : "wrong",
          baseUrl: `${origin}/v1.0`,
          loginUrl: origin,
          attributes: ["otherMails"],
          pageSize: 5,
          batchSize: 2,
        }),
        using,
      ),
    directory: {
      everyone: ids,
      known: {
        id: id(3),
        login: "person03@acme.test",
        email: "person03@acme.test",
        status: "active",
        firstName: "Zoë",
        lastName: "Åström-李",
        department: "Sales",
        title: "Engineer",
        type: "employee",
        groups: ["engineering", "lic-visio", "platform"],
        attributes: {
          companyName: "Acme",
          employeeType: "employee",
          userType: "Member",
          usageLocation: "DE",
          otherMails: ["zoe@home.test", "z@home.test"],
        },
      },
      suspended: id(4),
      unknown: "00000000-0000-4000-8000-000000000000",
      groups: ["/engineering", "/lic-power-bi", "/lic-visio", "/platform"],
      pushdown: {
        match: [equal(of("department"), text("Research"))],
        matching: [0, 5, 10, 15, 20, 25].map(id),
        also: id(1),
      },
      usage: { seen: id(3), unknown: id(2) },
    },
    vendor: {
      ...vendor,
      holders: ids.slice(0, 12),
      free: ids.slice(12).map((free, i) => ({ id: free, name: `person${number(i + 12)}@acme.test`, active: true })),
      nobody: { id: "00000000-0000-4000-8000-000000000001", name: "nobody@acme.test" },
    },
    paths: {
      seats: seats(simulator.hands.groupId("lic-visio")),
      people: /\/users\?.*employeeHireDate/,
      write: /\/\$batch$|^\/v1\.0\/groups\/[^/?]+$/,
    },
    canaries: [clientSecret],
    stop: async () => {
      expect(simulator.bugs).toEqual([]);
      await simulator.stop();
    },
  };
};

testConnector({
  name: "entra, licenses given to people",
  kind: connector,
  make: () =>
    subject({ sku: "SPE_E5", empty: "SPE_E3", misspelt: "SPE_E55" }, () => /\/users\?.*assignedLicenses(%2F|\/)any/),
});
testConnector({
  name: "entra, seats of a group",
  kind: connector,
  make: () =>
    subject(
      { sku: "group:lic-visio", empty: "group:lic-power-bi", misspelt: "group:lic-visoi" },
      (group) => new RegExp(`/groups/${group}/members/microsoft.graph.user`),
    ),
});
