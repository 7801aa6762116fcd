import type { Place } from "./listen.ts";
import type { Surroundings } from "./surroundings.ts";

/** Not a secret: it tells a start by Terraform from one by hand. */
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const CORE = 1;
const PROTOCOL = 6;

/** What Terraform asks for in our environment. */
export interface Handshake {
  /** The only client that may connect, as PEM; null: plaintext. */
  readonly client: string | null;
  readonly network: "unix" | "tcp";
  readonly ports: { readonly least: number; readonly most: number };
  /** Where the socket's own folder is made. */
  readonly folder: string;
}

/** Nobody can be served; the text is for a person. */
export class Refusal extends Error {}

const byHand = `This is the Seatwise provider for Terraform and OpenTofu. They start it themselves; by hand it does nothing.
To use it, put this into a configuration and run "terraform init":

  terraform {
    required_providers {
      seatwise = { source = "seatwise/seatwise" }
    }
  }

To debug it, start it with --reattach and follow what it prints.`;

const port = (name: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new Refusal(`Seatwise cannot serve: ${name} is "${text}", not a port. Unset it, or give a number up to 65535.`);
};

const portsOf = (env: Surroundings["env"]): Handshake["ports"] => {
  const least = port("PLUGIN_MIN_PORT", env("PLUGIN_MIN_PORT"), 0);
  const most = port("PLUGIN_MAX_PORT", env("PLUGIN_MAX_PORT"), least);
  if (least <= most) return { least, most };
  throw new Refusal(`Seatwise cannot serve: PLUGIN_MIN_PORT ${least} is above PLUGIN_MAX_PORT ${most}. Unset them.`);
};

const networkOf = ({ env, platform }: Surroundings): Handshake["network"] => {
  const asked = env("SEATWISE_PLUGIN_NETWORK") || (platform === "win32" ? "tcp" : "unix");
  if (asked === "tcp" || asked === "unix") return asked;
  throw new Refusal(`Seatwise cannot serve: SEATWISE_PLUGIN_NETWORK is "${asked}". Use unix or tcp, or unset it.`);
};

/** How to serve, without asking who started us: for `--reattach`. */
export const plainHandshake = (surroundings: Surroundings): Handshake => ({
  client: null,
  network: networkOf(surroundings),
  ports: { least: 0, most: 0 },
  folder: surroundings.temporary,
});

export const readHandshake = (surroundings: Surroundings): Handshake => {
  const { env, temporary } = surroundings;
  if (env("TF_PLUGIN_MAGIC_COOKIE") !== COOKIE) throw new Refusal(byHand);
  const offered = env("PLUGIN_PROTOCOL_VERSIONS");
  if (offered && !offered.split(",").map(Number).includes(PROTOCOL))
    throw new Refusal(
      `Seatwise speaks version ${PROTOCOL} of the plugin protocol; this command offers ${offered}. Use Terraform 1.0 or newer, or OpenTofu.`,
    );
  const tls = !env("TF_DISABLE_PLUGIN_TLS");
  return {
    client: (tls && env("PLUGIN_CLIENT_CERT")) || null,
    network: networkOf(surroundings),
    ports: portsOf(env),
    folder: env("PLUGIN_UNIX_SOCKET_DIR") || temporary,
  };
};

/** The line that Terraform waits for. It takes base64 without its padding only, and any other text for our failure. */
export const handshakeLine = ({ network, address }: Place, certificate: Uint8Array | null): string => {
  const encoded = certificate ? Buffer.from(certificate).toString("base64").replace(/=+$/, "") : "";
  return [CORE, PROTOCOL, network, address, "grpc", encoded].join("|");
};
