import type { Clock, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { api, type LogEvent } from "./api.ts";
import type { Client } from "./client.ts";
import type { Config } from "./config.ts";
import type { Directory } from "./directory.ts";
import type { Skus } from "./sku.ts";

const day = 86_400_000;
/** "Okta retains System Log data for 90 days." */
export const keptDays = 90;
const iso = (ms: number): string => new Date(ms).toISOString();

interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly directory: Directory;
  readonly skus: Skus;
  readonly clock: Clock;
}
interface Question {
  readonly signal: string;
  readonly filter: string;
}
/** Asked for one by one; more are found in one walk through the log. */
const mostSingles = 3;

export const createUsage = ({ config, client, directory, skus, clock }: Parts) => {
  /** One kind of evidence per connection: a sign-in to Okta says nothing of an application, and the other way round. */
  const question = async (signal: AbortSignal): Promise<Question> => {
    const good = 'outcome.result eq "SUCCESS"';
    if (config.usageApp === undefined)
      return { signal: "okta sign-in", filter: `eventType eq "user.session.start" and ${good}` };
    const target = await skus.find(`app:${config.usageApp}`, signal);
    const id = target.is === "app" ? target.app.id : "";
    const filter = `eventType eq "user.authentication.sso" and ${good} and target.id eq "${id}"`;
    return { signal: `okta single sign-on: ${config.usageApp}`, filter };
  };
  const last = (events: readonly LogEvent[], into: Map<string, number>): void => {
    for (const { actor, published } of events) {
      const at = Date.parse(published);
      if (actor?.id && !Number.isNaN(at)) into.set(actor.id, Math.max(at, into.get(actor.id) ?? 0));
    }
  };
  const range = (now: number) => ({ since: iso(now - keptDays * day), until: iso(now), sortOrder: "DESCENDING" });

  /** Newest first, until everybody asked for has been seen or the log ends. */
  const walk = async (
    wanted: ReadonlySet<string>,
    filter: string,
    signal: AbortSignal,
  ): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    const left = new Set(wanted);
    const enough = (events: readonly LogEvent[]): boolean => {
      last(events, found);
      for (const { actor } of events) if (actor?.id) left.delete(actor.id);
      return left.size === 0;
    };
    await client.eachPage(api.logs, { ...range(clock.now()), filter, limit: 1000 }, { signal, enough });
    return found;
  };
  const singly = async (
    people: readonly Person[],
    filter: string,
    signal: AbortSignal,
  ): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    const ask = async ({ id }: Person): Promise<void> => {
      const own = `${filter} and actor.id eq "${id}"`;
      last(await client.call(api.logs, { ...range(clock.now()), filter: own, limit: 1 }, { signal }), found);
    };
    await Promise.all(people.map(ask));
    return found;
  };
  const fromLog = async (people: readonly Person[], signal: AbortSignal): Promise<UsageReport> => {
    const asked = await question(signal);
    const now = clock.now();
    const ids = new Set(people.map(({ id }) => id));
    const found =
      people.length <= mostSingles ? await singly(people, asked.filter, signal) : await walk(ids, asked.filter, signal);
    const at = (id: string): string | null => {
      const time = found.get(id);
      return time === undefined ? null : iso(time);
    };
    return {
      signal: asked.signal,
      coverageFrom: iso(now - keptDays * day),
      asOf: iso(now),
      usage: people.map(({ id }) => ({ person: id, at: at(id), signal: asked.signal })),
    };
  };
  const fromPeople = async (people: readonly Person[], signal: AbortSignal): Promise<UsageReport> => {
    const name = "okta sign-in";
    const untold = people.filter(({ id }) => directory.told(id) === null);
    const all = untold.length > 20 ? await directory.everybody(signal) : [];
    const read = new Map(all.map((user) => [user.id, user]));
    const at = async ({ id }: Person): Promise<string | null> => {
      const user = directory.told(id) ?? read.get(id) ?? (await directory.single(id, signal));
      const time = Date.parse(user?.lastLogin ?? "");
      return Number.isNaN(time) ? null : iso(time);
    };
    const usage = await Promise.all(people.map(async (p) => ({ person: p.id, at: await at(p), signal: name })));
    // Okta keeps it as long as the person.
    return { signal: name, coverageFrom: iso(0), asOf: iso(clock.now()), usage };
  };
  return (people: readonly Person[], signal: AbortSignal): Promise<UsageReport> =>
    config.usageFrom === "lastLogin" && config.usageApp === undefined
      ? fromPeople(people, signal)
      : fromLog(people, signal);
};
