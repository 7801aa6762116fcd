import { generateKeyPairSync } from "node:crypto";
import { type Bucket, createBucket } from "../simulator/buckets.ts";
import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import { createRandom } from "../simulator/random.ts";
import type { Answer, Asked } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook } from "../simulator/tokens.ts";
import { createWorld } from "../simulator/world.ts";
import { scopes } from "./api.ts";
import { directoryRoutes } from "./server/directory.ts";
import { createHands, type Hands } from "./server/hands.ts";
import { licensingRoutes } from "./server/licensing.ts";
import { refuse } from "./server/refusals.ts";
import { reportRoutes } from "./server/reports.ts";
import { empty, type Server } from "./server/state.ts";
import { asOf, tokenRoutes } from "./server/token.ts";

export type { Hands, NewUser } from "./server/hands.ts";

interface Quota {
  readonly limit: number;
  readonly perMs: number;
}
export interface GoogleWorkspaceOptions {
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  readonly domain?: string;
  /** How long lists and searches trail behind writes. */
  readonly lagMs?: number;
  /** Scopes that domain-wide delegation allows. Default: all that the connector may ask for. */
  readonly delegated?: readonly string[];
  /** Bought licences by SKU id; what is not named was not bought. */
  readonly purchased?: Readonly<Record<string, number>>;
  /** By SKU id: organisational units whose people are licensed automatically. */
  readonly automatic?: Readonly<Record<string, readonly string[]>>;
  /** Default: 1 a second to the License Manager, 2,400 a minute and administrator to the others. */
  readonly quotas?: { readonly licensing?: Quota; readonly directory?: Quota };
  /** Default: 100 a page, and fewer than asked for above it. */
  readonly licensePage?: Server["licensePage"];
}
export interface GoogleWorkspaceSimulator extends Simulator {
  readonly domain: string;
  readonly customerId: string;
  readonly administrator: string;
  /** The service account's key file, as Google Cloud gives it. */
  readonly credentials: string;
  readonly tokenUrl: string;
  readonly hands: Hands;
  readonly purchased: Map<string, number>;
  setLag(ms: number): void;
  /** What is delegated from now on; tokens that were given stay good. */
  delegate(scopes: readonly string[]): void;
  /** The administrator's role lacks these from now on: `users`, `groups`, `licensing`, `reports`. */
  deny(...roles: readonly string[]): void;
}

/** One key pair per process: making one takes longer than most tests. */
let keys: { readonly publicKey: string; readonly privateKey: string } | null = null;
const keyPair = () => {
  keys ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return keys;
};

/** Counts as Google does: the License Manager for the project, the others for each administrator. */
const createLimits = (server: Server, { quotas = {} }: GoogleWorkspaceOptions) => {
  const licensing = createBucket({ ...(quotas.licensing ?? { limit: 1, perMs: 1000 }), kind: "sliding" }, server.clock);
  const others = new Map<string, Bucket>();
  return (asked: Omit<Asked, "as">): Answer | null => {
    const { path, headers } = asked;
    if (path.startsWith("/apps/licensing/")) return licensing.take() === null ? null : refuse.busy();
    if (!path.startsWith("/admin/")) return null;
    const who = `${path.split("/")[2]} ${asOf({ as: server.tokens.who(headers.authorization) ?? "" }).subject}`;
    const bucket = others.get(who) ?? createBucket(quotas.directory ?? { limit: 2400, perMs: 60_000 }, server.clock);
    others.set(who, bucket);
    return bucket.take() === null ? null : refuse.userRate();
  };
};

const createServer = (options: GoogleWorkspaceOptions): Server => {
  const clock = options.clock ?? createSimulatorClock();
  const random = createRandom(options.seed ?? 1);
  const world = createWorld(empty(), clock);
  return {
    world,
    clock,
    random,
    tokens: createTokenBook(clock, random),
    customerId: "C0sim1234",
    domain: options.domain ?? "acme.test",
    accounts: new Map(),
    purchased: new Map(Object.entries(options.purchased ?? {})),
    automatic: new Map(Object.entries(options.automatic ?? {})),
    denied: new Set(),
    licensePage: options.licensePage ?? { max: 100, above: "fewer" },
  };
};

/** Directory, License Manager and Reports APIs of one organisation, as far as the connector and its tests use them. */
export const startGoogleWorkspaceSimulator = async (
  options: GoogleWorkspaceOptions = {},
): Promise<GoogleWorkspaceSimulator> => {
  const server = createServer(options);
  const { domain } = server;
  const hands = createHands(server);
  const administrator = `admin@${domain}`;
  hands.addUser({ email: administrator, firstName: "Admin", lastName: "Istrator", isAdmin: true });
  server.world.setLag(options.lagMs ?? 0);
  const { publicKey, privateKey } = keyPair();
  const account = `seatwise@${domain.replaceAll(".", "-")}.iam.gserviceaccount.com`;
  const keyId = server.random.word(40);
  const delegate = (delegated: readonly string[]): void => {
    server.accounts.set(account, { email: account, keyId, publicKey, delegated });
  };
  delegate(options.delegated ?? Object.values(scopes));
  const simulator = await startSimulator(
    {
      name: "google-workspace",
      clock: server.clock,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      routes: [...tokenRoutes(server), ...directoryRoutes(server), ...licensingRoutes(server), ...reportRoutes(server)],
      limit: createLimits(server, options),
      authenticate: ({ headers }) => {
        const as = server.tokens.who(headers.authorization);
        return as === null ? { refuse: refuse.unauthenticated() } : { as };
      },
      refusals: {
        unknownPath: refuse.unknownPath,
        otherMethod: refuse.otherMethod,
        malformed: refuse.malformed,
        fault: refuse.injected,
      },
      expire: (authorization) => server.tokens.revoke(authorization),
    },
    options.port ?? 0,
  );
  const tokenUrl = `${simulator.url}/token`;
  const credentials = JSON.stringify({
    type: "service_account",
    project_id: "acme-it",
    private_key_id: keyId,
    private_key: privateKey,
    client_email: account,
    client_id: "104206900000000000000",
    token_uri: tokenUrl,
  });
  return Object.assign(simulator, {
    domain,
    customerId: server.customerId,
    administrator,
    credentials,
    tokenUrl,
    hands,
    purchased: server.purchased,
    setLag: (ms: number) => server.world.setLag(ms),
    delegate,
    deny: (...roles: readonly string[]) => {
      for (const role of roles) server.denied.add(role);
    },
  });
};
