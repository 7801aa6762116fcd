import * as grpc from "@grpc/grpc-js";
import { Secret, UNKNOWN, type Values } from "../../core/value.ts";
import { errorDetails } from "../../testing/pulumi-client.ts";
import { failure, type Stand, type State, schema, stand, urnOf } from "../../testing/pulumi-stand.ts";
import { decode } from "./codec.ts";
import { emptyPb, providerPb } from "./proto.ts";

let at: Stand;
beforeEach(async () => {
  at = await stand();
});
afterEach(() => at.close());

const pool: Values = { name: "eng", members: ["ada", "bob"] };
const state: State = {
  inputs: pool,
  properties: { ...pool, consumed: 2, changes: {}, __record: new Secret("record of ada bob") },
};
const last = (verb: string) => at.provider.heard.findLast((heard) => heard.verb === verb);
const { Kind } = providerPb.PropertyDiff;
const { DiffChanges } = providerPb.DiffResponse;

describe("what the engine asks before anything is configured", () => {
  test("handshake, info, schema, mappings", async () => {
    const hello = await at.client.call("handshake", new providerPb.ProviderHandshakeRequest());
    expect(hello.toObject()).toMatchObject({
      acceptSecrets: true,
      acceptResources: true,
      acceptOutputs: false,
      supportsAutonamingConfiguration: true,
    });
    expect((await at.client.call("getPluginInfo", new emptyPb.Empty())).getVersion()).toBe("1.2.3");
    const answer = await at.client.call("getSchema", new providerPb.GetSchemaRequest());
    expect(JSON.parse(answer.getSchema())).toEqual(schema);
    const mapping = await at.client.call("getMapping", new providerPb.GetMappingRequest().setKey("terraform"));
    expect([mapping.getProvider(), mapping.getData_asB64()]).toEqual(["", ""]);
    expect((await at.client.call("getMappings", new providerPb.GetMappingsRequest())).getProvidersList()).toEqual([]);
  });

  test("what is not offered says so in the way that the engine understands", async () => {
    const refused = await Promise.all([
      failure(at.client.call("parameterize", new providerPb.ParameterizeRequest())),
      failure(at.client.call("construct", new providerPb.ConstructRequest())),
      failure(at.client.call("call", new providerPb.CallRequest())),
    ]);
    expect(refused.map((error) => error.code)).toEqual([
      grpc.status.UNIMPLEMENTED,
      grpc.status.UNIMPLEMENTED,
      grpc.status.UNIMPLEMENTED,
    ]);
    expect(
      (await failure(at.client.call("getSchema", new providerPb.GetSchemaRequest().setVersion(7)))).details,
    ).toContain("format 7");
  });
});

