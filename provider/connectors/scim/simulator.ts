import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import { createRandom } from "../simulator/random.ts";
import { on } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook, sameSecret } from "../simulator/tokens.ts";
import { complete, type Dialect, forEntra, likeScim2Server, modest } from "./server/dialect.ts";
import { Refusal } from "./server/refusal.ts";
import { answerOf, createRoutes, malformed } from "./server/routes.ts";
import { createService, type Service } from "./server/service.ts";

export type { Dialect, SeatTerms } from "./server/dialect.ts";
export const dialects = { complete, likeScim2Server, modest, forEntra } as const;

export interface ScimSimulatorOptions {
  readonly dialect?: Partial<Dialect>;
  /** Accepted as a bearer token. Default: `scim-simulator-token`. */
  readonly token?: string;
  /** Accepted as basic authentication. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** Gives out tokens at `/token`. */
  readonly client?: { readonly id: string; readonly secret: string; readonly lifeMs?: number };
  /** How long lists trail behind writes. */
  readonly lagMs?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  readonly port?: number;
}
export interface ScimSimulator extends Simulator {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly token: string;
  /** The world behind it, for tests that look or seed without HTTP. */
  readonly service: Service;
  setLag(ms: number): void;
}

/** A SCIM 2.0 service in memory: RFC 7643, 7644 and 9865, in the dialect that is asked for. */
export const startScimSimulator = async (options: ScimSimulatorOptions = {}): Promise<ScimSimulator> => {
  const clock = options.clock ?? createSimulatorClock();
  const random = createRandom(options.seed ?? 1);
  const token = options.token ?? "scim-simulator-token";
  const book = createTokenBook(clock, random);
  book.accept(token, "seatwise");
  const service = createService({ ...complete, ...options.dialect }, clock, random);
  service.world.setLag(options.lagMs ?? 0);
  const unauthorised = answerOf(
    new Refusal(401, null, "Authorization failure. The authorization header is invalid or missing"),
  );
  const asBasic = (header: string): string | null => {
    const { basic } = options;
    if (!basic) return null;
    const wanted = `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString("base64")}`;
    return sameSecret(header, wanted) ? basic.username : null;
  };
  const simulator = await startSimulator(
    {
      name: "scim",
      clock,
      mediaType: "application/scim+json",
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      routes: [
        on.post(
          "/token",
          ({ body }) => {
            const form = Object(body) as Record<string, unknown>; // a form, or nothing
            const { client } = options;
            const good = client && form.client_id === client.id && form.client_secret === client.secret;
            if (!good) return { status: 401, body: { error: "invalid_client" } };
            const life = client.lifeMs ?? 300_000;
            return { status: 200, body: { access_token: book.issue(client.id, life), expires_in: life / 1000 } };
          },
          { open: true },
        ),
        ...createRoutes(service, "/scim/v2"),
      ],
      authenticate: ({ headers }) => {
        const as = book.who(headers.authorization) ?? asBasic(headers.authorization ?? "");
        return as === null ? { refuse: unauthorised } : { as };
      },
      refusals: {
        unknownPath: ({ path }) => answerOf(new Refusal(404, null, `No resource type found at '${path}'`)),
        otherMethod: (_asked, allowed) => ({
          ...answerOf(new Refusal(405, null, "The endpoint does not support this method")),
          headers: { allow: allowed.join(", ") },
        }),
        malformed,
        fault: (status) => answerOf(new Refusal(status, null, "The service is not available now")),
      },
      expire: (authorization) => book.revoke(authorization),
    },
    options.port,
  );
  return Object.assign(simulator, {
    baseUrl: `${simulator.url}/scim/v2`,
    tokenUrl: `${simulator.url}/token`,
    token,
    service,
    setLag: (ms: number) => service.world.setLag(ms),
  });
};
