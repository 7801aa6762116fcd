import type { Usage, UsageReport } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import type { Memo } from "../http/memo.ts";
import { api, type SignIns } from "./api.ts";
import { type Client, chunks, fifteen, quoted, saidBy } from "./client.ts";
import { isGuid } from "./groups.ts";

const signal_ = "entra sign-in";
/** Graph keeps the last successful sign-in since then, and fills nothing in from before. */
const kept = "2023-12-01T00:00:00Z";
/** Graph gives at most 500 people a page where their sign-ins are asked for. */
const most = 500;

/** Only successful sign-ins are evidence: the other two times are of attempts, somebody else's among them. */
const usageOf = ({ id, signInActivity }: SignIns): Usage => {
  const at = Date.parse(signInActivity?.lastSuccessfulSignInDateTime ?? "");
  return { person: id, at: Number.isNaN(at) ? null : new Date(at).toISOString(), signal: signal_ };
};

export const createSignIns = (client: Client, memo: Memo) => {
  const read = (filter: string | null, signal: AbortSignal): Promise<readonly SignIns[]> => {
    const params = { filter, top: Math.min(client.top, most) };
    return client.list("sign-ins", { endpoint: api.signIns, params, counted: false }, signal);
  };
  const readFor = async (people: readonly Person[], signal: AbortSignal): Promise<readonly SignIns[]> => {
    // Somebody missing from a page is unknown, and unknown is never inactive: no count is needed here.
    if (people.length > 10 * fifteen) return memo("sign-ins", signal, (inner) => read(null, inner));
    const ids = chunks(people.map(({ id }) => id).filter(isGuid), fifteen);
    return (await Promise.all(ids.map((some) => read(`id in (${some.map(quoted).join(",")})`, signal)))).flat();
  };
  return async (people: readonly Person[], signal: AbortSignal): Promise<UsageReport> => {
    const asOf = new Date(client.clock.now()).toISOString();
    try {
      const told = new Map((await readFor(people, signal)).map((one) => [one.id, usageOf(one)]));
      const usage = people.map(({ id }) => told.get(id) ?? { person: id, at: null, signal: signal_ });
      return { signal: signal_, coverageFrom: kept, asOf, usage };
    } catch (error) {
      if (saidBy(error).code !== "Authentication_RequestFromNonPremiumTenantOrB2CTenant") throw error;
      client.log(
        "warning",
        `${client.connection}: Entra tells sign-ins only with Entra ID P1, which this tenant lacks: everybody's activity is unknown, and nobody counts as inactive`,
      );
      const usage = people.map(({ id }) => ({ person: id, at: null, signal: signal_ }));
      return { signal: signal_, coverageFrom: asOf, asOf, usage };
    }
  };
};
