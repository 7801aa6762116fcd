import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Random } from "../../simulator/random.ts";
import { type Answer, type Asked, type Handler, on, type Route } from "../../simulator/router.ts";
import type { TokenBook } from "../../simulator/tokens.ts";
import { type Caller, callerOf, type Inside, need, queryUsers } from "./access.ts";
import { isInt } from "./query.ts";
import type { Realm } from "./realm.ts";
import { refuse } from "./refusals.ts";

/** One simulated server. */
export interface Server {
  readonly realms: Map<string, Realm>;
  readonly tokens: TokenBook;
  readonly clock: SimulatorClock;
  readonly random: Random;
  /** Its own address, for `Location`. */
  url(): string;
}
export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (server: Server, path: string, body?: unknown): Answer => ({
  status: 201,
  headers: { location: `${server.url()}${path}` },
  ...(body === undefined ? {} : { body }),
});
export const done: Answer = { status: 204 };

export const isJson = (body: unknown): body is Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null && !Array.isArray(body);

type InsideHandler = (asked: Inside) => Answer;
const enter =
  (server: Server, handle: InsideHandler): Handler =>
  (asked: Asked) => {
    const realm = server.realms.get(asked.params.realm ?? "");
    if (!realm) return refuse.noRealm();
    const caller: Caller = callerOf(asked.as, server.realms);
    if (caller.realm !== realm.name && !caller.master) return refuse.forbidden();
    // Parameters are read after the path's own users are looked up, and before anybody is asked what they may do.
    if (["first", "max"].some((name) => !isInt(asked.query.get(name)))) {
      const user = /\/users\/./.test(asked.path) ? asked.params.id : undefined;
      const known = user === undefined || realm.users.has(user);
      return known ? refuse.unknownPath() : (need(caller, ...queryUsers) ?? refuse.noUser());
    }
    return handle({ ...asked, realm, caller });
  };

/** Routes below `/admin/realms/{realm}`. */
export const inRealm = (server: Server) => {
  const make =
    (method: (typeof on)["get"]) =>
    (path: string, handle: InsideHandler): Route =>
      method(`/admin/realms/{realm}${path}`, enter(server, handle));
  return { get: make(on.get), post: make(on.post), put: make(on.put), del: make(on.del) };
};
