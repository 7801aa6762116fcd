import type { Clock, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { Problem } from "../../core/problem.ts";
import { api, type SignIn } from "./api.ts";
import type { Client } from "./client.ts";
import type { Config } from "./config.ts";

const day = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Sign-in events as evidence of use. Keycloak keeps no last sign-in on the user, and events only while they are switched on. */
export const createSignIns = (config: Config, client: Client, clock: Clock) => {
  const types = config.signInEvents ?? ["LOGIN"];
  const where = `connection "${client.connection}": realm "${client.realm}"`;

  /** Since when events are kept without a gap, as far as can be known. */
  const coverage = async (signal: AbortSignal): Promise<number> => {
    const kept = await client.call(api.eventsConfig, {}, { signal });
    const off = (what: string, hint: string): Problem => new Problem("unsupported", `${where} ${what}`, { hint });
    if (!kept.eventsEnabled)
      throw off(
        "does not save sign-in events, so nobody's activity is known",
        "Realm settings, Events, User events settings: save events, with an expiration longer than `inactiveFor`.",
      );
    const missing = types.filter((type) => kept.enabledEventTypes?.length && !kept.enabledEventTypes.includes(type));
    if (missing.length > 0)
      throw off(
        `does not save events of type ${missing.join(", ")}`,
        "Realm settings, Events: add the type to those saved.",
      );
    const now = clock.now();
    const window = now - (config.signInDays ?? 90) * day;
    const expired = kept.eventsExpiration ? now - kept.eventsExpiration * 1000 : 0;
    // Saving may have begun only yesterday: nothing is known of the time before the oldest event of its kind.
    const [oldest] = await client.call(api.events, { type: types, direction: "asc", first: 0, max: 1 }, { signal });
    return Math.max(window, expired, oldest?.time ?? now);
  };

  const last = (events: readonly SignIn[], into: Map<string, number>): void => {
    for (const { userId, time } of events) if (userId) into.set(userId, Math.max(time, into.get(userId) ?? 0));
  };
  /** Newest first, until everybody asked for has been seen or the window ends. */
  const page = async (wanted: ReadonlySet<string>, from: number, signal: AbortSignal): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    const left = new Set(wanted);
    for (let first = 0; left.size > 0; first += client.size.full) {
      const events = await client.call(
        api.events,
        { type: types, dateFrom: from, first, max: client.size.full },
        { signal },
      );
      const recent = events.filter(({ time }) => time >= from);
      last(recent, found);
      for (const { userId } of recent) if (userId) left.delete(userId);
      if (events.length < client.size.full) break;
    }
    return found;
  };
  const singly = async (people: readonly Person[], signal: AbortSignal): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    const ask = async ({ id }: Person): Promise<void> =>
      last(await client.call(api.events, { type: types, user: id, first: 0, max: 1 }, { signal }), found);
    await Promise.all(people.map(ask));
    return found;
  };

  return async (people: readonly Person[], signal: AbortSignal): Promise<UsageReport> => {
    const from = await coverage(signal);
    const asOf = clock.now();
    const found =
      people.length <= 3 ? await singly(people, signal) : await page(new Set(people.map(({ id }) => id)), from, signal);
    const at = (id: string): string | null => {
      const time = found.get(id);
      return time === undefined || time < from ? null : iso(time);
    };
    return {
      signal: "keycloak sign-in",
      coverageFrom: iso(from),
      asOf: iso(asOf),
      usage: people.map(({ id }) => ({ person: id, at: at(id), signal: "keycloak sign-in" })),
    };
  };
};
