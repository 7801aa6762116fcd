import { type Bucket, createBucket } from "../../simulator/buckets.ts";
import type { SimulatorClock } from "../../simulator/clock.ts";
import type { Answer } from "../../simulator/router.ts";
import { refuse } from "./refusals.ts";

const minute = 60_000;
/** Per minute and organisation, Workforce Identity. https://developer.okta.com/docs/reference/rl-global-mgmt/ */
export const documented = {
  apps: 100,
  app: 500,
  groups: 500,
  group: 1000,
  users: 600,
  "user writes": 600,
  user: 2000,
  logs: 120,
  other: 1200,
  token: 1200,
} as const;
export type BucketName = keyof typeof documented;

export const bucketOf = (method: string, path: string): BucketName => {
  if (path.startsWith("/oauth2/")) return "token";
  if (/^\/api\/v1\/apps\/[^/]+$/.test(path)) return "app";
  if (/^\/api\/v1\/apps(\/|$)/.test(path)) return "apps";
  if (/^\/api\/v1\/groups\/(?!rules$)[^/]+$/.test(path)) return "group";
  if (/^\/api\/v1\/groups(\/|$)/.test(path)) return "groups";
  if (path === "/api/v1/users") return "users";
  if (/^\/api\/v1\/users\/[^/]+$/.test(path)) return method === "GET" ? "user" : "user writes";
  if (path === "/api/v1/logs") return "logs";
  return "other";
};

export interface Limits {
  take(method: string, path: string): Answer | null;
  headers(method: string, path: string): Record<string, string>;
}

/** One token's part of each bucket; Okta gives a new token or application half of it. */
export const createLimits = (clock: SimulatorClock, share: number): Limits => {
  const buckets = new Map<string, Bucket>();
  const of = (method: string, path: string): Bucket => {
    const name = bucketOf(method, path);
    const known = buckets.get(name);
    if (known) return known;
    const bucket = createBucket({ limit: Math.max(1, Math.floor(documented[name] * share)), perMs: minute }, clock);
    buckets.set(name, bucket);
    return bucket;
  };
  const headers = (bucket: Bucket): Record<string, string> => ({
    "x-rate-limit-limit": String(bucket.limit),
    "x-rate-limit-remaining": String(bucket.remaining()),
    "x-rate-limit-reset": String(Math.ceil(bucket.resetAt() / 1000)),
    date: new Date(clock.now()).toUTCString(),
  });
  return {
    take(method, path) {
      const bucket = of(method, path);
      return bucket.take() === null ? null : { ...refuse.limit(), headers: headers(bucket) };
    },
    headers: (method, path) => headers(of(method, path)),
  };
};
