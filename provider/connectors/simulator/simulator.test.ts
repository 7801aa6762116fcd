import { createSimulatorClock } from "./clock.ts";
import { createRandom } from "./random.ts";
import { on } from "./router.ts";
import { type Simulator, startSimulator } from "./server.ts";
import { createTokenBook } from "./tokens.ts";
import { createWorld } from "./world.ts";

const clock = createSimulatorClock();
const tokens = createTokenBook(clock, createRandom(7));
const world = createWorld({ things: new Set(["a", "b", "c", "d"]) }, clock);
const text = (status: number) => ({ status, body: { error: String(status) } });

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    name: "things",
    clock,
    routes: [
      on.post("/token", () => ({ status: 200, body: { access_token: tokens.issue("ada", 1000) } }), { open: true }),
      on.get("/things", () => ({ status: 200, body: [...world.listed().things] })),
      on.get("/things/{id}", ({ params }) =>
        world.read().things.has(params.id ?? "") ? { status: 200, body: { id: params.id } } : text(404),
      ),
      on.put("/things/{id}", ({ params }) => {
        world.write((w) => w.things.add(params.id ?? ""));
        return { status: 204 };
      }),
    ],
    authenticate: ({ headers }) => {
      const as = tokens.who(headers.authorization);
      return as === null ? { refuse: text(401) } : { as };
    },
    refusals: { unknownPath: () => text(404), otherMethod: () => text(405), malformed: () => text(400), fault: text },
    expire: (authorization) => tokens.revoke(authorization),
  });
  tokens.accept("fixed-canary", "eve");
});
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.faults.clear();
  simulator.resetLog();
});
afterEach(() => expect(simulator.bugs).toEqual([]));

const ask = (path: string, init: RequestInit = {}) =>
  fetch(simulator.url + path, { ...init, headers: { authorization: "Bearer fixed-canary", ...init.headers } });

it("knows who asks, and refuses who does not say", async () => {
  expect((await ask("/things/a")).status).toBe(200);
  expect((await ask("/things/a", { headers: { authorization: "Bearer other" } })).status).toBe(401);
  expect(simulator.log.map((l) => [l.status, l.as])).toEqual([
    [200, "eve"],
    [401, ""],
  ]);
});

it("a token expires by the simulator's clock", async () => {
  const { access_token } = (await (await ask("/token", { method: "POST" })).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  expect((await ask("/things/a", { headers })).status).toBe(200);
  clock.advance(1001);
  expect((await ask("/things/a", { headers })).status).toBe(401);
});

it("tells an unknown path, another method and a malformed body apart", async () => {
  expect((await ask("/nothing")).status).toBe(404);
  expect((await ask("/things", { method: "DELETE" })).status).toBe(405);
  const bad = { method: "PUT", body: "{", headers: { "content-type": "application/json" } };
  expect((await ask("/things/x", bad)).status).toBe(400);
});

it("lists trail behind writes, single reads do not", async () => {
  world.setLag(5000);
  await ask("/things/late", { method: "PUT" });
  expect((await ask("/things/late")).status).toBe(200);
  expect(await (await ask("/things")).json()).not.toContain("late");
  clock.advance(5000);
  expect(await (await ask("/things")).json()).toContain("late");
  world.setLag(0);
});

it("accepts now and does later", () => {
  world.write((w) => w.things.add("slow"), 1000);
  expect(world.read().things.has("slow")).toBe(false);
  clock.advance(1000);
  expect(world.read().things.has("slow")).toBe(true);
});

it("meets planned faults: a limit, a broken connection after the write, a truncated page, an expired token", async () => {
  simulator.faults.on({ nth: 2, path: /^\/things\/a/ }, { kind: "limit", status: 429, retryAfter: 3 });
  expect((await ask("/things/a")).status).toBe(200);
  const limited = await ask("/things/a");
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
  expect((await ask("/things/a")).status).toBe(200);

  simulator.faults.on({ method: "PUT", nth: 1 }, { kind: "reset", commit: "after" });
  await expect(ask("/things/torn", { method: "PUT" })).rejects.toThrow();
  expect(world.read().things.has("torn")).toBe(true);
  simulator.faults.on({ method: "PUT", nth: 1 }, { kind: "reset", commit: "before" });
  await expect(ask("/things/never", { method: "PUT" })).rejects.toThrow();
  expect(world.read().things.has("never")).toBe(false);

  const whole = (await (await ask("/things")).json()) as string[];
  simulator.faults.on({ path: /^\/things$/, nth: 1 }, { kind: "page", page: "truncated" });
  expect(await (await ask("/things")).json()).toEqual(whole.slice(0, Math.floor(whole.length / 2)));
  simulator.faults.on({ nth: 1 }, { kind: "expire" });
  expect((await ask("/things")).status).toBe(401);
});

it("the log and the counts hold no secret", async () => {
  tokens.accept("fixed-canary", "eve");
  await ask("/things?access_token=query-canary&q=x");
  await ask("/things/z", { method: "PUT", body: '{"password":"body-canary"}' });
  expect(JSON.stringify(simulator.log)).not.toContain("canary");
  expect(simulator.counts()).toEqual({ total: 2, reads: 1, writes: 1 });
});
