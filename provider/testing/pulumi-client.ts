import * as grpc from "@grpc/grpc-js";
import { messageLimits } from "../frontends/pulumi/engine-log.ts";
import {
  emptyPb,
  engineGrpc,
  type IEngineServer,
  type IResourceProviderServer,
  providerGrpc,
  providerPb,
  type rpc,
  statusPb,
} from "../frontends/pulumi/proto.ts";

type Method = Exclude<keyof IResourceProviderServer & string, "list">;
type RequestOf<M extends Method> =
  IResourceProviderServer[M] extends grpc.handleUnaryCall<infer Q, unknown> ? Q : never;
type ResponseOf<M extends Method> = IResourceProviderServer[M] extends grpc.handleUnaryCall<never, infer R> ? R : never;

/** Plays the engine's part against a served provider: one connection, promises instead of callbacks. */
export class PulumiClient {
  readonly #client: grpc.Client;

  constructor(port: number) {
    this.#client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      ...messageLimits,
      "grpc.use_local_subchannel_pool": 1, // else two clients of one process share a connection, and two engines do not
    });
  }

  call<M extends Method>(method: M, request: RequestOf<M>, options: grpc.CallOptions = {}): Promise<ResponseOf<M>> {
    const { path, requestSerialize, responseDeserialize } = providerGrpc.ResourceProviderService[
      method
    ] as unknown as grpc.MethodDefinition<RequestOf<M>, ResponseOf<M>>; // the generated table has one type per method, this is the row's
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, response) =>
        response === undefined ? reject(error) : resolve(response),
      );
    });
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new emptyPb.Empty());
  }

  close(): void {
    this.#client.close();
  }
}

export interface ErrorDetails {
  readonly initFailed: rpc.ErrorResourceInitFailed | null;
  readonly missingKeys: rpc.ConfigureErrorMissingKeys | null;
}
/** What stands in `grpc-status-details-bin`, as the engine reads it. */
export const errorDetails = (error: grpc.ServiceError): ErrorDetails => {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  const details = bytes ? statusPb.Status.deserializeBinary(Uint8Array.from(Buffer.from(bytes))).getDetailsList() : [];
  const found = <T>(name: string, read: (bytes: Uint8Array) => T): T | null => {
    const any = details.find((detail) => detail.getTypeName() === `pulumirpc.${name}`);
    return any ? read(any.getValue_asU8()) : null;
  };
  return {
    initFailed: found("ErrorResourceInitFailed", providerPb.ErrorResourceInitFailed.deserializeBinary),
    missingKeys: found("ConfigureErrorMissingKeys", providerPb.ConfigureErrorMissingKeys.deserializeBinary),
  };
};

export interface Said {
  readonly severity: number;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}
/** The engine's own server, as far as a provider uses it: it keeps what it is told. */
export const listenAsEngine = async (): Promise<{ address: string; said: Said[]; close(): void }> => {
  const said: Said[] = [];
  const server = new grpc.Server(messageLimits);
  const refuse: grpc.handleUnaryCall<unknown, never> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED });
  const log: IEngineServer["log"] = (call, callback) => {
    const { severity, message, urn, ephemeral } = call.request.toObject();
    said.push({ severity, message, urn, ephemeral });
    callback(null, new emptyPb.Empty());
  };
  server.addService(engineGrpc.EngineService, {
    log,
    getRootResource: refuse,
    setRootResource: refuse,
    startDebugging: refuse,
    requirePulumiVersion: refuse,
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, said, close: () => server.forceShutdown() };
};
