import { randomInt, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { Certificate } from "./certificate.ts";
import { type Handshake, Refusal } from "./handshake.ts";

export interface Place {
  readonly network: "unix" | "tcp";
  readonly address: string;
  /** Takes away what stands on disk; at once, since the process is ending. */
  readonly remove: () => void;
}

/** The system's limit is 108 bytes on Linux, 104 on macOS. */
const LONGEST_PATH = 100;

const bind = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });

/** Whoever holds the client certificate's key, and nobody else. */
const credentialsFor = (client: string | null, own: Certificate | null): ServerCredentials => {
  if (client === null || !own) return ServerCredentials.createInsecure();
  if (!isCertificate(client))
    throw new Refusal(
      "Seatwise cannot serve: PLUGIN_CLIENT_CERT holds no certificate in PEM. Unset it, or let Terraform set it.",
    );
  const pair = { cert_chain: Buffer.from(own.pem), private_key: Buffer.from(own.key) };
  return ServerCredentials.createSsl(Buffer.from(client), [pair], true);
};
const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
};

const ownFolder = (parent: string): string => {
  try {
    return mkdtempSync(join(parent, "seatwise-"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `Seatwise cannot serve: no folder for its socket (${why}). Set TMPDIR to one that can be written.`,
    );
  }
};

/** In a folder that nobody else can enter. */
const onSocket = async (server: Server, folder: string, credentials: ServerCredentials): Promise<Place> => {
  const parent = Buffer.byteLength(join(folder, "seatwise-XXXXXX/s")) > LONGEST_PATH ? "/tmp" : folder;
  const own = ownFolder(parent);
  const remove = () => rmSync(own, { recursive: true, force: true });
  const address = join(own, "s");
  try {
    await bind(server, `unix:${address}`, credentials);
  } catch (error) {
    remove();
    throw error;
  }
  return { network: "unix", address, remove };
};

const inUse = (error: unknown): boolean => error instanceof Error && /EADDRINUSE|EACCES/.test(error.message);

/** Each port of the range, from one by chance: several providers start at once. */
const onPort = async (server: Server, ports: Handshake["ports"], credentials: ServerCredentials): Promise<Place> => {
  const many = ports.most - ports.least + 1;
  const first = randomInt(many);
  for (let i = 0; i < many; i++) {
    const port = ports.least + ((first + i) % many);
    try {
      const bound = await bind(server, `127.0.0.1:${port}`, credentials);
      return { network: "tcp", address: `127.0.0.1:${bound}`, remove: () => {} };
    } catch (error) {
      if (!inUse(error)) throw error;
    }
  }
  throw new Refusal(
    `Seatwise cannot serve: no port from ${ports.least} to ${ports.most} is free. Allow more by PLUGIN_MIN_PORT and PLUGIN_MAX_PORT.`,
  );
};

export const listen = (server: Server, handshake: Handshake, own: Certificate | null): Promise<Place> => {
  const credentials = credentialsFor(handshake.client, own);
  return handshake.network === "tcp"
    ? onPort(server, handshake.ports, credentials)
    : onSocket(server, handshake.folder || tmpdir(), credentials);
};
