import * as grpc from "@grpc/grpc-js";
import type { Message } from "../../core/resource.ts";
import { engineGrpc, enginePb } from "./proto.ts";

/** The engine and the SDKs use exactly this; gRPC for Node allows 4 MiB unless told. */
export const MESSAGE_BYTES = 400 * 1024 * 1024;
export const messageLimits = {
  "grpc.max_receive_message_length": MESSAGE_BYTES,
  "grpc.max_send_message_length": MESSAGE_BYTES,
} as const;

const severities = {
  debug: enginePb.LogSeverity.DEBUG,
  info: enginePb.LogSeverity.INFO,
  warning: enginePb.LogSeverity.WARNING,
  error: enginePb.LogSeverity.ERROR,
} as const;

/** What the engine prints, in the order in which it was said. A message with several lines is one message. */
export class EngineLog {
  readonly #client: InstanceType<typeof engineGrpc.EngineClient>;
  readonly #clean: (text: string) => string;
  #said: Promise<void> = Promise.resolve();

  constructor(address: string, clean: (text: string) => string) {
    this.#client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure(), messageLimits);
    this.#clean = clean;
  }

  /** `urn` empty: a message of the provider, under no resource. */
  say(urn: string, { level, text, ephemeral }: Message): void {
    const request = new enginePb.LogRequest()
      .setSeverity(severities[level])
      .setMessage(this.#clean(text))
      .setUrn(urn)
      .setEphemeral(ephemeral ?? false);
    this.#said = this.#said.then(() => this.#send(request));
  }

  /** An engine that does not listen (it ended, or it was killed) is no reason to fail: whoever waits is let go after a moment. */
  #send(request: InstanceType<typeof enginePb.LogRequest>): Promise<void> {
    return new Promise((resolve) => {
      this.#client.log(request, new grpc.Metadata(), { deadline: Date.now() + 2000 }, () => resolve());
    });
  }

  /** Everything said so far has been heard. */
  flushed(): Promise<void> {
    return this.#said;
  }

  close(): void {
    this.#client.close();
  }
}
