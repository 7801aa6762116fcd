import type { Ast } from "../../core/ast.ts";
import { type Opening, type Subject, testConnector } from "../../testing/conformance.ts";
import { connector } from "./connector.ts";
import { loginOf, seeded, type World } from "./world.fixture.ts";

const at = { line: 1, column: 1 };
const user: Ast = { at, kind: "name", name: "user" };
const equal: Ast = {
  at,
  kind: "==",
  left: { at, kind: "field", of: user, name: "department" },
  right: { at, kind: "literal", value: "Research" },
};
const wrongKey = "00canary-0000-wrong-token";

const configOf = ({ simulator }: World, { origin, secret }: Opening): object =>
  secret === "right"
    ? {
        baseUrl: origin,
        clientId: simulator.clientId,
        privateKey: simulator.privateKey,
        keyId: simulator.keyId,
        // The contract's clock stands still while it does not sleep: all its requests fall into one minute.
        share: 1,
        pageSize: 5,
      }
    : { baseUrl: origin, apiToken: wrongKey, pageSize: 5 };

/** One system, two kinds of seat: the same contract holds for both. */
const subject = (sku: "group:figma-editors" | "app:Figma") => async (): Promise<Subject> => {
  const world = await seeded({ share: 1000 }, "machine time");
  const { simulator, ids } = world;
  const id = (i: number): string => ids[i] ?? "";
  const group = sku.startsWith("group:");
  return {
    origin: simulator.url,
    open: (opening) => connector.open(connector.config.parse(configOf(world, opening)), opening.using),
    directory: {
      everyone: ids,
      known: {
        id: id(3),
        login: loginOf(3),
        email: loginOf(3),
        status: "active",
        firstName: "Zoë",
        lastName: "Åström-李",
        department: "Sales",
        title: "Engineer",
        manager: loginOf(0),
        groups: ["Everyone", "figma-editors", "sig-release"],
        attributes: {
          login: loginOf(3),
          email: loginOf(3),
          firstName: "Zoë",
          lastName: "Åström-李",
          department: "Sales",
          title: "Engineer",
          managerId: loginOf(0),
          skills: ["go", "sql"],
        },
      },
      suspended: id(4),
      unknown: "00usim9999999999zzzz",
      groups: ["/Everyone", "/figma-editors", "/zoom-licensed", "/sig-release"],
      pushdown: { match: [equal], matching: [0, 5, 10, 15, 20, 25].map(id), also: id(1) },
      usage: { seen: id(3), unknown: id(2) },
    },
    vendor: {
      sku,
      holders: ids.slice(0, 12),
      empty: group ? "group:zoom-licensed" : "app:Zoom",
      misspelt: `${sku}x`,
      free: ids.slice(12).map((free, i) => ({ id: free, name: loginOf(i + 12), active: true })),
      nobody: { id: "00usim9999999999zzzz", name: "nobody@acme.test" },
    },
    paths: {
      seats: group ? /\/groups\/[^/]+\/users\?/ : /\/apps\/[^/]+\/users\?/,
      people: /\/api\/v1\/users\?/,
      write: group ? /\/groups\/[^/]+\/users\// : /\/apps\/[^/]+\/users/,
    },
    canaries: [wrongKey, simulator.privateKey, simulator.apiToken],
    stop: async () => {
      expect(simulator.bugs).toEqual([]);
      await simulator.stop();
    },
  };
};

testConnector({ name: "okta, groups", kind: connector, make: subject("group:figma-editors") });
testConnector({ name: "okta, applications", kind: connector, make: subject("app:Figma") });
