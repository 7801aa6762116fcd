import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, startServer } from "./server-process.ts";
import { repository, toolPath } from "./tool-path.ts";

export interface Keycloak {
  /** Base URL, without a path: realms are at `/realms/NAME`, the admin API at `/admin/realms/NAME`. */
  readonly url: string;
  /** Health and metrics. */
  readonly managementUrl: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  log(): string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/**
 * A real Keycloak on the loopback with an empty database of its own: 8 s on an idle machine, a minute on a busy one.
 * Built for `scim-api` and `user-event-metrics`; the admin user is made at the first start, by `make tools`.
 */
export const startKeycloak = async (options: readonly string[] = []): Promise<Keycloak> => {
  const dist = toolPath("keycloak");
  const run = await mkdtemp(join(tmpdir(), "seatwise-keycloak-"));
  const [port, management] = await freePorts(2);
  const managementUrl = `http://127.0.0.1:${management}`;
  const remove = () => rm(run, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await startServer({
      name: "Keycloak",
      file: join(repository(), "tools", "keycloak.sh"),
      args: [dist, run, String(port), String(management), ...options],
      env: { JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx768m" },
      ready: `${managementUrl}/health/ready`,
      withinMs: 180_000,
    });
    const stop = async () => {
      await server.stop();
      await remove();
    };
    const url = `http://127.0.0.1:${port}`;
    return { url, managementUrl, adminUser: "admin", adminPassword: "admin", log: server.log, stop };
  } catch (error) {
    await remove();
    throw error;
  }
};
