import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { startGoogleWorkspaceSimulator } from "./simulator.ts";

/** Two of one product, so that a move is one request. */
const skus = ["Google Workspace Enterprise Plus", "Google Workspace Business Standard"] as const;
const errors = [{ message: "User Rate Limit Exceeded", domain: "usageLimits", reason: "userRateLimitExceeded" }];

export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const purchased = { "1010020020": logins.length, "1010020028": logins.length };
    const simulator = await startGoogleWorkspaceSimulator({ clock, seed, purchased });
    const { hands } = simulator;
    const email = (login: string): string => `${login}@acme.test`;
    const ids = new Map(logins.map((login) => [email(login), hands.addUser({ email: email(login), lastName: login })]));
    const holder = (login: string): string => ids.get(email(login)) ?? "";
    return {
      simulator,
      kind: connector,
      config: {
        administrator: simulator.administrator,
        credentials: simulator.credentials,
        baseUrl: simulator.url,
        pageSize: 2,
      },
      skus,
      account: email,
      holder,
      holders: (sku) => hands.licensed(sku).map((address) => ids.get(address) ?? address),
      give: (sku, login) => hands.license(sku, email(login)),
      take: (sku, login) => hands.unlicense(sku, email(login)),
      setLag: simulator.setLag,
      laterPage: /[?&]pageToken=[^&]/,
      limit403: { kind: "status", status: 403, body: { error: { code: 403, message: errors[0]?.message, errors } } },
      bucketOf: (_method, path) => (path.startsWith("/apps/licensing/") ? "licensing" : (path.split("/")[2] ?? "")),
    };
  },
};
