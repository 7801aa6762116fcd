import { z } from "zod";
import type { OpenWith } from "../../core/connector.ts";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { TokenSource } from "../http/auth.ts";
import { type Endpoint, get, type Params, patch } from "../http/endpoint.ts";
import { type CallOptions, createHttp, opened } from "../http/http.ts";
import { type Memo, memo } from "../http/memo.ts";
import { byCursor } from "../http/pages.ts";
import { HttpProblem } from "../http/problems.ts";

const publicAddress = "https://api.zoom.us";
const publicLogin = "https://zoom.us/oauth/token";

export const config = z.object({
  accountId: field(z.string(), {
    identifies: true,
    description: "Account id of the Server-to-Server OAuth app; stands beside its client id.",
    example: "AbC1dEfGhIjKlMnOpQrStU",
  }),
  clientId: field(z.string(), { description: "Client id of that app.", example: "AbCdEfGhIjKlMnOpQrStUv" }),
  clientSecret: field(z.string().optional(), { description: "Client secret of that app.", secret: true }),
  plan: field(z.enum(["pro", "business"]).default("pro"), {
    description:
      "Whose rate limits hold: `business` stands for Business, Education, Enterprise and Partners, which may ask three times as often.",
  }),
  baseUrl: field(z.string().optional(), {
    identifies: true,
    description: `Address of the API. Default: \`${publicAddress}\`.`,
  }),
  tokenUrl: field(z.string().optional(), {
    description: `Where tokens come from. Default: \`${publicLogin}\`.`,
  }),
  pageSize: field(z.int().min(1).max(300).default(300), { description: "People asked for at once." }),
});
export type Config = z.infer<typeof config>;

/** In Zoom's words for new apps ("granular"); the older wide ones stand in `capabilities.scopes`. */
export const scopes = {
  list: "user:read:list_users:admin",
  user: "user:read:user:admin",
  update: "user:update:user:admin",
  plan: "account:read:admin",
} as const;

/** Requests a second, by the label that Zoom's reference gives each operation; all apps of an account share them. */
export const perSecond = {
  pro: { light: 30, medium: 20, heavy: 10 },
  business: { light: 80, medium: 60, heavy: 40 },
} as const;

const User = z.object({
  /** Somebody pending may have none yet. */
  id: z.string().min(1).optional(),
  email: z.string().min(1),
  type: z.number(),
  status: z.string().optional(),
  last_login_time: z.string().optional(),
});
export type User = z.infer<typeof User>;
/** Of somebody pending Zoom tells the id, and perhaps nothing else. */
const OneUser = User.partial();
export type OneUser = z.infer<typeof OneUser>;
const Users = z.object({ next_page_token: z.string().optional(), total_records: z.number(), users: z.array(User) });
const Plan = z.object({ type: z.string().optional(), hosts: z.number().optional(), usage: z.number().optional() });
/** The published schema says lists where its example, and other plans, have one object. */
const plans = z
  .union([z.array(Plan), Plan])
  .nullish()
  .transform((told) => (Array.isArray(told) ? told : told ? [told] : []));
const PlanUsage = z.object({ plan_base: plans, plan_united: plans });

const api = {
  users: get("/v2/users?status={status}&page_size={size}&next_page_token={token}", Users, {
    scope: scopes.list,
    bucket: "medium",
  }),
  /** By id or e-mail. */
  user: get("/v2/users/{user}", OneUser, { scope: scopes.user, bucket: "light" }),
  update: patch("/v2/users/{user}", null, { scope: scopes.update, bucket: "light" }),
  planUsage: get("/v2/accounts/{account}/plans/usage", PlanUsage, { scope: scopes.plan, bucket: "heavy" }),
};

/** Zoom's own code of a refusal; null: none (a proxy's page). */
export const codeOf = (error: unknown): number | null => {
  const body = error instanceof HttpProblem ? error.body : null;
  const code = typeof body === "object" && body !== null && "code" in body ? body.code : null;
  return typeof code === "number" ? code : null;
};
/** Unknown, or an invitation that ran out. */
const nobody: ReadonlySet<number | null> = new Set([1001, 1120]);
const lacksScope = 4711;
const paidOnly = 200;

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number(), scope: z.string().optional() });
/** What each token may do, as its answer said: tokens are shared by the process, and a new one would end the old. */
const grants = new Map<string, string>();

