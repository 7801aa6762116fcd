import type { ServiceError } from "@grpc/grpc-js";
import { Secret, UNKNOWN, type Values } from "../../core/value.ts";
import { FakeProvider } from "../../testing/fake-provider.ts";
import { errorDetails, listenAsEngine, PulumiClient } from "../../testing/pulumi-client.ts";
import { decode, encode } from "./codec.ts";
import { providerPb, type rpc } from "./proto.ts";
import { serve } from "./server.ts";

const schema = {
  name: "seatwise",
  provider: {
    inputProperties: { directory: { type: "string" }, connections: { type: "object" }, offline: { type: "boolean" } },
  },
  resources: {
    "seatwise:index:Pool": {
      inputProperties: { name: {}, members: {}, size: {}, token: {}, license: {}, crash: {}, rules: {} },
    },
  },
};
const urn = (name: string) => `urn:pulumi:dev::acme::seatwise:index:Pool::${name}`;
const CANARY = "canary-f00d-secret";

const stand = async () => {
  const provider = new FakeProvider();
  const engine = await listenAsEngine();
  const debugged: string[] = [];
  const serving = await serve(provider, {
    schema: () => JSON.stringify(schema),
    engineAddress: engine.address,
    debug: (line) => debugged.push(line),
  });
  const client = new PulumiClient(serving.port);
  const configure = async (args: Values = { directory: "people" }) => {
    await client.call("handshake", new providerPb.ProviderHandshakeRequest().setEngineAddress(engine.address));
    return client.call("configure", new providerPb.ConfigureRequest().setArgs(encode(args)));
  };
  const check = async (name: string, news: Values, olds: Values = {}) => {
    const request = new providerPb.CheckRequest().setUrn(urn(name)).setNews(encode(news)).setOlds(encode(olds));
    return client.call("check", request);
  };
  const create = (inputs: Values, preview = false) =>
    client.call(
      "create",
      new providerPb.CreateRequest().setUrn(urn("eng")).setProperties(encode(inputs)).setPreview(preview),
    );
  const close = () => {
    client.close();
    serving.close();
    engine.close();
  };
  return { provider, engine, debugged, serving, client, configure, check, create, close };
};
let at: Awaited<ReturnType<typeof stand>>;
beforeEach(async () => {
  at = await stand();
});
afterEach(() => at.close());

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => Promise.reject(new Error("did not fail")),
    (e: ServiceError) => e,
  );
const pool: Values = { name: "eng", members: ["ada", "bob"] };
const last = (verb: string) => at.provider.heard.findLast((heard) => heard.verb === verb);

test("one pool from check to delete", async () => {
  const { client, provider } = at;
  await at.configure();
  const checked = decode((await at.check("eng", { members: ["ada", "bob"] })).getInputs());
  expect(checked).toEqual({
    ...pool,
    changes: { assign: { ada: "rule everyone", bob: "rule everyone" }, unassign: {} },
  });

  const shown = await at.create(checked, true);
  expect(decode(shown.getProperties())).toMatchObject({ ...pool, consumed: UNKNOWN });
  const made = await at.create(checked);
  expect([made.getId(), made.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
  const state = decode(made.getProperties());
  expect(state).toMatchObject({ ...pool, consumed: 2, __record: new Secret("record of ada bob") });

  provider.seats.set("eng", ["ada", "bob", "eve"]);
  const readRequest = new providerPb.ReadRequest()
    .setUrn(urn("eng"))
    .setId("eng")
    .setInputs(encode(checked))
    .setProperties(encode(state));
  const found = await client.call("read", readRequest);
  expect([found.getId(), found.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
  expect(decode(found.getProperties())).toMatchObject({ consumed: 3, __record: new Secret("record of ada bob") });
  expect(decode(found.getInputs())).toEqual(checked);

  await at.check("eng", { members: ["ada"] }, checked);
  expect(last("check")?.previous).toMatchObject({
    id: "eng",
    inputs: checked,
    outputs: { consumed: 3 },
    record: "record of ada bob",
  });

  const difference = await client.call(
    "diff",
    new providerPb.DiffRequest()
      .setUrn(urn("eng"))
      .setId("eng")
      .setOlds(encode(state))
      .setOldInputs(encode(checked))
      .setNews(encode({ ...checked, members: ["ada"] })),
  );
  expect(difference.toObject()).toMatchObject({
    changes: providerPb.DiffResponse.DiffChanges.DIFF_SOME,
    detaileddiffMap: [
      ["changes.unassign.bob", { kind: providerPb.PropertyDiff.Kind.ADD, inputdiff: true }],
      ["changes.unassign.eve", { kind: providerPb.PropertyDiff.Kind.ADD, inputdiff: true }],
      ["members", { kind: providerPb.PropertyDiff.Kind.UPDATE, inputdiff: true }],
    ],
    diffsList: ["members", "changes"],
    replacesList: [],
    deletebeforereplace: false,
  });

  const updateRequest = new providerPb.UpdateRequest()
    .setUrn(urn("eng"))
    .setId("eng")
    .setOlds(encode(state))
    .setOldInputs(encode(checked));
  const updated = await client.call("update", updateRequest.setNews(encode({ ...checked, members: ["ada"] })));
  expect(decode(updated.getProperties())).toMatchObject({ consumed: 1, __record: new Secret("record of ada") });
  expect(last("apply")?.previous).toMatchObject({ id: "eng", record: "record of ada bob", outputs: { consumed: 2 } });

  await client.call(
    "delete",
    new providerPb.DeleteRequest()
      .setUrn(urn("eng"))
      .setId("eng")
      .setProperties(encode(state))
      .setOldInputs(encode(checked)),
  );
  expect(provider.seats.size).toBe(0);
  expect((await client.call("read", readRequest)).getId()).toBe("");
});

test("a seat that could not be given keeps what is done and names the rest", async () => {
  await at.configure();
  at.provider.failing.add("bob");
  const error = await failure(at.create(pool));
  const detail = errorDetails(error).initFailed;
  expect(detail?.getReasonsList()).toEqual(["seat bob: the vendor answered 429"]);
  expect([detail?.getId(), detail?.getRefreshBeforeUpdate()]).toEqual(["eng", true]);
  expect(decode(detail?.getInputs())).toEqual(pool);
  expect(decode(detail?.getProperties())).toMatchObject({ consumed: 1, __record: new Secret("record of ada") });
});
