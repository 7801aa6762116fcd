import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type handleUnaryCall, Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { decode, decodeJson, encode } from "./codec.ts";
import { type ProviderRpcs, providerService, type Sendable } from "./proto.ts";
import { everyKind } from "./schema-arbitrary.fixture.ts";
import { schemaResponse } from "./schema-message.ts";
import type { PackageSchema, ResourceSchema } from "./schema-model.ts";

/** A resource that holds every kind of value there is and gives back what it got, through our codec each time. */
const mirror: ResourceSchema = {
  ...everyKind,
  type: "Mirror",
  terraform: "seatwise_mirror",
  doc: "",
  importId: "",
  stateVersion: 0,
};
const mirrorPackage: PackageSchema = {
  version: "0",
  provider: { doc: "", fields: [] },
  resources: [mirror],
  dataSources: [],
  functions: [],
};

const again = (value: { readonly msgpack: Uint8Array } | null): { readonly msgpack: Buffer } => {
  const { values, cty } = decode(value?.msgpack ?? Buffer.of(0xc0), mirror);
  return { msgpack: encode(values, mirror, cty) };
};

type Handlers = {
  readonly [M in keyof ProviderRpcs]?: (request: ProviderRpcs[M]["request"]) => Sendable<ProviderRpcs[M]["response"]>;
};
const handlersFor = (schema: PackageSchema): Handlers => ({
  getProviderSchema: () => schemaResponse(schema),
  validateProviderConfig: () => ({}),
  configureProvider: () => ({}),
  validateResourceConfig: ({ config }) => (again(config) ? {} : {}),
  upgradeResourceState({ rawState }) {
    const { values, cty } = decodeJson(rawState?.json ?? Buffer.from("null"), mirror);
    return { upgradedState: { msgpack: encode(values, mirror, cty) } };
  },
  readResource: ({ currentState }) => ({ newState: again(currentState) }),
  planResourceChange: ({ proposedNewState }) => ({ plannedState: again(proposedNewState) }),
  applyResourceChange: ({ plannedState }) => ({ newState: again(plannedState) }),
  stopProvider: () => ({}),
});

const serve =
  (work: (request: never) => unknown): handleUnaryCall<unknown, unknown> =>
  (call, callback) => {
    try {
      callback(null, work(call.request as never)); // the method's own, as the service's definition reads it
    } catch (error) {
      callback({ code: 13, details: error instanceof Error ? error.message : String(error) });
    }
  };

export interface MirrorProvider {
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Serves it, or the schema alone of another package, to a Terraform that is told to attach to it. */
export const mirrorProvider = async (schema: PackageSchema = mirrorPackage): Promise<MirrorProvider> => {
  const folder = mkdtempSync(join(tmpdir(), "mirror-"));
  const socket = join(folder, "s");
  const server = new Server();
  const all: UntypedServiceImplementation = Object.fromEntries(
    Object.entries(handlersFor(schema)).map(([name, work]) => [name, serve(work)]),
  );
  server.addService(providerService, all);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  const entry = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify({ "seatwise/seatwise": entry }) },
    close() {
      server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
