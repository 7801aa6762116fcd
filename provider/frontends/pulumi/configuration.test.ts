import { Secret, UNKNOWN, type Values } from "../../core/value.ts";
import { errorDetails } from "../../testing/pulumi-client.ts";
import { failure, type Stand, stand } from "../../testing/pulumi-stand.ts";
import { decode, encode } from "./codec.ts";
import { providerPb } from "./proto.ts";

let at: Stand;
beforeEach(async () => {
  at = await stand();
});
afterEach(() => at.close());

const checkConfig = (news: Values) =>
  at.client.call("checkConfig", new providerPb.CheckRequest().setUrn("urn:x").setNews(encode(news)));
const diffConfig = (olds: Values, news: Values) =>
  at.client.call(
    "diffConfig",
    new providerPb.DiffRequest().setOldInputs(encode(olds)).setOlds(encode(olds)).setNews(encode(news)),
  );
const heard = () => at.provider.heard.findLast(({ verb }) => verb === "checkConfig")?.inputs;

const asText = {
  directory: "people",
  connections: '{"people":{"keycloak":{"baseUrl":"http://127.0.0.1:1","retries":3}}}',
  offline: "true",
  retries: "4",
  version: "0.1.0",
  pluginDownloadURL: "github://x",
};
const asValues = {
  directory: "people",
  connections: { people: { keycloak: { baseUrl: "http://127.0.0.1:1", retries: 3 } } },
  offline: true,
  retries: 4,
};

test("configuration arrives as text: the provider gets values, the engine gets its own back", async () => {
  const checked = await checkConfig(asText);
  expect(heard()).toEqual(asValues);
  expect(decode(checked.getInputs())).toEqual(asText);
  expect(checked.getFailuresList()).toEqual([]);
});

test("what holds a password goes to state as a secret, though the program did not mark it", async () => {
  const connections = '{"people":{"keycloak":{"clientSecret":"hunter2"}}}';
  const checked = await checkConfig({ directory: "people", connections });
  expect(decode(checked.getInputs())).toEqual({ directory: "people", connections: new Secret(connections) });
});

test("configure gets values with defaults, and secrets as secrets", async () => {
  const answer = await at.begin(at.client, { ...asText, connections: new Secret(asText.connections) });
  expect(at.provider.configs).toEqual([
    { ...asValues, connections: new Secret(asValues.connections), people: "account" },
  ]);
  expect(answer.toObject()).toEqual({
    acceptsecrets: true,
    acceptresources: true,
    acceptoutputs: false,
    supportspreview: true,
    supportsAutonamingConfiguration: true,
  });
});

test("text that is no JSON, no number and no boolean is passed on as it is, for the provider to judge", async () => {
  const odd = { directory: "people", connections: "{oops", offline: "maybe", retries: "many" };
  await checkConfig(odd);
  expect(heard()).toEqual(odd);
});

test("bad configuration names the place and never the value", async () => {
  const failures = (await checkConfig({ people: "wrong" })).getFailuresList().map((f) => f.toObject());
  expect(failures).toEqual([
    { property: "", reason: "directory: says where people are read from" },
    { property: "", reason: "people: must be account, id or count\n  Use account." },
  ]);
});

test("what is not known yet passes through", async () => {
  const checked = await checkConfig({ directory: "people", connections: UNKNOWN });
  expect(heard()).toEqual({ directory: "people", connections: UNKNOWN });
  expect(decode(checked.getInputs())).toEqual({ directory: "people", connections: UNKNOWN });
});

test("configure says which keys are missing in the engine's own words", async () => {
  const error = await failure(at.begin(at.client, { retries: "3" }));
  const missing = errorDetails(error)
    .missingKeys?.getMissingkeysList()
    .map((key) => key.toObject());
  expect(missing).toEqual([{ name: "directory", description: "says where people are read from" }]);
  const other = await failure(at.begin(at.client, { directory: "people", people: "wrong" }));
  expect(errorDetails(other).missingKeys).toBeNull();
  expect(other.details).toBe("people: must be account, id or count\n  Use account.");
});

test("no change of the configuration replaces anything", async () => {
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  const other = await diffConfig(asText, { ...asText, directory: "other", connections: "{}" });
  expect(other.toObject()).toMatchObject({
    changes: DIFF_SOME,
    diffsList: ["connections", "directory"],
    replacesList: [],
  });
  const rewritten = { ...asValues, version: "0.2.0" }; // the same, but not as text and by a newer SDK
  expect((await diffConfig(asText, rewritten)).getChanges()).toBe(DIFF_NONE);
});
