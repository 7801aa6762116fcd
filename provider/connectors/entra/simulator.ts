import { createSimulatorClock, type SimulatorClock } from "../simulator/clock.ts";
import type { Deeds, Enterprise, SandboxSystem } from "../simulator/company.ts";
import { createRandom } from "../simulator/random.ts";
import type { Answer } from "../simulator/router.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { createWorld } from "../simulator/world.ts";
import { batchRoute } from "./server/batch.ts";
import { propertiesOf, seedOf } from "./server/company.ts";
import { createHands, type Hands } from "./server/deeds.ts";
import { groupRoutes } from "./server/groups.ts";
import { refusals, refuse } from "./server/refusals.ts";
import { type EntraGroup, type EntraPerson, type EntraSku, holdersOf, tenantOf } from "./server/seed.ts";
import { type App, bucketsFor, type Server, type Tenant } from "./server/state.ts";
import { tokenRoutes } from "./server/token.ts";
import { userRoutes } from "./server/users.ts";

export interface EntraSimulatorConfig {
  readonly people?: readonly EntraPerson[];
  readonly groups?: readonly EntraGroup[];
  readonly skus?: readonly EntraSku[];
  /** Default: one app that may do everything the connector does. */
  readonly apps?: readonly App[];
  readonly domain?: string;
  readonly port?: number;
  readonly clock?: SimulatorClock;
  readonly seed?: number;
}
export interface EntraSimulator extends Simulator {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly hands: Hands;
  readonly tenant: () => Tenant;
  holders(sku: string): readonly string[];
  /** How long lists with the advanced parameters trail behind writes. */
  setLag(ms: number): void;
  /** How long group licensing takes. */
  setProcessing(ms: number): void;
  /** Entra ID P1, without which sign-ins are not told. */
  setPremium(on: boolean): void;
  /** Delta tokens from before now are answered with 410. */
  expireDeltas(): void;
  /** The next requests inside a batch that fit are answered so. */
  failInner(where: { readonly method?: string; readonly url: RegExp; readonly times?: number }, answer: Answer): void;
}

export const everyRole: readonly string[] = [
  "User.Read.All",
  "GroupMember.Read.All",
  "LicenseAssignment.Read.All",
  "LicenseAssignment.ReadWrite.All",
  "GroupMember.ReadWrite.All",
  "User.ReadWrite.All",
  "AuditLog.Read.All",
];

interface InnerFault {
  readonly method?: string;
  readonly url: RegExp;
  left: number;
  readonly answer: Answer;
}

const createServer = (config: EntraSimulatorConfig): Server => {
  const clock = config.clock ?? createSimulatorClock();
  const random = createRandom(config.seed ?? 1);
  const domain = config.domain ?? "acme.test";
  const { people = [], groups = [], skus = [] } = config;
  const tenantId = random.uuid();
  const apps = config.apps ?? [{ clientId: random.uuid(), secret: `secret-${random.word(24)}`, roles: everyRole }];
  const tenant = tenantOf({ people, groups, skus }, { uuid: random.uuid, domain, now: clock.now() });
  return {
    world: createWorld(tenant, clock),
    clock,
    random,
    tenantId,
    domain,
    apps: [...apps],
    tokens: new Map(),
    buckets: bucketsFor(tenant.users.size, clock),
    premium: true,
    processingMs: 0,
    deltaEra: 0,
  };
};

