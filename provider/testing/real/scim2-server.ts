import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, startServer } from "./server-process.ts";
import { toolPath } from "./tool-path.ts";

export interface Scim2Server {
  /** Base URL of the SCIM service, ending in `/v2`. */
  readonly url: string;
  readonly token: string;
  log(): string;
  stop(): Promise<void>;
}

export interface Scim2Options {
  readonly token?: string;
  /** What it announces at /ServiceProviderConfig; default: everything but cursor paging. */
  readonly serviceProviderConfig?: Readonly<Record<string, unknown>>;
  /** Further options of the program itself. */
  readonly args?: readonly string[];
}

/** The reference SCIM server, empty, in memory, on the loopback; half a second. */
export const startScim2Server = async (options: Scim2Options = {}): Promise<Scim2Server> => {
  const folder = toolPath("scim2-server");
  const token = options.token ?? "scim-token";
  const files = await mkdtemp(join(tmpdir(), "seatwise-scim-"));
  const remove = () => rm(files, { recursive: true, force: true });
  const args = ["-m", "scim2_server.testserver.cli", "--bearer-token", token, ...(options.args ?? [])];
  if (options.serviceProviderConfig !== undefined) {
    const file = join(files, "service-provider-config.json");
    await writeFile(file, JSON.stringify(options.serviceProviderConfig));
    args.push("--service-provider-config", file);
  }
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/v2`;
  try {
    const server = await startServer({
      name: "scim2-server",
      file: join(folder, "bin", "python"),
      args: [...args, "--port", String(port)],
      env: {},
      ready: `${url}/ServiceProviderConfig`,
      headers: { authorization: `Bearer ${token}` },
      withinMs: 30_000,
    });
    const stop = async () => {
      await server.stop();
      await remove();
    };
    return { url, token, log: server.log, stop };
  } catch (error) {
    await remove();
    throw error;
  }
};
