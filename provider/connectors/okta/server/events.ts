import { on, type Route } from "../../simulator/router.ts";
import { guarded } from "./access.ts";
import { type Cursors, paged } from "./pages.ts";
import { refuse } from "./refusals.ts";
import { showEvent } from "./represent.ts";
import { BadSearch, type Dialect, parseSearch } from "./search.ts";
import type { Event, Server } from "./state.ts";

const day = 86_400_000;
/** "The System Log keeps 90 days". */
export const keptDays = 90;

export const note = (
  server: Pick<Server, "events" | "clock">,
  event: Pick<Event, "type" | "actor" | "targets"> & Partial<Event>,
): void => {
  const { events } = server;
  const one: Event = { at: server.clock.now(), outcome: "SUCCESS", ...event };
  if ((events.at(-1)?.at ?? 0) <= one.at) events.push(one);
  else {
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.at ?? 0) <= one.at) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, one);
  }
};

const dialect: Dialect<Event> = {
  property: (name) => {
    switch (name) {
      case "eventType":
        return ({ type }) => type;
      case "actor.id":
        return ({ actor }) => actor;
      case "outcome.result":
        return ({ outcome }) => outcome;
      case "target.id":
        return ({ targets }) => targets.map(({ id }) => id);
      default:
        return null;
    }
  },
  operators: () => ["eq", "sw", "co", "pr", "gt", "ge", "lt", "le"],
  caseless: false,
};

interface Found {
  readonly event: Event;
  readonly index: number;
  readonly position: string;
}
/** A walk asks the same question for each page: its answer is kept, because a company's log has half a million lines. */
const createSearch = (server: Server) => {
  let last = { question: "", found: [] as readonly Found[] };
  return (asked: { since: number; until: number; filter: string | null; newestFirst: boolean }): readonly Found[] => {
    const question = JSON.stringify([asked, server.events.length]);
    if (last.question === question) return last.found;
    const match = asked.filter === null ? () => true : parseSearch(asked.filter, dialect);
    const found = server.events
      .map((event, index) => ({ event, index }))
      .filter(({ event }) => event.at >= asked.since && event.at <= asked.until && match(event));
    if (asked.newestFirst) found.reverse();
    last = { question, found: found.map((one, i) => ({ ...one, position: String(i).padStart(9, "0") })) };
    return last.found;
  };
};

export const eventRoutes = (
  server: Server,
  cursors: Cursors,
  search: ReturnType<typeof createSearch> = createSearch(server),
): readonly Route[] => [
  on.get(
    "/api/v1/logs",
    guarded(server, "okta.logs.read", (asked) => {
      const now = server.clock.now();
      const until = Date.parse(asked.query.get("until") ?? new Date(now).toISOString());
      const since = Date.parse(asked.query.get("since") ?? new Date(until - 7 * day).toISOString());
      if (Number.isNaN(since) || Number.isNaN(until)) return refuse.validation("since", "since: not a timestamp");
      // To the minute, so that the pages of one walk ask one question.
      const kept = Math.floor((now - keptDays * day) / 60_000) * 60_000;
      try {
        const items = search({
          since: Math.max(since, kept),
          until,
          filter: asked.query.get("filter"),
          newestFirst: asked.query.get("sortOrder") === "DESCENDING",
        });
        return paged({ asked, server, cursors }, items, {
          key: ({ position }) => position,
          show: ({ event, index }) => showEvent(event, index),
          rules: { byDefault: 100, most: 1000, strict: true },
        });
      } catch (error) {
        if (error instanceof BadSearch) return refuse.badSearch(error.message);
        throw error;
      }
    }),
  ),
];
