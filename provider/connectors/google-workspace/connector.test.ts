import { generateKeyPairSync } from "node:crypto";
import type { Ast } from "../../core/ast.ts";
import type { Clock } from "../../core/connector.ts";
import { type Subject, testConnector } from "../../testing/conformance.ts";
import type { SimulatorClock } from "../simulator/clock.ts";
import { connector } from "./connector.ts";
import { startGoogleWorkspaceSimulator } from "./simulator.ts";

const sku = "Google Workspace Enterprise Plus";
const page = 20;
const at = { line: 1, column: 1 };
const another = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;
const department: Ast = {
  at,
  kind: "==",
  left: { at, kind: "field", of: { at, kind: "name", name: "user" }, name: "department" },
  right: { at, kind: "literal", value: "Sales" },
};
const holders = Array.from({ length: 45 }, (_v, i) => `holder-${String(i).padStart(2, "0")}@acme.test`);
const free = Array.from({ length: 12 }, (_v, i) => `free-${String(i).padStart(2, "0")}@acme.test`);

/** The contract's time is the simulator's too: what a token and a quota are worth is counted by one clock. */
const followed = (): SimulatorClock & { lead: Clock | null } => ({
  lead: null,
  now() {
    return this.lead?.now() ?? Date.now();
  },
  advance: () => undefined,
  set: () => undefined,
});

/** A line of the key in a key file. */
const lineOf = (credentials: string): string => credentials.split("\\n")[3] ?? "";

type World = "licences" | "groups";
const make = (world: World, search: boolean) => async (): Promise<Subject> => {
  const clock = followed();
  const google = await startGoogleWorkspaceSimulator({
    clock,
    purchased: { "1010020020": 100, "1010020028": 100 },
    // The contract's clock leaps while requests are under way on real sockets, so that one a second would be met by chance;
    // quota.test.ts holds the connector to it exactly.
    quotas: { licensing: { limit: 10, perMs: 1000 } },
    licensePage: { max: page, above: "fewer" },
  });
  const { hands } = google;
  const idOf = new Map([...holders, ...free].map((email) => [email, hands.addUser({ email, lastName: email })]));
  const id = (email: string): string => idOf.get(email) ?? "";
  const known = hands.addUser({
    email: "zoe.mueller@acme.test",
    firstName: "Zoë",
    lastName: "Müller 木",
    department: "Sales",
    title: "Head of 木",
    type: "Employee",
    manager: holders[0] ?? "",
    orgUnitPath: "/Sales/EMEA",
    costCenter: "CC-1",
    createdAt: Date.UTC(2025, 0, 2),
    lastLogin: Date.UTC(2026, 9, 1),
    custom: {
      Employment: { start: "2025-01-02", level: 7, projects: [{ value: "apollo" }, { value: "gemini" }] },
    },
  });
  const suspended = hands.addUser({ email: "gone@acme.test", lastName: "Gone", suspended: true });
  hands.addUser({ email: "seller@acme.test", lastName: "Seller", department: "sales" });
  for (const name of ["crm-seats", "nobody", "team", "division"]) hands.addGroup(`${name}@acme.test`, name);
  hands.join("division@acme.test", "team@acme.test");
  for (const member of ["zoe.mueller@acme.test", "seller@acme.test"]) hands.join("team@acme.test", member);
  for (const email of holders)
    if (world === "licences") hands.license(sku, email);
    else hands.join("crm-seats@acme.test", email);
  return {
    origin: google.url,
    open: ({ origin, secret, using }) => {
      clock.lead = using.clock;
      const right = JSON.parse(google.credentials) as Record<string, string>; // our own key file
      const credentials = JSON.stringify({
        ...right,
        token_uri: `${origin}/token`,
        ...(secret === "right" ? {} : { private_key: another }),
      });
      const given = { administrator: google.administrator, credentials, baseUrl: origin, pageSize: page };
      return connector.open({ search, reports: false, licensesPerMinute: 60, ...given }, using);
    },
    directory: {
      everyone: hands.everybody(),
      known: {
        id: known,
        login: "zoe.mueller@acme.test",
        email: "zoe.mueller@acme.test",
        status: "active",
        firstName: "Zoë",
        lastName: "Müller 木",
        department: "Sales",
        title: "Head of 木",
        type: "Employee",
        manager: holders[0] ?? "",
        createdAt: "2025-01-02T00:00:00.000Z",
        groups: ["division", "team"],
        attributes: {
          orgUnitPath: "/Sales/EMEA",
          costCenter: "CC-1",
          archived: "false",
          "Employment.start": "2025-01-02",
          "Employment.level": "7",
          "Employment.projects": ["apollo", "gemini"],
        },
      },
      suspended,
      unknown: "199999999999999999999",
      groups: ["/crm-seats@acme.test", "/nobody@acme.test", "/team@acme.test", "/division@acme.test"],
      pushdown: { match: [department], matching: [known], also: id(free[0] ?? "") },
      usage: { seen: known, unknown: suspended },
    },
    vendor: {
      ...(world === "licences"
        ? { sku, empty: "Google Workspace Business Standard", misspelt: "Google Workspace Enterprise Pluz" }
        : { sku: "group:crm-seats", empty: "group:nobody@acme.test", misspelt: "group:crm-seat" }),
      holders: holders.map(id),
      free: free.map((email) => ({ id: id(email), name: email, active: true })),
      nobody: { id: "188888888888888888888", name: "nobody-at-all@acme.test" },
      written: (holder) => [...idOf].find(([, one]) => one === holder)?.[0] ?? holder,
    },
    paths:
      world === "licences"
        ? { seats: /\/sku\/[^/]+\/users\?/, people: /\/directory\/v1\/users\?/, write: /\/sku\/[^/]+\/user(\/|$)/ }
        : { seats: /\/members\?/, people: /\/directory\/v1\/users\?/, write: /\/members(\/|$)/ },
    canaries: [lineOf(google.credentials), another.split("\n")[3] ?? ""],
    stop: async () => {
      await google.stop();
      expect(google.bugs).toEqual([]);
    },
  };
};

const suites = [
  { name: "googleWorkspace on its simulator, licences", make: make("licences", false) },
  { name: "googleWorkspace on its simulator, groups, with search", make: make("groups", true) },
];
for (const suite of suites) testConnector({ ...suite, kind: connector });