const authOf = ({ accountId, clientId, clientSecret, tokenUrl }: Config, connection: string): TokenSource => {
  const variable = `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_CLIENT_SECRET`;
  if (clientSecret === undefined)
    throw new Problem("denied", `connection "${connection}": clientSecret is missing`, {
      path: ["clientSecret"],
      hint: `Set ${variable}.`,
    });
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const form = new URLSearchParams({ grant_type: "account_credentials", account_id: accountId }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", authorization: `Basic ${basic}` };
  let asked = 0;
  return {
    kind: "token",
    tokenUrl: tokenUrl ?? publicLogin,
    id: `${accountId} ${clientId}`,
    secrets: [clientSecret, basic],
    hint: "check account id, client id and secret, that the app is a Server-to-Server OAuth app, and that it is activated.",
    request: async (now) => {
      asked = now;
      return { body: form, headers };
    },
    read(answer) {
      const told = Granted.safeParse(answer);
      if (!told.success) return null;
      if (grants.size >= 100) grants.clear();
      grants.set(told.data.access_token, told.data.scope ?? "");
      return { value: told.data.access_token, until: asked + told.data.expires_in * 1000 };
    },
  };
};

type Status = "active" | "pending" | "inactive";
export interface Client {
  readonly connection: string;
  /** Everybody of this status: the whole list or an error, once per walk. */
  list(status: Status, signal: AbortSignal): Promise<readonly User[]>;
  /** One person as they are now, by id or e-mail; null: Zoom says that nobody is called so. */
  find(user: string, signal: AbortSignal): Promise<OneUser | null>;
  setType(user: string, type: number, signal: AbortSignal): Promise<void>;
  /** Licenses bought; null: an account that pays for none, or no such plan. */
  purchased(signal: AbortSignal): Promise<number | null>;
  verify(signal: AbortSignal): Promise<void>;
  granted(signal: AbortSignal): Promise<readonly string[] | null>;
  forget(): void;
  requests(): number;
}

const createList =
  (given: { readonly connection: string; readonly size: number; readonly once: Memo }, call: Call): Client["list"] =>
  (status, signal) => {
    const what = `connection "${given.connection}": ${status} users`;
    const page = async (cursor: string | null, stop: AbortSignal) => {
      const asked = { status, size: given.size, token: cursor };
      const { users, total_records: total, next_page_token: next } = await call(api.users, asked, { signal: stop });
      // Another list in its place would make leavers of some and holders of others.
      if (users.some((user) => user.status !== undefined && user.status !== status))
        throw new Problem("refused", `${what}: a page holds people of another status`, {
          hint: "A list that may be wrong is never used. Try again; if it stays, report it to Zoom.",
        });
      return { items: users, total, next: next || null };
    };
    const key = ({ id, email }: User): string => id ?? email;
    return given.once(status, signal, (stop) => byCursor({ what, key, page: (cursor) => page(cursor, stop) }));
  };

type Call = <T, P extends Params>(endpoint: Endpoint<T, P>, params: P, options: CallOptions) => Promise<T>;

export const createClient = (given: Config, using: OpenWith): Client => {
  const { connection, log } = using;
  const root = (given.baseUrl ?? publicAddress).replace(/\/+$/, "");
  const rates = Object.entries(perSecond[given.plan]).map(([name, limit]) => [name, { limit, perMs: 1000 }] as const);
  const http = createHttp({
    ...opened(using),
    vendor: "Zoom",
    baseUrl: root,
    auth: authOf(given, connection),
    tenant: `${root} ${given.accountId}`,
    budgets: Object.fromEntries(rates),
    // A limit by the second comes without Retry-After.
    backoff: { limitMs: 1000 },
    secrets: [given.clientSecret],
  });
  /** Zoom says 400 where a right is missing. */
  const call: Call = async (endpoint, params, options) => {
    try {
      return await http.call(endpoint, params, options);
    } catch (error) {
      if (codeOf(error) !== lacksScope || !(error instanceof Problem)) throw error;
      throw new Problem("denied", `${error.message} (needs ${endpoint.scope})`, {
        hint: `Add ${endpoint.scope} to the scopes of the Server-to-Server OAuth app of connection "${connection}".`,
        cause: error,
      });
    }
  };
  const once = memo();
  return {
    connection,
    list: createList({ connection, size: given.pageSize, once }, call),
    find: async (user, signal) => {
      try {
        return await call(api.user, { user }, { signal });
      } catch (error) {
        if (nobody.has(codeOf(error))) return null;
        throw error;
      }
    },
    setType: async (user, type, signal) => {
      await call(api.update, { user }, { signal, body: { type } });
    },
    purchased: (signal) =>
      once("plan", signal, async (stop) => {
        try {
          const { plan_base, plan_united } = await call(api.planUsage, { account: "me" }, { signal: stop });
          const bought = [...plan_base, ...plan_united].flatMap(({ hosts }) => (hosts === undefined ? [] : [hosts]));
          return bought.length === 0 ? null : bought.reduce((sum, hosts) => sum + hosts, 0);
        } catch (error) {
          if (codeOf(error) !== paidOnly) throw error;
          log("warning", `${connection}: Zoom tells only paid accounts how many licenses they bought; declare them.`);
          return null;
        }
      }),
    verify: async (signal) => {
      await call(api.users, { status: "active", size: 1 }, { signal });
    },
    granted: async (signal) => {
      const told = grants.get((await http.token(signal)) ?? "");
      return told ? told.split(" ").sort() : null;
    },
    forget: () => {
      for (const status of ["active", "pending", "inactive"] satisfies Status[]) once.forget(status);
    },
    requests: http.requests,
  };
};
