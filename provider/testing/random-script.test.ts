import { createRandom } from "../connectors/simulator/random.ts";
import { type Answer, on } from "../connectors/simulator/router.ts";
import { type Simulator, startSimulator } from "../connectors/simulator/server.ts";
import {
  differences,
  expectSame,
  type Operation,
  randomScript,
  type Script,
  type ScriptSide,
  shapeOf,
} from "./random-script.ts";

const text = (status: number): Answer => ({ status, body: { error: String(status) } });
const start = async (seed: number, wrong: boolean): Promise<{ simulator: Simulator; side: ScriptSide }> => {
  const random = createRandom(seed);
  const things = new Map<string, string>();
  const simulator = await startSimulator({
    name: `side ${seed}`,
    routes: [
      on.post("/things", ({ body }) => {
        const name = (body as { name?: unknown } | undefined)?.name;
        if (typeof name !== "string") return text(400);
        const id = random.uuid();
        things.set(id, name);
        return { status: 201, body: { id, name } };
      }),
      on.get("/things/{id}", ({ params }) => {
        const name = things.get(params.id ?? "");
        return name === undefined ? text(404) : { status: 200, body: { id: params.id, name } };
      }),
      on.del("/things/{id}", ({ params }) =>
        things.delete(params.id ?? "") ? { status: 204 } : text(wrong ? 204 : 404),
      ),
    ],
    authenticate: ({ headers }) => (headers.authorization === "Bearer good" ? { as: "me" } : { refuse: text(401) }),
    refusals: { unknownPath: () => text(404), otherMethod: () => text(405), malformed: () => text(400), fault: text },
  });
  const side = {
    name: simulator.name,
    origin: simulator.url,
    authorization: async (as: "good" | "wrong" | "none") => (as === "none" ? null : `Bearer ${as}`),
    ids: new Map([["nobody", "nobody"]]),
  };
  return { simulator, side };
};

const idOf = (reply: { body: unknown }): string | undefined => (reply.body as { id?: string } | undefined)?.id;
let made = 0;
const operations: readonly Operation[] = [
  {
    name: "create",
    weight: 2,
    make: () => {
      made += 1;
      return {
        method: "POST",
        path: "/things",
        body: { name: `thing ${made}` },
        creates: { name: `thing-${made}`, id: idOf },
      };
    },
  },
  { name: "read", make: (random, names) => ({ method: "GET", path: `/things/«${random.pick(names)}»` }) },
  { name: "remove", make: (random, names) => ({ method: "DELETE", path: `/things/«${random.pick(names)}»` }) },
  { name: "malformed", make: () => ({ method: "POST", path: "/things", raw: "{" }) },
  { name: "wrong method", make: () => ({ method: "PUT", path: "/things" }) },
  { name: "wrong token", make: () => ({ method: "GET", path: "/things/x", as: "wrong" }) },
];
const play = async (wrong: boolean, accepted: Script["accepted"] = []) => {
  const [a, b] = [await start(1, wrong), await start(2, false)];
  const script: Script = { seed: 7, length: 150, operations, against: [a.side, b.side], accepted };
  const played = await randomScript(script);
  await Promise.all([a.simulator.stop(), b.simulator.stop()]);
  return { script, played };
};

it("finds no difference between two that are the same but for their ids", async () => {
  const { script, played } = await play(false);
  expect(played.difference).toBeNull();
  expectSame(script, played);
});

it("prints the first request that is answered differently", async () => {
  const { script, played } = await play(true);
  expect(played.difference).toMatch(/remove.*DELETE \/things\//);
  expect(played.difference).toMatch(/status 204, not 404/);
  expect(() => expectSame(script, played)).toThrow(/seed 7/);
});

it("passes over a difference that is accepted, and counts it", async () => {
  const { played } = await play(true, [
    { operation: "remove", reason: "it forgets", difference: /^status 204|content type|error|the body/ },
  ]);
  expect(played.difference).toBeNull();
  expect(played.accepted["remove: it forgets"]).toBeGreaterThan(0);
});

it("a script without refusals, or with an operation that never happens, says too little", () => {
  const script: Script = { seed: 1, length: 10, operations, against: [] as never };
  const played = { requests: 10, refusals: 5, operations: {}, statuses: {}, accepted: {}, difference: null };
  expect(() => expectSame(script, played)).toThrow(/never played/);
  const all = Object.fromEntries(operations.map((o) => [o.name, 1]));
  expect(() => expectSame(script, { ...played, refusals: 0, operations: all })).toThrow(/refused/);
});

describe("shapes", () => {
  const rows = [
    { got: { a: 1 }, want: { a: 2 }, says: [] },
    { got: { a: 1 }, want: { a: "1" }, says: [".a: number, not string"] },
    { got: { a: 1, b: null }, want: { a: 1 }, says: [".b: null, not absent"] },
    {
      got: [{ a: 1 }],
      want: [{ a: 1 }, { a: 2 }],
      says: ['the body: ["1 items",{"a":"number"}], not ["2 items",{"a":"number"}]'],
    },
    {
      got: { l: [{ a: 1 }] },
      want: { l: [{ b: 1 }] },
      says: [".l[].a: number, not absent", ".l[].b: absent, not number"],
    },
  ];
  it.each(rows)("$got and $want", ({ got, want, says }) => {
    expect(differences(shapeOf(got), shapeOf(want))).toEqual(says);
  });
});
