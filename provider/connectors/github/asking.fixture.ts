import { type Stand, signal, stand } from "./world.fixture.ts";

/**
 * What the real GitHub refuses, asked of the simulator by plain requests, each with where it is written. “Description” is
 * GitHub's own (`spec/github.json`); words that only somebody's report shows are marked so.
 */
export interface Refusal {
  readonly name: string;
  readonly source: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly before?: (at: Stand) => void;
  readonly status: number;
  readonly says?: RegExp;
}

export const users = "/orgs/acme/copilot/billing/selected_users";

type Simulator = Stand["simulator"];
export const invited = (simulator: Simulator, login: string): void => {
  const user = simulator.state().byLogin.get(login) ?? null;
  simulator.state().invitations.set(1, {
    id: 1,
    user,
    email: null,
    createdAt: new Date(simulator.clock.now()).toISOString(),
    team: null,
  });
};
export const manyInvited = (simulator: Simulator): void => {
  const createdAt = new Date(simulator.clock.now()).toISOString();
  for (let id = 1; id <= 500; id += 1)
    simulator.state().invitations.set(id, { id, user: null, email: `${id}@else.test`, createdAt, team: null });
};
export const spent: Promise<unknown>[] = [];
export const spend = (at: Stand, times: number, how: { method: string; as?: string; minutes?: true }): void => {
  const path = how.method === "GET" ? "/users/ada" : users;
  const body = how.method === "GET" ? undefined : { selected_usernames: ["bob"] };
  const work = async (): Promise<void> => {
    for (let n = 0; n < times; n += 1) {
      if (how.minutes && n % 400 === 399) at.clock.advance(60_000);
      await ask(at, { method: how.method, path, body, headers: how.as ? { authorization: `Bearer ${how.as}` } : {} });
    }
  };
  spent.push(work());
};

export const ask = (
  { simulator }: Stand,
  { method = "GET", path, body, headers = {} }: Pick<Refusal, "method" | "path" | "body" | "headers">,
) => {
  const own = {
    authorization: `Bearer ${simulator.token}`,
    "user-agent": "test",
    "content-type": "application/json",
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(own).filter((e): e is [string, string] => e[1] !== undefined));
  const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  return simulator.transport({
    method,
    url: `http://github.test${path}`,
    headers: sent,
    signal,
    timeoutMs: 1000,
    ...text,
  });
};

export const company = async (): Promise<Stand> => {
  const at = await stand({ app: true, perHour: 1000 });
  const { simulator } = at;
  simulator.acceptToken("member", { kind: "classic", owner: false, scopes: ["admin:org"] });
  simulator.acceptToken("reader", { kind: "classic", owner: true, scopes: ["read:org"] });
  simulator.acceptToken("app-like", { kind: "app", owner: true, scopes: [] });
  for (const login of ["ada", "bob", "tia"]) simulator.addAccount({ login });
  simulator.addAccount({ login: "boss", role: "admin" });
  for (const login of ["out", "guest"]) simulator.addAccount({ login, role: "outside" });
  simulator.addTeam({ slug: "pilots", copilot: true });
  simulator.addTeam({ slug: "synced", managed: true });
  simulator.addToTeam("synced", "bob");
  simulator.addToTeam("pilots", "tia");
  simulator.giveCopilot("ada");
  return at;
};