/** Microsoft Graph v1.0 and Entra's token endpoint, as far as the connector and its tests use them. */
export const startEntraSimulator = async (config: EntraSimulatorConfig = {}): Promise<EntraSimulator> => {
  const server = createServer(config);
  const inner: InnerFault[] = [];
  const meet = ({ method, url }: { readonly method: string; readonly url: string }): Answer | null => {
    const fault = inner.find((one) => one.left > 0 && one.url.test(url) && (one.method ?? method) === method);
    if (fault) fault.left -= 1;
    return fault?.answer ?? null;
  };
  const routes = [...userRoutes(server), ...groupRoutes(server)];
  const bearer = (header: string | undefined): string => /^Bearer (\S+)$/i.exec(header ?? "")?.[1] ?? "";
  const simulator = await startSimulator(
    {
      name: "entra",
      clock: server.clock,
      ...(config.seed === undefined ? {} : { seed: config.seed }),
      routes: [...tokenRoutes(server), batchRoute(server, routes, { meet }), ...routes],
      authenticate: ({ headers }) => {
        const token = bearer(headers.authorization);
        const known = server.tokens.get(token);
        if (known && known.until > server.clock.now()) return { as: token };
        return { refuse: token === "" ? refusals.noToken() : refusals.oldToken() };
      },
      refusals: {
        unknownPath: ({ path }) => refusals.noSegment(path),
        otherMethod: refusals.otherMethod,
        malformed: refusals.malformed,
        fault: (status) =>
          refuse(status, status === 429 ? "TooManyRequests" : "ServiceNotAvailable", "The service is busy."),
      },
      expire: (header) => server.tokens.delete(bearer(header)),
    },
    config.port ?? 0,
  );
  const [app] = server.apps;
  return Object.assign(simulator, {
    tenantId: server.tenantId,
    clientId: app?.clientId ?? "",
    clientSecret: app?.secret ?? "",
    hands: createHands(server),
    tenant: () => server.world.read(),
    holders: (sku: string) => holdersOf(server.world.read(), sku),
    setLag: (ms: number) => server.world.setLag(ms),
    setProcessing: (ms: number) => {
      server.processingMs = ms;
    },
    setPremium: (on: boolean) => {
      server.premium = on;
    },
    expireDeltas: () => {
      server.deltaEra += 1;
    },
    failInner: (
      { times = 1, ...where }: { readonly method?: string; readonly url: RegExp; readonly times?: number },
      answer: Answer,
    ) => {
      inner.push({ ...where, left: times, answer });
    },
  });
};

const deedsOf = (simulator: EntraSimulator, company: Enterprise): Deeds => {
  const emails = new Map(company.people.map(({ login, email }) => [login, email]));
  const ids = new Map<string, string>();
  // The login stays, whatever becomes of the address: people are known by their ids from the first deed on.
  const who = (login: string): string => {
    const id = ids.get(login) ?? simulator.hands.userId(emails.get(login) ?? login);
    ids.set(login, id);
    return id;
  };
  const group = (sku: string): string | null => (sku.startsWith("group:") ? sku.slice(6) : null);
  return {
    hire: (worker) => {
      ids.set(
        worker.login,
        simulator.hands.hire({ login: worker.email, properties: propertiesOf(worker), groups: worker.groups }),
      );
    },
    change: (worker) => {
      const id = who(worker.login);
      simulator.hands.change(id, propertiesOf(worker));
      for (const { id: one, displayName, members, licenses } of simulator.tenant().groups.values()) {
        const wanted = worker.groups.includes(displayName);
        if (wanted && !members.has(id)) simulator.hands.join(one, id);
        // Whoever has a seat through a group keeps it: the personnel office does not know that group.
        if (!wanted && members.has(id) && licenses.length === 0) simulator.hands.leave(one, id);
      }
    },
    leave: (login) => simulator.hands.remove(who(login)),
    signIn: (login, at) => simulator.hands.signIn(who(login), at),
    giveSeat: (sku, login) => {
      const name = group(sku);
      if (name === null) simulator.hands.give(sku, who(login));
      else simulator.hands.join(name, who(login));
    },
    takeSeat: (sku, login) => {
      const name = group(sku);
      if (name === null && !simulator.holders(sku).includes(who(login)))
        throw new Error(`${login} has no seat of ${sku}`);
      if (name === null) simulator.hands.take(sku, who(login));
      else simulator.hands.leave(name, who(login));
    },
  };
};

export const sandbox: SandboxSystem = {
  name: "entra",
  title: "Microsoft Entra ID and Microsoft 365",
  async start(company, { port, seed, clock }) {
    const simulator = await startEntraSimulator({ ...seedOf(company), domain: company.domain, port, seed, clock });
    simulator.setProcessing(5000);
    const { tenantId, clientId, clientSecret, url } = simulator;
    const tenant = simulator.tenant();
    return {
      simulator,
      connection: { tenantId, clientId, baseUrl: `${url}/v1.0`, loginUrl: url },
      secrets: { clientSecret },
      shows: [
        `${tenant.users.size} users and ${tenant.groups.size} groups of ${company.domain}, with department, title, employeeType, manager and sign-ins`,
        ...[...tenant.skus.values()].map(
          ({ skuId, skuPartNumber, enabled }) =>
            `${skuPartNumber}: ${tenant.consumed.get(skuId) ?? 0} of ${enabled} seats in use`,
        ),
        ...[...tenant.groups.values()]
          .filter(({ licenses }) => licenses.length > 0)
          .map(
            ({ displayName, members }) =>
              `group ${displayName}: licenses its ${members.size} members, seconds after they join`,
          ),
      ],
      deeds: deedsOf(simulator, company),
    };
  },
};
export type { EntraGroup, EntraPerson, EntraSku } from "./server/seed.ts";
