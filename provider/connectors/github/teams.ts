import type { Counters, Seat, Sku } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Memo } from "../http/memo.ts";
import type { Batch, Told } from "../http/writing.ts";
import { api, type Invitation, type TeamMember } from "./api.ts";
import type { Client } from "./client.ts";
import { idsOf } from "./enterprise.ts";
import { type Circle, countersOf, invited, orNone, writeMemberships } from "./membership.ts";
import type { People } from "./people.ts";
import { slugOf, unknownSku } from "./sku.ts";

export interface Teams {
  all(signal: AbortSignal): Promise<readonly Sku[]>;
  /** By slug or by name. */
  find(team: string, signal: AbortSignal): Promise<Sku>;
  list(team: string, signal: AbortSignal): Promise<readonly Seat[]>;
  counters(team: string, signal: AbortSignal): Promise<Counters>;
  write(team: string, batch: Batch): Told;
  forget(team: string): void;
}
const skuOf = ({ slug, name }: { readonly slug: string; readonly name?: string | undefined }): Sku => ({
  sku: `team:${slug}`,
  name: name ?? slug,
});

export const createTeams = (client: Client, people: People, memo: Memo): Teams => {
  const { connection } = client;
  const org = (): string => client.organization("a team");
  const pages = <T extends { readonly id: number }>(
    what: string,
    endpoint: Parameters<typeof client.list<T[], T>>[0]["endpoint"],
    params: Parameters<typeof client.list<T[], T>>[0]["params"],
    expect = 0,
  ) => ({
    what: `connection "${connection}": ${what}`,
    endpoint,
    params,
    expect,
    key: (item: T) => String(item.id),
    read: (items: T[]) => ({ items, total: null }),
  });

  const all: Teams["all"] = (signal) =>
    memo("teams", signal, async (s) => {
      const found = await client.list(
        pages<{ id: number; slug: string; name?: string | undefined }>("teams", api.teams, { org: org() }),
        s,
      );
      return found.map(skuOf);
    });
  const existing = async (team: string, signal: AbortSignal) => {
    const slug = slugOf(team);
    const found =
      slug === ""
        ? null
        : await memo(`team ${slug}`, signal, (s) => client.find(api.team, { org: org(), team: slug }, s));
    if (found !== null) return found;
    const teams = await all(signal);
    const names = teams.map(({ sku }) => sku);
    throw unknownSku(
      connection,
      `team:${team}`,
      didYouMean(`team:${team}`, names) ??
        `Is it a team of ${org()}, and may these credentials see it? There are ${names.length}.`,
    );
  };
  const read = async (team: string, signal: AbortSignal): Promise<readonly Seat[]> => {
    const { slug, members_count } = await existing(team, signal);
    const params = { org: org(), team: slug };
    const members = await client.list(
      pages<TeamMember>(`members of ${slug}`, api.teamMembers, params, members_count),
      signal,
    );
    people.learn(members);
    const invitations = await orNone(
      client.list(pages<Invitation>(`invitations to ${slug}`, api.teamInvitations, params), signal),
    );
    const ids = await idsOf(people, invitations, signal);
    const active = members.map(
      ({ id, login, inherited }): Seat => ({
        holder: String(id),
        account: login,
        since: null,
        state: "active",
        ...(inherited ? { inheritedFrom: `a team below ${slug}` } : {}),
      }),
    );
    return [...active, ...invitations.map((i) => invited(i, ids))];
  };
  const list: Teams["list"] = (team, signal) => memo(`seats of ${slugOf(team)}`, signal, (s) => read(team, s));

  return {
    all,
    list,
    find: async (team, signal) => skuOf(await existing(team, signal)),
    counters: async (team, signal) => countersOf(null, (await list(team, signal)).length),
    async *write(team, batch) {
      const { signal } = batch;
      const { slug } = await existing(team, signal);
      const at = (login: string) => ({ org: org(), team: slug, login });
      const circle: Circle = {
        connection,
        name: `team ${slug}`,
        signal,
        read: (login) => client.find(api.teamMembership, at(login), signal),
        add: (login) => client.call(api.join, at(login), { signal, body: { role: "member" } }),
        remove: (login) => client.call(api.leave, at(login), { signal }),
      };
      yield* writeMemberships(circle, batch, await people.logins(batch.steps, signal));
    },
    forget(team) {
      memo.forget(`seats of ${slugOf(team)}`);
      memo.forget(`team ${slugOf(team)}`);
    },
  };
};
