import { Problem } from "../../core/problem.ts";
import { api, type ScopeName, scopes, wideScopes } from "./api.ts";
import type { Client } from "./client.ts";

/**
 * Google does not tell which scopes were delegated; a token for a scope that was not is refused, and so is a call for
 * which the administrator's role is too small. So each is tried with its smallest read.
 */
export const createGranted = (client: Client, clock: { now(): number }) => {
  // An address that is no group: "does not exist" is said only to who may ask.
  const nobody = { group: client.administrator };
  const probes: Readonly<Record<ScopeName, (signal: AbortSignal) => Promise<unknown>>> = {
    users: (signal) => client.find(api.user, { key: client.administrator }, { signal }),
    groups: async (signal) => client.call(api.groups, { customer: await client.customer(signal), size: 1 }, { signal }),
    members: (signal) => client.find(api.membersAsWriter, nobody, { signal }),
    licensing: async (signal) => {
      const customer = await client.customer(signal);
      const sku = { product: "Google-Apps", sku: "1010020020" };
      return client.call(api.assignments, { ...sku, customer, size: 1 }, { signal });
    },
    reports: async (signal) => {
      const date = new Date(clock.now() - 5 * 86_400_000).toISOString().slice(0, 10);
      const customer = await client.customer(signal);
      return client.call(api.usage, { date, customer, parameters: "accounts:num_users" }, { signal });
    },
  };
  const has = async (name: ScopeName, signal: AbortSignal): Promise<boolean> => {
    try {
      await probes[name](signal);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === "denied") return false;
      throw error;
    }
  };
  return async (signal: AbortSignal): Promise<readonly string[]> => {
    const names = Object.keys(scopes) as ScopeName[]; // its own keys
    // The first alone: if the credentials themselves are wrong, that is the error.
    await client.customer(signal);
    const had = await Promise.all(names.map((name) => has(name, signal)));
    const wide = await Promise.all(wideScopes.map((scope) => client.isDelegated(scope, signal)));
    return [
      ...names.filter((_name, i) => had[i]).map((name) => scopes[name]),
      ...wideScopes.filter((_s, i) => wide[i]),
    ];
  };
};
