import { z } from "zod";
import type { Answer, Route } from "../../simulator/router.ts";
import { type Inside, need, viewEvents } from "./access.ts";
import { eventTypes } from "./event-types.ts";
import { sliced } from "./query.ts";
import type { Realm } from "./realm.ts";
import { refuse } from "./refusals.ts";
import { eventOf } from "./represent.ts";
import { done, inRealm, ok, type Server } from "./state.ts";

const day = 86_400_000;
/** A day or a moment; `NaN`: neither. A day as an upper bound means its end. */
const moment = (text: string | null, end: boolean): number | null => {
  if (text === null || text === "") return null;
  if (/^\d+$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) + (end ? day - 1 : 0) : Number.NaN;
};

const list = (server: Server, { realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...viewEvents);
  if (refusal) return refusal;
  const types = query.getAll("type");
  if (types.some((type) => !eventTypes.includes(type))) return refuse.crash();
  const from = moment(query.get("dateFrom"), false);
  const to = moment(query.get("dateTo"), true);
  if (Number.isNaN(from)) return refuse.badDate("dateFrom");
  if (Number.isNaN(to)) return refuse.badDate("dateTo");
  const direction = (query.get("direction") ?? "desc").toLowerCase();
  if (direction !== "asc" && direction !== "desc") return refuse.badDirection();
  const { eventsExpiration } = realm.eventsConfig;
  const kept = eventsExpiration ? server.clock.now() - eventsExpiration * 1000 : 0;
  const [user, client] = [query.get("user"), query.get("client")];
  const found = realm.events.filter(
    (event) =>
      event.time >= Math.max(kept, from ?? 0) &&
      event.time <= (to ?? Number.POSITIVE_INFINITY) &&
      (types.length === 0 || types.includes(event.type)) &&
      (user === null || event.userId === user) &&
      (client === null || event.clientId === client),
  );
  const sorted = found.sort((a, b) => (direction === "asc" ? a.time - b.time : b.time - a.time));
  return ok(sliced(sorted, query, 100).map((event) => eventOf(realm, event)));
};

const config = ({ eventsConfig }: Realm): unknown => ({
  eventsEnabled: eventsConfig.eventsEnabled,
  ...(eventsConfig.eventsExpiration ? { eventsExpiration: eventsConfig.eventsExpiration } : {}),
  eventsListeners: ["jboss-logging"],
  // None chosen means all.
  enabledEventTypes: eventsConfig.enabledEventTypes.length > 0 ? eventsConfig.enabledEventTypes : eventTypes,
  adminEventsEnabled: false,
  adminEventsDetailsEnabled: false,
});
const Config = z.object({
  eventsEnabled: z.boolean().nullish(),
  eventsExpiration: z.int().nullish(),
  enabledEventTypes: z.array(z.string()).nullish(),
});

export const eventRoutes = (server: Server): readonly Route[] => {
  const on = inRealm(server);
  return [
    on.get("/events", (asked) => list(server, asked)),
    on.get("/events/config", ({ realm, caller }) => need(caller, ...viewEvents) ?? ok(config(realm))),
    on.put("/events/config", ({ realm, caller, body }) => {
      const given = Config.safeParse(body);
      if (!given.success) return refuse.malformed(false);
      const refusal = need(caller, "manage-events");
      if (refusal) return refusal;
      realm.eventsConfig.eventsEnabled = given.data.eventsEnabled ?? false;
      realm.eventsConfig.eventsExpiration = given.data.eventsExpiration ?? null;
      if (given.data.enabledEventTypes) realm.eventsConfig.enabledEventTypes = given.data.enabledEventTypes;
      return done;
    }),
  ];
};

/** Keeps an event, if the realm keeps events of this type. */
export const record = (
  server: Server,
  realm: Realm,
  event: { readonly type: string; readonly userId: string | null; readonly clientId: string; readonly at?: number },
): void => {
  const { eventsEnabled, enabledEventTypes } = realm.eventsConfig;
  if (!eventsEnabled || (enabledEventTypes.length > 0 && !enabledEventTypes.includes(event.type))) return;
  const { at = server.clock.now(), type, userId, clientId } = event;
  const details = { auth_method: "openid-connect", grant_type: "password" };
  realm.events.push({ id: server.random.uuid(), time: at, type, userId, clientId, details });
};
