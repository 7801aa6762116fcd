import { type Bucket, createBucket } from "../../simulator/buckets.ts";
import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Answer, Asked } from "../../simulator/router.ts";
import { refuse } from "./refusals.ts";

const minute = 60_000;
const hour = 60 * minute;

interface Counted {
  readonly primary: Bucket;
  readonly graphql: Bucket;
  readonly points: Bucket;
  readonly perMinute: Bucket;
  readonly perHour: Bucket;
}
export interface Limits {
  /** Counts a request of these credentials, or refuses it. */
  take(asked: Omit<Asked, "as">): Answer | null;
  headers(asked: Omit<Asked, "as">): Readonly<Record<string, string>>;
  /** `GET /rate_limit`, which is free. */
  overview(asked: Asked): object;
}

const isGraphql = (path: string): boolean => path === "/graphql";
/** Requests for tokens, and what only asks by POST, create nothing. */
const creates = ({ method, path }: Omit<Asked, "as">): boolean =>
  method !== "GET" && !isGraphql(path) && !path.endsWith("/access_tokens");

const about = "/rest/using-the-rest-api/rate-limits-for-the-rest-api";
const secondary = (until: number, now: number): Answer => ({
  ...refuse(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID 0.",
    `${about}#about-secondary-rate-limits`,
  ),
  headers: { "retry-after": String(Math.max(1, Math.ceil((until - now) / 1000))) },
});

/** GitHub's documented limits, counted exactly: by the hour as its headers tell, and the secondary ones, of which nothing tells. */
export const createLimits = (clock: SimulatorClock, perHour: number): Limits => {
  const known = new Map<string, Counted>();
  const of = ({ headers }: Omit<Asked, "as">): Counted => {
    const key = headers.authorization ?? "";
    const found = known.get(key);
    if (found) return found;
    const made: Counted = {
      primary: createBucket({ limit: perHour, perMs: hour }, clock),
      graphql: createBucket({ limit: 5000, perMs: hour }, clock),
      points: createBucket({ limit: 900, perMs: minute, kind: "sliding" }, clock),
      perMinute: createBucket({ limit: 80, perMs: minute, kind: "sliding" }, clock),
      perHour: createBucket({ limit: 500, perMs: hour, kind: "sliding" }, clock),
    };
    known.set(key, made);
    return made;
  };
  const hourly = (asked: Omit<Asked, "as">): Bucket => (isGraphql(asked.path) ? of(asked).graphql : of(asked).primary);
  const headers: Limits["headers"] = (asked) => {
    const bucket = hourly(asked);
    return {
      "x-ratelimit-limit": String(bucket.limit),
      "x-ratelimit-remaining": String(bucket.remaining()),
      "x-ratelimit-used": String(bucket.limit - bucket.remaining()),
      "x-ratelimit-reset": String(Math.ceil(bucket.resetAt() / 1000)),
      "x-ratelimit-resource": isGraphql(asked.path) ? "graphql" : "core",
    };
  };
  const rate = (bucket: Bucket) => ({
    limit: bucket.limit,
    remaining: bucket.remaining(),
    used: bucket.limit - bucket.remaining(),
    reset: Math.ceil(bucket.resetAt() / 1000),
  });
  return {
    headers,
    take(asked) {
      const { points, perMinute, perHour: writes } = of(asked);
      if (asked.path === "/rate_limit") return null;
      if (hourly(asked).take() !== null)
        return { ...refuse(403, "API rate limit exceeded for user ID 1.", about), headers: headers(asked) };
      const counted = [
        ...(isGraphql(asked.path) ? [] : [points.take(creates(asked) ? 5 : 1)]),
        ...(creates(asked) ? [perMinute.take(), writes.take()] : []),
      ];
      const over = counted.find((refused) => refused !== null);
      return over
        ? {
            ...secondary(over.until, clock.now()),
            headers: { ...headers(asked), ...secondary(over.until, clock.now()).headers },
          }
        : null;
    },
    overview(asked) {
      const { primary, graphql } = of(asked);
      const idle = { limit: 30, remaining: 30, used: 0, reset: Math.ceil(clock.now() / 1000) + 60 };
      return { resources: { core: rate(primary), graphql: rate(graphql), search: idle }, rate: rate(primary) };
    },
  };
};
