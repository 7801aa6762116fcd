import type { ServerUnaryCall } from "@grpc/grpc-js";
import { Instance, type Setting } from "./instance.ts";

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, "getPeer">;

/** An attached server serves many commands; each forgotten one is let go when this many newer ones came. */
const MOST = 64;

/** Each provider of a command has a connection of its own, so the caller's address tells them apart. */
export class Instances {
  readonly #setting: Setting;
  readonly #engineAddress: string | null;
  readonly #byPeer = new Map<string, Instance>();
  #latest: Instance;

  constructor(setting: Setting, engineAddress: string | null) {
    this.#setting = setting;
    this.#engineAddress = engineAddress;
    this.#latest = new Instance(setting, engineAddress);
  }

  /** A command begins: whatever an earlier one on this connection left is over. */
  begin(call: AnyCall, engineAddress: string | null): Instance {
    const peer = call.getPeer();
    this.#byPeer.get(peer)?.close();
    this.#byPeer.delete(peer);
    const [oldest] = this.#byPeer;
    if (oldest && this.#byPeer.size >= MOST) {
      oldest[1].close();
      this.#byPeer.delete(oldest[0]);
    }
    const instance = new Instance(this.#setting, engineAddress || this.#engineAddress);
    this.#byPeer.set(peer, instance);
    this.#latest = instance;
    return instance;
  }

  /** A connection that broke and was made again has another address: then the latest provider is meant. */
  of(call: AnyCall): Instance {
    return this.#byPeer.get(call.getPeer()) ?? this.#latest;
  }
  latest(): Instance {
    return this.#latest;
  }

  all(): readonly Instance[] {
    return [...new Set([this.#latest, ...this.#byPeer.values()])];
  }
}
