import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import { createRandom } from "../simulator/random.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook, sameSecret } from "../simulator/tokens.ts";
import { createWorld } from "../simulator/world.ts";
import { admin, readOnlyAdmin } from "./server/access.ts";
import { appRoutes } from "./server/apps.ts";
import { eventRoutes } from "./server/events.ts";
import { groupRoutes } from "./server/groups.ts";
import { createHands, type Hands } from "./server/hands.ts";
import { createLimits } from "./server/limits.ts";
import { createCursors } from "./server/pages.ts";
import { refuse } from "./server/refusals.ts";
import type { Client, Org, Server } from "./server/state.ts";
import { createTokenRoutes } from "./server/token.ts";
import { userRoutes } from "./server/users.ts";

export const allScopes = [
  "okta.users.read",
  "okta.groups.read",
  "okta.groups.manage",
  "okta.apps.read",
  "okta.apps.manage",
  "okta.logs.read",
] as const;

export interface OktaSimulatorConfig {
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  /** SSWS tokens of an administrator and of one who may only read. */
  readonly apiToken?: string;
  readonly readOnlyToken?: string;
  /** The service application and what it was granted. */
  readonly scopes?: readonly string[];
  readonly dpop?: boolean;
  /** Which part of each rate limit one token has. Okta's default: a half. */
  readonly share?: number;
  /** How long group rules take to be evaluated. */
  readonly rulesMs?: number;
}
export interface OktaSimulator extends Simulator {
  readonly apiToken: string;
  readonly readOnlyToken: string;
  readonly clientId: string;
  readonly keyId: string;
  /** PEM. */
  readonly privateKey: string;
  readonly hands: Hands;
  /** How long user search trails behind writes; lists and single reads do not. */
  setLag(ms: number): void;
}

/** Made once: a key takes a tenth of a second. */
let known: { readonly privateKey: KeyObject } | null = null;
const keyPair = (): { readonly privateKey: KeyObject } => {
  known ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return known;
};

const emptyOrg = (): Org => ({ users: new Map(), groups: new Map(), apps: new Map(), rules: new Map() });

/** Okta's management API and its token endpoint, as far as the connector and its tests use them. */
export const startOktaSimulator = async (config: OktaSimulatorConfig = {}): Promise<OktaSimulator> => {
  const clock = config.clock ?? createSimulatorClock();
  const random = createRandom(config.seed ?? 1);
  const pair = keyPair();
  const client: Client = {
    id: "0oasimseatwise00000",
    keyId: "sim-key-1",
    publicKey: createPublicKey(pair.privateKey),
    scopes: config.scopes ?? allScopes,
    dpop: config.dpop ?? false,
  };
  const secrets = {
    apiToken: config.apiToken ?? `00sim-${random.word(36)}`,
    readOnlyToken: config.readOnlyToken ?? `00sim-${random.word(36)}`,
  };
  const tokens = createTokenBook(clock, random);
  let address = "";
  const server: Server = {
    world: createWorld(emptyOrg(), clock),
    events: [],
    clients: new Map([[client.id, client]]),
    limits: createLimits(clock, config.share ?? 0.5),
    clock,
    random,
    url: () => address,
    rulesMs: config.rulesMs ?? 0,
  };
  const hands = createHands(server);
  hands.addGroup("Everyone", { type: "BUILT_IN", description: "All users in your organization" });
  const who = (authorization = ""): string | null => {
    const ssws = /^SSWS (\S+)$/.exec(authorization)?.[1];
    if (ssws === undefined) return tokens.who(authorization);
    if (sameSecret(ssws, secrets.apiToken)) return admin;
    return sameSecret(ssws, secrets.readOnlyToken) ? readOnlyAdmin : null;
  };
  const cursors = createCursors(() => random.word(20));
  const simulator = await startSimulator(
    {
      name: "okta",
      clock,
      ...(config.seed === undefined ? {} : { seed: config.seed }),
      routes: [
        ...createTokenRoutes(server, tokens),
        ...userRoutes(server, cursors),
        ...groupRoutes(server, cursors),
        ...appRoutes(server, cursors),
        ...eventRoutes(server, cursors),
      ],
      authenticate: ({ headers }) => {
        const as = who(headers.authorization);
        return as === null ? { refuse: refuse.token() } : { as };
      },
      limit: ({ method, path }) => server.limits.take(method, path),
      refusals: {
        unknownPath: refuse.path,
        otherMethod: refuse.method,
        malformed: refuse.malformed,
        fault: (status) => (status === 403 ? refuse.denied() : status === 429 ? refuse.limit() : refuse.failed(status)),
      },
      expire: (authorization) => tokens.revoke(authorization),
    },
    config.port ?? 0,
  );
  address = simulator.url;
  return Object.assign(simulator, {
    ...secrets,
    clientId: client.id,
    keyId: client.keyId,
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    hands,
    setLag: server.world.setLag,
  });
};

export { sandbox } from "./sandbox.ts";
