import type { ServiceError } from "@grpc/grpc-js";
import type { Values } from "../core/value.ts";
import { encode } from "../frontends/pulumi/codec.ts";
import { providerPb, type rpc } from "../frontends/pulumi/proto.ts";
import { serve } from "../frontends/pulumi/server.ts";
import { FakeProvider } from "./fake-provider.ts";
import { listenAsEngine, PulumiClient } from "./pulumi-client.ts";

const text = { type: "string" };
const inputs = { name: text, members: {}, size: {}, token: {}, license: {}, crash: {}, rules: {} };
export const schema = {
  name: "seatwise",
  provider: {
    inputProperties: {
      directory: text,
      connections: { type: "object" },
      offline: { type: "boolean" },
      people: text,
      retries: { type: "integer" },
    },
  },
  types: {
    "seatwise:index:KeycloakConnection": { properties: { baseUrl: text, clientSecret: { ...text, secret: true } } },
  },
  resources: { "seatwise:index:Pool": { inputProperties: inputs } },
};

export const urnOf = (name: string): string => `urn:pulumi:dev::acme::seatwise:index:Pool::${name}`;

const request = {
  check: (name: string, news: Values, olds: Values) =>
    new providerPb.CheckRequest().setUrn(urnOf(name)).setNews(encode(news)).setOlds(encode(olds)),
  create: (name: string, properties: Values) =>
    new providerPb.CreateRequest().setUrn(urnOf(name)).setProperties(encode(properties)),
  read: (name: string, state: State | null) => {
    const read = new providerPb.ReadRequest().setUrn(urnOf(name)).setId(name);
    return state ? read.setInputs(encode(state.inputs)).setProperties(encode(state.properties)) : read;
  },
  diff: (name: string, news: Values, olds: State) =>
    new providerPb.DiffRequest()
      .setUrn(urnOf(name))
      .setId(name)
      .setOlds(encode(olds.properties))
      .setOldInputs(encode(olds.inputs))
      .setNews(encode(news)),
  update: (name: string, news: Values, olds: State) =>
    new providerPb.UpdateRequest()
      .setUrn(urnOf(name))
      .setId(name)
      .setOlds(encode(olds.properties))
      .setOldInputs(encode(olds.inputs))
      .setNews(encode(news)),
  delete: (name: string, { inputs, properties }: State) =>
    new providerPb.DeleteRequest()
      .setUrn(urnOf(name))
      .setId(name)
      .setOldInputs(encode(inputs))
      .setProperties(encode(properties)),
};
export interface State {
  readonly inputs: Values;
  readonly properties: Values;
}

/** A served fake provider, the engine's log server, and a client that plays the engine. */
export const stand = async () => {
  const provider = new FakeProvider();
  const engine = await listenAsEngine();
  const debugged: string[] = [];
  const debug = (line: string) => void debugged.push(line);
  const command = { mayDelete: true };
  const serving = await serve(provider, {
    schema: () => JSON.stringify(schema),
    engineAddress: null,
    debug,
    mayDelete: () => command.mayDelete,
  });
  const clients: PulumiClient[] = [];
  const connect = () => {
    const client = new PulumiClient(serving.port);
    clients.push(client);
    return client;
  };
  const begin = async (
    client: PulumiClient,
    args: Values = { directory: "people" },
  ): Promise<rpc.ConfigureResponse> => {
    await client.call("handshake", new providerPb.ProviderHandshakeRequest().setEngineAddress(engine.address));
    return client.call("configure", new providerPb.ConfigureRequest().setArgs(encode(args)));
  };
  const close = () => {
    for (const client of clients) client.close();
    serving.close();
    engine.close();
  };
  return { provider, engine, command, debugged, serving, connect, client: connect(), begin, request, close };
};
export type Stand = Awaited<ReturnType<typeof stand>>;

export const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => Promise.reject(new Error("did not fail")),
    (error: ServiceError) => error,
  );