describe("one pool", () => {
  beforeEach(() => at.begin(at.client));

  test("check fills in the name and the plan", async () => {
    const checked = await at.client.call("check", at.request.check("eng", { members: ["ada"] }, {}));
    expect(decode(checked.getInputs())).toEqual({
      name: "eng",
      members: ["ada"],
      changes: { assign: { ada: "rule everyone" }, unassign: {} },
    });
    expect(last("check")).toMatchObject({ at: { type: "Pool", key: urnOf("eng"), name: "eng" }, previous: null });
  });

  test("check names every bad field: a plain one as property, a nested one in the reason", async () => {
    const checked = await at.client.call("check", at.request.check("eng", { size: "many" }, {}));
    expect(checked.getFailuresList().map((f) => f.toObject())).toEqual([
      { property: "size", reason: "must be a number" },
      { property: "", reason: "rules[0].claim: has no claim\n  Give one." },
    ]);
  });

  test("unknown inputs give unknown changes, outputs that are not known yet, and nothing is written", async () => {
    const checked = decode(
      (await at.client.call("check", at.request.check("eng", { members: UNKNOWN }, {}))).getInputs(),
    );
    expect(checked.changes).toBe(UNKNOWN);
    const shown = await at.client.call("create", at.request.create("eng", checked).setPreview(true));
    expect(decode(shown.getProperties())).toEqual({
      name: "eng",
      members: UNKNOWN,
      changes: UNKNOWN,
      consumed: UNKNOWN,
      claim: { for: null },
    });
    expect(last("apply")).toBeUndefined();
  });

  test("create, with the record as a secret and a refresh before every update", async () => {
    const made = await at.client.call("create", at.request.create("eng", pool));
    expect([made.getId(), made.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
    expect(decode(made.getProperties())).toEqual({
      ...pool,
      consumed: 2,
      changes: {},
      claim: { for: null },
      __record: new Secret("record of ada bob"),
    });
    expect(at.engine.said).toContainEqual({ severity: 1, message: "assigning", urn: urnOf("eng"), ephemeral: true });
  });

  test("what could not be done keeps what is done, on create and on update", async () => {
    at.provider.failing.add("bob");
    const calls = [
      at.client.call("create", at.request.create("eng", pool)),
      at.client.call("update", at.request.update("eng", pool, state)),
    ];
    for (const error of await Promise.all(calls.map(failure))) {
      const detail = errorDetails(error).initFailed;
      expect(detail?.getReasonsList()).toEqual(["seat bob: the vendor answered 429"]);
      expect([detail?.getId(), detail?.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
      expect(decode(detail?.getInputs())).toEqual(pool);
      expect(decode(detail?.getProperties())).toMatchObject({ consumed: 1, __record: new Secret("record of ada") });
    }
  });

  test("read for refresh: inputs as they were, outputs and record as they are; check then knows them", async () => {
    at.provider.seats.set("eng", ["ada", "bob", "eve"]);
    const found = await at.client.call("read", at.request.read("eng", state));
    expect([found.getId(), found.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
    expect(decode(found.getInputs())).toEqual(pool);
    expect(decode(found.getProperties())).toMatchObject({ consumed: 3, __record: new Secret("record of ada bob") });
    expect(last("read")?.previous).toEqual({
      id: "eng",
      inputs: pool,
      outputs: { consumed: 2, changes: {} },
      record: "record of ada bob",
    });

    await at.client.call("check", at.request.check("eng", { members: ["ada"] }, pool));
    expect(last("check")?.previous).toMatchObject({
      id: "eng",
      inputs: pool,
      outputs: { consumed: 3 },
      record: "record of ada bob",
    });
  });

  test("check without a read knows the old inputs and says by an empty id that it knows no more", async () => {
    await at.client.call("check", at.request.check("eng", pool, pool));
    expect(last("check")?.previous).toEqual({ id: "", inputs: pool, outputs: {}, record: null });
  });

  test("read for import makes up the inputs; read of what is gone has no id", async () => {
    at.provider.seats.set("eng", ["ada"]);
    const found = await at.client.call("read", at.request.read("eng", null));
    expect(decode(found.getInputs())).toEqual({ name: "eng", members: ["ada"] });
    expect(last("read")?.previous).toMatchObject({ inputs: null, record: null });
    at.provider.seats.clear();
    expect((await at.client.call("read", at.request.read("eng", null))).getId()).toBe("");
  });

  test("diff names only what is new", async () => {
    at.provider.seats.set("eng", ["ada", "bob@acme.test"]);
    const difference = await at.client.call("diff", at.request.diff("eng", { ...pool, members: ["ada"] }, state));
    expect(difference.toObject()).toMatchObject({
      changes: DiffChanges.DIFF_SOME,
      hasdetaileddiff: true,
      detaileddiffMap: [
        ['changes.unassign["bob@acme.test"]', { kind: Kind.ADD, inputdiff: true }],
        ["members", { kind: Kind.UPDATE, inputdiff: true }],
      ],
      diffsList: ["members", "changes"],
      replacesList: [],
      deletebeforereplace: false,
    });
  });

  test("diff: equal inputs and nothing to do; equal inputs and work to do; what replaces", async () => {
    at.provider.seats.set("eng", ["ada", "bob"]);
    const same = await at.client.call("diff", at.request.diff("eng", pool, state));
    expect(same.toObject()).toMatchObject({ changes: DiffChanges.DIFF_NONE, detaileddiffMap: [] });
    at.provider.seats.set("eng", ["ada"]);
    const work = await at.client.call("diff", at.request.diff("eng", pool, state));
    expect(work.toObject()).toMatchObject({
      changes: DiffChanges.DIFF_SOME,
      hasdetaileddiff: false,
      detaileddiffMap: [],
    });
    const moved = await at.client.call("diff", at.request.diff("eng", { ...pool, license: "other" }, state));
    expect(moved.toObject()).toMatchObject({
      replacesList: ["license"],
      detaileddiffMap: [["license", { kind: Kind.UPDATE_REPLACE }]],
    });
  });

  test("diff leaves out what the program ignores", async () => {
    at.provider.seats.set("eng", ["ada", "bob"]);
    const request = at.request.diff("eng", { ...pool, size: 3, license: "other" }, state);
    const some = await at.client.call("diff", request.setIgnorechangesList(["license"]));
    expect(some.toObject().detaileddiffMap).toEqual([["size", { kind: Kind.UPDATE, inputdiff: true }]]);
    expect((await at.client.call("diff", request.setIgnorechangesList(["license", "size"]))).getChanges()).toBe(
      DiffChanges.DIFF_NONE,
    );
  });

  test("update: a preview writes nothing, an update gets state and record", async () => {
    const news = { ...pool, members: ["ada"] };
    const shown = await at.client.call("update", at.request.update("eng", news, state).setPreview(true));
    expect(decode(shown.getProperties())).toMatchObject({
      members: ["ada"],
      consumed: UNKNOWN,
      __record: new Secret("record of ada bob"),
    });
    expect(last("apply")).toBeUndefined();
    const done = await at.client.call("update", at.request.update("eng", news, state));
    expect(done.getRefreshBeforeUpdate()).toBe(true);
    expect(decode(done.getProperties())).toMatchObject({ consumed: 1, __record: new Secret("record of ada") });
    expect(last("apply")?.previous).toEqual({
      id: "eng",
      inputs: pool,
      outputs: { consumed: 2, changes: {} },
      record: "record of ada bob",
    });
  });

  test("delete gets state and record, twice if need be", async () => {
    at.provider.seats.set("eng", ["ada"]);
    await at.client.call("delete", at.request.delete("eng", state));
    expect(last("remove")?.previous).toMatchObject({ id: "eng", inputs: pool, record: "record of ada bob" });
    expect(at.provider.seats.size).toBe(0);
    await at.client.call("delete", at.request.delete("eng", state));
  });

  test("a function, its bad arguments, and one that does not exist", async () => {
    const invoke = (tok: string, args: Values) => {
      const request = new providerPb.InvokeRequest().setTok(tok);
      return at.client.call("invoke", request.setArgs(encodeArgs(args)));
    };
    expect(decode((await invoke("seatwise:index:matches", { when: "true" })).getReturn())).toEqual({
      result: true,
      explanation: "because true",
    });
    expect((await invoke("seatwise:index:matches", {})).getFailuresList().map((f) => f.toObject())).toEqual([
      { property: "", reason: "when: is missing" },
    ]);
    const error = await failure(invoke("seatwise:index:nope", {}));
    expect([error.code, error.details]).toEqual([grpc.status.NOT_FOUND, 'there is no function "nope"']);
  });

  test("a message far above gRPC's own limit of 4 MiB", async () => {
    const members = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(60_000, "x"));
    const made = await at.client.call("create", at.request.create("eng", { name: "eng", members }));
    expect(made.getProperties()?.serializeBinary().length).toBeGreaterThan(5 * 1024 * 1024);
    expect(decode(made.getProperties()).consumed).toBe(100);
  });

  test("a bug is answered as one, and only developers see its stack", async () => {
    const error = await failure(at.client.call("check", at.request.check("eng", { crash: true }, {})));
    expect(error.code).toBe(grpc.status.INTERNAL);
    expect(error.details).toMatch(/^cannot read x of undefined\n {2}This is a bug in Seatwise: please report it/);
    expect(error.details).not.toContain("fake-provider.ts");
    expect(at.debugged.join()).toContain("fake-provider.ts");
    expect(at.engine.said).toContainEqual(
      expect.objectContaining({ severity: 0, message: expect.stringContaining("fake-provider.ts") }),
    );
  });
});

const encodeArgs = (args: Values) => at.request.create("", args).getProperties();
