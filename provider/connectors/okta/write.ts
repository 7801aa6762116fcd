import { Problem } from "../../core/problem.ts";
import { HttpProblem } from "../http/problems.ts";
import type { Did } from "../http/writing.ts";
import { api } from "./api.ts";
import { type Client, codeOf, isUnknown } from "./client.ts";
import type { Config } from "./config.ts";
import type { Groups, OktaGroup } from "./groups.ts";
import type { Seats } from "./seats.ts";
import type { Target } from "./sku.ts";

export interface Writing {
  readonly target: Target;
  readonly holder: string;
  /** Journals the step; may forbid it. */
  readonly ask: () => Promise<void>;
  readonly signal: AbortSignal;
}
interface Parts {
  readonly config: Config;
  readonly client: Client;
  readonly groups: Groups;
  readonly seats: Seats;
}

export const createWriter = ({ config, client, groups, seats }: Parts) => {
  const where = `connection "${client.connection}"`;
  const mayWrite = (group: OktaGroup): void => {
    if (group.type === "OKTA_GROUP") return;
    const whose =
      group.type === "APP_GROUP" ? "is imported from an application, which alone changes it" : "is run by Okta itself";
    throw new Problem("unsupported", `${where}: members of group "${group.name}" cannot be changed: it ${whose}`, {
      hint: "Choose a group that was made in Okta, or let the seats be counted here and written where the group comes from.",
    });
  };
  const warned = new Set<string>();
  /** Okta lets a rule's member be removed, and puts them on the rule's list of exceptions, which holds 100. Nobody should learn that later. */
  const warnOfRules = async (group: OktaGroup, signal: AbortSignal): Promise<void> => {
    if (warned.has(group.id)) return;
    warned.add(group.id);
    const rules = await groups.rules(group.id, signal).catch(() => []); // a warning is not worth a failure
    for (const { name } of rules)
      client.log(
        "warning",
        `${client.connection}: group rule "${name}" also fills "${group.name}". Whoever it added and is unassigned goes to its list of exceptions, which holds 100 people: let either the rule or the pool fill a group.`,
      );
  };
  const refused = (error: unknown, app: string): unknown =>
    codeOf(error) === "E0000046"
      ? new Problem("conflict", `${where}: Okta does not take "${app}" from somebody whose group gives it to them`, {
          hint: "Take them out of that group, or make the group the SKU (group:NAME).",
          cause: error,
        })
      : error;

  const give = async ({ target, holder, ask, signal }: Writing): Promise<Did> => {
    if (target.is === "group") mayWrite(target.group);
    const held = seats.known(target)?.has(holder) ?? false;
    await ask();
    if (target.is === "group") await client.call(api.join, { group: target.group.id, user: holder }, { signal });
    else {
      const body = { id: holder, scope: "USER", ...(config.appProfile ? { profile: config.appProfile } : {}) };
      await client.call(api.assign, { app: target.app.id }, { signal, body });
    }
    return held ? "already" : "done";
  };
  const take = async ({ target, holder, ask, signal }: Writing): Promise<Did> => {
    if (target.is === "group") {
      mayWrite(target.group);
      await warnOfRules(target.group, signal);
    }
    const known = seats.known(target);
    await ask();
    try {
      if (target.is === "group") await client.call(api.leave, { group: target.group.id, user: holder }, { signal });
      else await client.call(api.unassign, { app: target.app.id, user: holder }, { signal });
    } catch (error) {
      // Nobody is left to take a seat from, or they have none.
      if (error instanceof HttpProblem && isUnknown(error, /\((User|AppUser)\)/)) return "already";
      throw target.is === "app" ? refused(error, target.app.label) : error;
    }
    return known !== null && !known.has(holder) ? "already" : "done";
  };
  /** One person's seat, as it is now: for a write whose answer never came. */
  const has = async (target: Target, holder: string, signal: AbortSignal): Promise<boolean> => {
    if (target.is === "app") {
      const kind = /\((User|AppUser)\)/;
      return (await client.find(api.appUser, { app: target.app.id, user: holder }, { signal, kind })) !== null;
    }
    const mine = await client.find(api.userGroups, { id: holder }, { signal, kind: /\(User\)/ });
    return mine?.some(({ id }) => id === target.group.id) ?? false;
  };
  return { give, take, has };
};
