import * as grpc from "@grpc/grpc-js";
import type { ProviderHandlers } from "../frontends/terraform/plugin-server.ts";
import { type ProviderRpcs, providerService, type Sendable } from "../frontends/terraform/proto.ts";

const limits = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 } as const;
type Method = keyof ProviderRpcs & string;

/** Plays core's part against a served provider: promises instead of callbacks. */
export class TerraformClient {
  readonly #client: grpc.Client;

  constructor(address: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), limits);
  }

  call<M extends Method>(
    method: M,
    request: Sendable<ProviderRpcs[M]["request"]>,
  ): Promise<ProviderRpcs[M]["response"]> {
    const definition = providerService[method];
    if (!definition) throw new Error(`the protocol has no call ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        (error, response) =>
          response === undefined ? reject(error) : resolve(response as ProviderRpcs[M]["response"]), // by the same table
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

type Handler = (request: unknown, call: { readonly signal: AbortSignal }) => Promise<unknown>;

/**
 * Serves in this very process, as in reattach mode: plaintext, no handshake. `current` is the provider process whose turn it is, so
 * that many walks, each with a provider of its own, share one socket.
 */
export const listenAsProvider = async (
  current: () => ProviderHandlers,
): Promise<{ readonly address: string; close(): void }> => {
  const server = new grpc.Server(limits);
  const serves = (name: string): grpc.handleUnaryCall<unknown, unknown> => {
    return async (call, callback) => {
      try {
        const handler = (current() as Readonly<Record<string, Handler | undefined>>)[name];
        if (!handler) return callback({ code: grpc.status.UNIMPLEMENTED });
        callback(null, await handler(call.request, { signal: new AbortController().signal }));
      } catch (error) {
        callback({ code: grpc.status.INTERNAL, details: error instanceof Error ? (error.stack ?? "") : String(error) });
      }
    };
  };
  server.addService(
    providerService,
    Object.fromEntries(Object.keys(providerService).map((name) => [name, serves(name)])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
};
