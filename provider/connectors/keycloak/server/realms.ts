import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { callerOf, managementRoles, need } from "./access.ts";
import { Duplicate, importRealm, RealmIn, Unresolved } from "./import.ts";
import { refuse } from "./refusals.ts";
import { created, done, inRealm, isJson, ok, type Server } from "./state.ts";

const create = (server: Server, { as, body }: Asked): Answer => {
  if (!callerOf(as, server.realms).master) return refuse.forbidden();
  if (!isJson(body)) return refuse.malformed(false);
  if (typeof body.realm !== "string" || body.realm === "") return refuse.invalid("Realm name cannot be empty");
  if (server.realms.has(body.realm)) return refuse.conflict(`Realm ${body.realm} already exists`);
  const given = RealmIn.safeParse(body);
  if (!given.success) return refuse.malformed(false);
  try {
    server.realms.set(body.realm, importRealm(given.data, server.random, server.clock.now()));
  } catch (error) {
    if (error instanceof Duplicate) return refuse.conflict("Duplicate resource error");
    if (error instanceof Unresolved) return refuse.crash();
    throw error;
  }
  return created(server, `/admin/realms/${body.realm}`);
};

const list = (server: Server, { as }: Asked): Answer => {
  const caller = callerOf(as, server.realms);
  const seen = [...server.realms.keys()].filter((name) => caller.master || name === caller.realm);
  return ok(seen.map((realm) => ({ realm })));
};

export const realmRoutes = (server: Server): readonly Route[] => {
  const inside = inRealm(server);
  return [
    on.get("/admin/realms", (asked) => list(server, asked)),
    on.post("/admin/realms", (asked) => create(server, asked)),
    inside.get(
      "",
      ({ realm, caller }) =>
        need(caller, ...managementRoles) ??
        ok({ realm: realm.name, ...(caller.has("view-realm", "manage-realm") ? { id: realm.id, enabled: true } : {}) }),
    ),
    inside.del("", ({ realm, caller }) => {
      if (!caller.master) return refuse.forbidden();
      server.realms.delete(realm.name);
      return done;
    }),
  ];
};
