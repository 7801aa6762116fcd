import { createSimulatorClock } from "../../connectors/simulator/clock.ts";
import { createRandom } from "../../connectors/simulator/random.ts";
import { type Answer, on } from "../../connectors/simulator/router.ts";
import { type Simulator, startSimulator } from "../../connectors/simulator/server.ts";
import { createTokenBook } from "../../connectors/simulator/tokens.ts";
import type { Person } from "../../core/person.ts";

/** A small system that exists only to try the contract suite: directory and vendor in one, paged in two ways. */
export interface Reference {
  readonly simulator: Simulator;
  readonly people: readonly Person[];
  readonly seats: ReadonlyMap<string, Set<string>>;
}
export const secretCanary = "reference-secret-canary";
const text = (status: number): Answer => ({ status, body: { error: `status ${status}` } });
const pageSize = 5;

const seed = (): Person[] => {
  const random = createRandom(11);
  return Array.from({ length: 23 }, (_, i) => ({
    id: random.uuid(),
    login: `user${i}`,
    email: `user${i}@acme.test`,
    status: i === 3 ? "suspended" : "active",
    firstName: i === 0 ? "Žofie" : "Ann",
    lastName: i === 0 ? "O'Brien-李" : `Lee${i}`,
    department: i % 2 === 0 ? "engineering" : "sales",
    title: null,
    manager: null,
    type: null,
    createdAt: "2026-01-01T00:00:00Z",
    startsOn: null,
    endsOn: null,
    groups: i === 0 ? ["sig", "sig-release"] : i % 3 === 0 ? ["sig"] : [],
    attributes: i === 0 ? { team: "red", tools: ["axe", "saw"] } : {},
  }));
};

const page = <T>(items: readonly T[], start: number) => ({
  total: items.length,
  start,
  items: items.slice(start, start + pageSize),
});

export const startReference = async (): Promise<Reference> => {
  const clock = createSimulatorClock();
  const tokens = createTokenBook(clock, createRandom(5));
  const people = seed();
  const ids = people.map((p) => p.id);
  const seats = new Map([
    ["books", new Set(ids.slice(0, 12))],
    ["films", new Set<string>()],
  ]);
  const seatsOf = (sku: string | undefined) => seats.get(sku ?? "");
  const write = (sku: string | undefined, holder: string | undefined, act: "add" | "delete"): Answer => {
    const held = seatsOf(sku);
    if (!held || holder === undefined || !ids.includes(holder)) return text(404);
    held[act](holder);
    return { status: 204 };
  };
  const simulator = await startSimulator({
    name: "reference",
    clock,
    routes: [
      on.post(
        "/token",
        ({ body }) =>
          (body as Record<string, string>).client_secret === secretCanary // a form: texts only
            ? { status: 200, body: { access_token: tokens.issue("client", 300_000), expires_in: 300 } }
            : text(401),
        { open: true },
      ),
      on.get("/people", ({ query }) => {
        const department = query.get("department");
        const found = department === null ? people : people.filter((p) => p.department === department);
        return { status: 200, body: page(found, Number(query.get("start") ?? 0)) };
      }),
      on.get("/people/{id}", ({ params }) => {
        const body = people.find((p) => p.id === params.id);
        return body ? { status: 200, body } : text(404);
      }),
      on.get("/groups", () => ({
        status: 200,
        body: {
          items: [
            { id: "1", name: "sig", path: "/sig" },
            { id: "2", name: "sig-release", path: "/sig/sig-release" },
          ],
        },
      })),
      on.get("/signins", () => ({ status: 200, body: { items: [{ person: ids[0], at: "2026-02-01T00:00:00Z" }] } })),
      on.get("/skus", () => ({ status: 200, body: { items: [...seats.keys()].map((sku) => ({ sku, name: sku })) } })),
      on.get("/skus/{sku}/seats", ({ params, query }) => {
        const held = seatsOf(params.sku);
        if (!held) return text(404);
        const start = Number(query.get("cursor") ?? 0);
        const next = start + pageSize < held.size ? String(start + pageSize) : null;
        const items = [...held].sort().slice(start, start + pageSize);
        return { status: 200, body: { items, next, total: held.size } };
      }),
      on.put("/skus/{sku}/seats/{holder}", ({ params }) => write(params.sku, params.holder, "add")),
      on.del("/skus/{sku}/seats/{holder}", ({ params }) => write(params.sku, params.holder, "delete")),
    ],
    authenticate: ({ headers }) => {
      const as = tokens.who(headers.authorization);
      return as === null ? { refuse: text(401) } : { as };
    },
    refusals: { unknownPath: () => text(404), otherMethod: () => text(405), malformed: () => text(400), fault: text },
  });
  return { simulator, people, seats };
};
