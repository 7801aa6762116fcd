import * as grpc from "@grpc/grpc-js";
import type { FakeProvider } from "../../testing/fake-provider.ts";
import { listenAsEngine } from "../../testing/pulumi-client.ts";
import { failure, type Stand, stand, urnOf } from "../../testing/pulumi-stand.ts";
import { decode } from "./codec.ts";
import { pluginPb, providerPb } from "./proto.ts";

let at: Stand;
beforeEach(async () => {
  at = await stand();
});
afterEach(() => at.close());

const pool = { name: "eng", members: ["ada", "bob"] };
const state = { inputs: pool, properties: pool };
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};
/** Holds the next apply open until told. */
const holdApply = (provider: FakeProvider) => {
  const begun = gate();
  const end = gate();
  provider.during = async () => {
    begun.open();
    await end.opened;
  };
  return { begun: begun.opened, end: end.open };
};

test("the end of a command warns of pools that were read and not checked, before it is answered", async () => {
  await at.begin(at.client);
  at.provider.seats.set("eng", ["ada", "bob"]).set("ops", ["eve"]);
  await at.client.call("read", at.request.read("eng", state));
  await at.client.call("read", at.request.read("ops", state));
  await at.client.call("check", at.request.check("ops", pool, pool));
  await at.client.cancel();
  expect(at.engine.said).toEqual([
    {
      severity: 2,
      urn: urnOf("eng"),
      ephemeral: false,
      message: "If this run deletes the pool, ada, bob would lose a seat.",
    },
  ]);
  expect(at.provider.sessions[0]?.cancelled).toBe(true);
});

test("a refresh warns of nobody: it reads without a check, and deletes nothing", async () => {
  at.command.mayDelete = false;
  await at.begin(at.client);
  at.provider.seats.set("eng", ["ada"]);
  await at.client.call("read", at.request.read("eng", state));
  await at.client.cancel();
  expect(at.engine.said).toEqual([]);
});

test("a cancel in the middle of a write stops it and warns of nobody: the user stopped the command", async () => {
  await at.begin(at.client);
  at.provider.seats.set("ops", ["eve"]);
  await at.client.call("read", at.request.read("ops", state));
  const hold = holdApply(at.provider);
  const made = at.client.call("create", at.request.create("eng", pool));
  await hold.begun;
  await at.client.cancel();
  expect(at.provider.sessions[0]?.cancelled).toBe(true);
  hold.end();
  expect((await made).getId()).toBe("eng");
  expect(at.engine.said.filter((s) => s.severity === 2)).toEqual([]);
});

test("a pool renamed with an alias is one pool in this run: read under its old URN, then known by it; messages name the new one", async () => {
  await at.begin(at.client);
  at.provider.seats.set("eng", ["ada"]);
  await at.client.call("read", at.request.read("eng", state));
  await at.client.call("check", at.request.check("renamed", {}, pool));
  await at.client.call("update", at.request.update("renamed", pool, state));
  const keys = at.provider.heard.filter((h) => h.at).map((h) => [h.verb, h.at?.key, h.at?.name]);
  expect(keys).toEqual([
    ["read", urnOf("eng"), "eng"],
    ["check", urnOf("eng"), "eng"],
    ["apply", urnOf("eng"), "eng"],
  ]);
  expect(at.engine.said.map((s) => s.urn)).toEqual([urnOf("renamed")]);
});

test("an attached server outlives the command: the next one starts afresh", async () => {
  await at.begin(at.client);
  at.provider.seats.set("eng", ["ada"]);
  await at.client.call("read", at.request.read("eng", state));
  await at.client.cancel();
  await at.begin(at.client);
  await at.client.call("check", at.request.check("eng", pool, pool));
  expect(at.provider.sessions.map((s) => s.cancelled)).toEqual([true, false]);
  expect(at.provider.heard.findLast((h) => h.verb === "check")?.previous).toMatchObject({ id: "" }); // nothing of the first command
});

test("two providers of one command do not mix, though one process serves both", async () => {
  const other = at.connect();
  await at.begin(at.client, { directory: "one" });
  await at.begin(other, { directory: "two" });
  at.provider.seats.set("eng", ["ada"]);
  await at.client.call("read", at.request.read("eng", state));
  await at.client.cancel();
  expect(at.provider.sessions.map((s) => s.cancelled)).toEqual([true, false]);
  expect((await other.call("create", at.request.create("eng", pool))).getId()).toBe("eng");
});

