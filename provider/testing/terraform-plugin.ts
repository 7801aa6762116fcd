import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { type Certificate, selfSigned } from "../frontends/terraform/certificate.ts";
import type { Sendable } from "../frontends/terraform/proto.ts";
import {
  brokerService,
  controllerService,
  type ProviderRpcs,
  providerService,
  stdioService,
} from "../frontends/terraform/proto.ts";
import { lives } from "./real/watched-process.ts";

/** What Terraform puts into a plugin's environment, but for its certificate. */
export const asTerraform: Readonly<Record<string, string>> = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
};

export interface StartPlugin {
  /** The program and its words. */
  readonly command: readonly [file: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** The client's certificate; null: plaintext. */
  readonly client?: Certificate | null;
}

/** A plugin process that was started as Terraform starts it, and what it said by then. */
export class TerraformPlugin {
  readonly child: ChildProcess;
  readonly line: string;
  readonly log: string[];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  private constructor(child: ChildProcess, line: string, log: string[], ended: TerraformPlugin["ended"]) {
    this.child = child;
    this.line = line;
    this.log = log;
    this.ended = ended;
  }

  static async start({ command: [file, ...args], env = {}, client = null }: StartPlugin): Promise<TerraformPlugin> {
    const certificate = client ? { PLUGIN_CLIENT_CERT: client.pem } : {};
    const child = spawn(file, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...asTerraform, ...certificate, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    createInterface(child.stderr).on("line", (line) => log.push(line));
    const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    const lines = createInterface(child.stdout);
    const [line] = await Promise.race([once(lines, "line"), ended.then(() => [""])]);
    return new TerraformPlugin(child, String(line), log, ended);
  }

  get network(): string {
    return this.line.split("|")[2] ?? "";
  }
  get address(): string {
    return this.line.split("|")[3] ?? "";
  }
  /** What the process made and must take away. */
  get folder(): string {
    return dirname(this.address);
  }
  get running(): boolean {
    return lives(this.child.pid ?? 0) && this.child.exitCode === null && this.child.signalCode === null;
  }
  get socketIsThere(): boolean {
    return existsSync(this.folder);
  }

  /** The server's certificate as PEM: what Terraform makes its only authority. */
  get authority(): string {
    return new X509Certificate(Buffer.from(this.line.split("|")[5] ?? "", "base64")).toString();
  }
}

/** A client as Terraform is one: its own certificate, the server's as only authority. */
export class TerraformClient {
  readonly #client: grpc.Client;
  readonly #calls: grpc.ClientUnaryCall[] = [];

  constructor(plugin: Pick<TerraformPlugin, "network" | "address" | "authority">, own: Certificate | null) {
    const credentials = own
      ? grpc.credentials.createSsl(Buffer.from(plugin.authority), Buffer.from(own.key), Buffer.from(own.pem))
      : grpc.credentials.createInsecure();
    const address = plugin.network === "unix" ? `unix:${plugin.address}` : plugin.address;
    this.#client = new grpc.Client(address, credentials, {
      "grpc.ssl_target_name_override": "localhost",
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
  }

  call<M extends keyof ProviderRpcs>(
    name: M,
    request: Sendable<ProviderRpcs[M]["request"]>,
  ): Promise<ProviderRpcs[M]["response"]> {
    return this.#unary(providerService[name], request) as Promise<ProviderRpcs[M]["response"]>; // by the service's codec
  }
  /** A call with other bytes than its message's. */
  garbled(name: keyof ProviderRpcs, bytes: Buffer): Promise<unknown> {
    const method = providerService[name];
    return this.#unary(method && { ...method, requestSerialize: () => bytes }, {});
  }
  shutdown(): Promise<unknown> {
    return this.#unary(controllerService.shutdown, {});
  }
  /** The two streams that Terraform opens with every plugin. */
  openStreams(): readonly grpc.ClientReadableStream<unknown>[] {
    const { streamStdio } = stdioService;
    const { startStream } = brokerService;
    if (!streamStdio || !startStream) throw new Error("the plugin's services are not in the protocol");
    const serialize = startStream.requestSerialize;
    const stdio = this.#client.makeServerStreamRequest(
      streamStdio.path,
      streamStdio.requestSerialize,
      streamStdio.responseDeserialize,
      {},
    );
    const broker = this.#client.makeBidiStreamRequest(startStream.path, serialize, startStream.responseDeserialize);
    return [stdio, broker];
  }
  close(): void {
    this.#client.close();
  }
  /** Gone in the middle of its calls. */
  hangUp(): void {
    for (const call of this.#calls) call.cancel();
    this.close();
  }

  #unary(method: grpc.MethodDefinition<unknown, unknown> | undefined, request: unknown): Promise<unknown> {
    if (!method) throw new Error("no such call in the protocol");
    const deadline = { deadline: Date.now() + 30_000 };
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        new grpc.Metadata(),
        deadline,
        (error, response) => (error ? reject(error) : resolve(response)),
      );
      this.#calls.push(call);
    });
  }
}

export const clientCertificate = (): Certificate => selfSigned(new Date());
