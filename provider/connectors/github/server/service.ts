import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Answer, Asked, Handler, Route } from "../../simulator/router.ts";
import type { World } from "../../simulator/world.ts";
import type { Limits } from "./limits.ts";
import { notFound, refuse } from "./refusals.ts";
import { type State, settle } from "./state.ts";

/** What a credential may do. */
export interface Rights {
  readonly kind: "classic" | "fine-grained" | "app";
  /** An owner of organization and enterprise; others see what members see. */
  readonly owner: boolean;
  /** Of a classic token. */
  readonly scopes: readonly string[];
}
export interface Service {
  readonly world: World<State>;
  readonly clock: SimulatorClock;
  readonly limits: Limits;
  rights(asked: Pick<Asked, "as">): Rights;
}

/** What everything reads, with the seats gone whose cycle is over. */
export const seen = ({ world, clock }: Service): State => {
  const state = world.read();
  settle(state, clock.now());
  return state;
};
/** What lists show: it may trail behind. */
export const listed = ({ world, clock }: Service): State => {
  const state = world.listed();
  settle(state, clock.now());
  return state;
};

const wider: Readonly<Record<string, readonly string[]>> = {
  "read:org": ["write:org", "admin:org"],
  "write:org": ["admin:org"],
  "manage_billing:copilot": ["admin:org", "admin:enterprise"],
  "read:enterprise": ["admin:enterprise", "manage_billing:enterprise"],
};
const has = (rights: Rights, scope: string): boolean =>
  rights.scopes.includes(scope) || (wider[scope] ?? []).some((wide) => rights.scopes.includes(wide));

/** Null: allowed. `any`: one of these scopes is enough for a classic token. */
export const needs = (service: Service, asked: Asked, any: readonly string[]): Answer | null => {
  const rights = service.rights(asked);
  if (rights.kind !== "classic") return rights.owner ? null : notFound();
  if (any.some((scope) => has(rights, scope))) return rights.owner ? null : notFound();
  return {
    ...refuse(
      403,
      `Your token has not been granted the required scopes to execute this request. It requires one of the following scopes: ['${any.join("', '")}'].`,
    ),
    headers: { "x-accepted-oauth-scopes": any.join(", ") },
  };
};
/** The organization by its name, whatever the case; another one is not there. */
export const ofOrganization =
  (service: Service, scopes: readonly string[], handle: (state: State, asked: Asked) => Answer): Handler =>
  (asked) => {
    const { organization } = seen(service);
    if (asked.params.org?.toLowerCase() !== organization.login) return notFound();
    return needs(service, asked, scopes) ?? handle(seen(service), asked);
  };
export const ofEnterprise =
  (service: Service, scopes: readonly string[], handle: (state: State, asked: Asked) => Answer): Handler =>
  (asked) => {
    if (asked.params.enterprise !== seen(service).enterprise) return notFound();
    if (service.rights(asked).kind === "app" && asked.path.endsWith("/consumed-licenses"))
      return refuse(403, "Resource not accessible by integration");
    return needs(service, asked, scopes) ?? handle(seen(service), asked);
  };

/** Every answer tells what remains of the hour, and a classic token's scopes. */
export const withHeaders = (service: Service, route: Route): Route => ({
  ...route,
  handle: async (asked) => {
    const answer = await route.handle(asked);
    if (route.open) return answer;
    const rights = service.rights(asked);
    const told = rights.kind === "classic" ? { "x-oauth-scopes": rights.scopes.join(", ") } : {};
    return { ...answer, headers: { ...service.limits.headers(asked), ...told, ...answer.headers } };
  },
});

const whole = (text: string | null, otherwise: number): number => {
  const number = Number(text ?? "");
  return text !== null && Number.isInteger(number) && number > 0 ? number : otherwise;
};
/** One page of a list with its `Link` header. More than 100 a page are never given. */
export const paged = <T>(asked: Asked, items: readonly T[], body: (page: T[]) => unknown, usual = 30): Answer => {
  const size = Math.min(100, whole(asked.query.get("per_page"), usual));
  const page = whole(asked.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const address = (nth: number): string => {
    const query = new URLSearchParams(asked.query);
    query.set("page", String(nth));
    return `<http://${asked.headers.host ?? "api.github.com"}${asked.path}?${query}>`;
  };
  const back = page > 1 ? [`${address(Math.min(page - 1, last))}; rel="prev"`, `${address(1)}; rel="first"`] : [];
  const on = page < last ? [`${address(page + 1)}; rel="next"`, `${address(last)}; rel="last"`] : [];
  const link = [...back, ...on].join(", ");
  return {
    status: 200,
    body: body(items.slice((page - 1) * size, page * size)),
    ...(link === "" ? {} : { headers: { link } }),
  };
};
export const json = (body: unknown, status = 200): Answer => ({ status, body });