test("messages go to the engine that attached last", async () => {
  await at.begin(at.client);
  const debuggingEngine = await listenAsEngine();
  await at.client.call("attach", new pluginPb.PluginAttach().setAddress(debuggingEngine.address));
  await at.client.call("create", at.request.create("eng", pool));
  expect(debuggingEngine.said.map((s) => s.message)).toEqual(["assigning"]);
  expect(at.engine.said).toEqual([]);
  debuggingEngine.close();
});

test("an engine that does not listen delays nobody for ever", async () => {
  await at.begin(at.client);
  at.engine.close();
  const start = Date.now();
  expect((await at.client.call("create", at.request.create("eng", pool))).getId()).toBe("eng");
  expect(Date.now() - start).toBeLessThan(4000);
});

test("a timeout that the program set ends the call's signal, with the reason", async () => {
  await at.begin(at.client);
  const aborted = gate();
  let reason: unknown;
  at.provider.during = async ({ signal }) => {
    signal.addEventListener("abort", () => {
      reason = signal.reason;
      aborted.open();
    });
    await aborted.opened;
    throw signal.reason;
  };
  const error = await failure(at.client.call("create", at.request.create("eng", pool).setTimeout(0.2)));
  expect([error.code, error.details]).toEqual([
    grpc.status.CANCELLED,
    "not done within the 0.2 s that `customTimeouts` allows",
  ]);
  expect(reason).toBeInstanceOf(Error);
});

test("a caller that vanishes during a write stops the session, not the write", async () => {
  await at.begin(at.client);
  let aborted = false;
  const hold = holdApply(at.provider);
  const during = at.provider.during;
  at.provider.during = async (where) => {
    where.signal.addEventListener("abort", () => {
      aborted = true;
    });
    await during(where);
  };
  const lost = failure(at.client.call("create", at.request.create("eng", pool), { deadline: Date.now() + 300 }));
  await hold.begun;
  expect((await lost).code).toBe(grpc.status.DEADLINE_EXCEEDED);
  for (let i = 0; i < 100 && !at.provider.sessions[0]?.cancelled; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect([at.provider.sessions[0]?.cancelled, aborted]).toEqual([true, false]);
  hold.end();
});

describe("names", () => {
  const { Mode } = providerPb.CheckRequest.AutonamingOptions;
  const check = async (news: object, olds: object, autonaming?: { name: string; mode: 0 | 1 | 2 }) => {
    const request = at.request.check("eng", { members: [], ...news }, olds as never);
    if (autonaming)
      request.setAutonaming(
        new providerPb.CheckRequest.AutonamingOptions().setProposedName(autonaming.name).setMode(autonaming.mode),
      );
    const checked = await at.client.call("check", request);
    return checked.getFailuresList()[0]?.getReason() ?? decode(checked.getInputs()).name;
  };
  beforeEach(() => at.begin(at.client));

  test.each([
    { name: "the logical name, never with a random suffix", news: {}, olds: {}, expected: "eng" },
    { name: "the program's own", news: { name: "crm" }, olds: { name: "old" }, expected: "crm" },
    { name: "the one it has, after a rename with an alias", news: {}, olds: { name: "old" }, expected: "old" },
    {
      name: "the stack's pattern",
      news: {},
      olds: {},
      autonaming: { name: "acme-eng-dev", mode: Mode.PROPOSE },
      expected: "acme-eng-dev",
    },
    {
      name: "the stack's enforced pattern",
      news: {},
      olds: {},
      autonaming: { name: "acme-eng", mode: Mode.ENFORCE },
      expected: "acme-eng",
    },
    {
      name: "its own although naming is off",
      news: { name: "crm" },
      olds: {},
      autonaming: { name: "", mode: Mode.DISABLE },
      expected: "crm",
    },
  ] as const)("$name", async ({ news, olds, expected, ...more }) => {
    expect(await check(news, olds, "autonaming" in more ? more.autonaming : undefined)).toBe(expected);
  });

  test("none where the stack switched automatic naming off", async () => {
    expect(await check({}, {}, { name: "", mode: Mode.DISABLE })).toMatch(/^name: a name is required/);
  });
});
