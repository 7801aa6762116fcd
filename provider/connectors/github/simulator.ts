import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import { createRandom } from "../simulator/random.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createTokenBook } from "../simulator/tokens.ts";
import { createWorld } from "../simulator/world.ts";
import { appRoutes, createApp, type SimulatedApp } from "./server/app.ts";
import { copilotRoutes } from "./server/copilot.ts";
import { graphqlRoutes } from "./server/graphql.ts";
import { createHands, type Hands } from "./server/hands.ts";
import { createLimits } from "./server/limits.ts";
import { organizationRoutes } from "./server/organization.ts";
import { badCredentials, noAgent, notFound, otherVersion, refuse } from "./server/refusals.ts";
import { type Rights, type Service, withHeaders } from "./server/service.ts";
import { emptyState } from "./server/state.ts";
import { teamRoutes } from "./server/teams.ts";

export { sandbox } from "./server/sandbox.ts";

export interface GithubSimulatorOptions {
  /** Default: `acme`, both. */
  readonly organization?: string;
  readonly enterprise?: string;
  /** A classic token of an owner. Default: `github-simulator-token`. */
  readonly token?: string;
  /** Its scopes. Default: all that the connector can use. */
  readonly scopes?: readonly string[];
  /** Requests an hour. Default: 5,000. */
  readonly perHour?: number;
  /** A GitHub App is installed: this one, or one whose key is made at the start (which takes a moment). */
  readonly app?: boolean | SimulatedApp;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
  readonly port?: number;
  /** How long lists trail behind writes. */
  readonly lagMs?: number;
}
export interface GithubSimulator extends Simulator, Hands {
  readonly token: string;
  readonly organization: string;
  readonly enterprise: string;
  /** Null: none is installed. */
  readonly app: SimulatedApp | null;
  /** Another token, of somebody with these rights. */
  acceptToken(token: string, rights: Rights): void;
  setLag(ms: number): void;
}

const versions = ["2022-11-28", "2026-03-10"];
const all = ["admin:org", "manage_billing:copilot", "read:enterprise"];

/** GitHub's REST API (and two GraphQL queries), as far as seats go: one organization in one enterprise. */
export const startGithubSimulator = async (options: GithubSimulatorOptions = {}): Promise<GithubSimulator> => {
  const { token = "github-simulator-token", organization = "acme", enterprise = "acme" } = options;
  const clock = options.clock ?? createSimulatorClock();
  const book = createTokenBook(clock, createRandom(options.seed ?? 1));
  const app = options.app === true ? createApp() : options.app || null;
  const known = new Map<string, Rights>([["app", { kind: "app", owner: true, scopes: [] }]]);
  const acceptToken = (value: string, rights: Rights): void => {
    known.set(value, rights);
    book.accept(value, value);
  };
  acceptToken(token, { kind: "classic", owner: true, scopes: options.scopes ?? all });
  const world = createWorld(emptyState(organization, enterprise, clock.now()), clock);
  world.setLag(options.lagMs ?? 0);
  const limits = createLimits(clock, options.perHour ?? 5000);
  const nobody: Rights = { kind: "fine-grained", owner: false, scopes: [] };
  const service: Service = { world, clock, limits, rights: ({ as }) => known.get(as) ?? nobody };
  const routes = [
    ...organizationRoutes(service),
    ...copilotRoutes(service),
    ...teamRoutes(service),
    ...graphqlRoutes(service),
    ...(app ? appRoutes(service, { app, book, clock }) : []),
  ];
  const simulator = await startSimulator(
    {
      name: "github",
      clock,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      routes: routes.map((route) => withHeaders(service, route)),
      limit: (asked) => {
        if (!asked.headers["user-agent"]) return noAgent();
        const version = asked.headers["x-github-api-version"];
        if (version !== undefined && !versions.includes(version)) return otherVersion();
        return book.who(asked.headers.authorization) === null ? null : limits.take(asked);
      },
      authenticate: ({ headers }) => {
        const as = book.who(headers.authorization?.replace(/^token /i, "Bearer "));
        if (as !== null) return { as };
        return { refuse: headers.authorization ? badCredentials() : refuse(401, "Requires authentication") };
      },
      refusals: {
        unknownPath: notFound,
        // GitHub knows no 405: a method that it does not have is a path that is not there.
        otherMethod: notFound,
        malformed: () => refuse(400, "Problems parsing JSON"),
        fault: (status) => refuse(status, "Unicorn! This page is taking too long to load."),
      },
      expire: (authorization) => book.revoke(authorization),
    },
    options.port,
  );
  return Object.assign(simulator, createHands(service), {
    ...{ token, organization, enterprise, app, acceptToken },
    setLag: (ms: number) => world.setLag(ms),
  });
};
