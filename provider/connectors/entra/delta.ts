import { z } from "zod";
import type { Cache } from "../../core/connector.ts";
import { api, type Changed, User } from "./api.ts";
import { advanced, type Client, saidBy } from "./client.ts";

/** What is kept between runs: people as they were last told, and from where changes are asked for. No secret. */
const Kept = z.object({ version: z.literal(1), select: z.string(), token: z.string().min(1), people: z.array(User) });

const tokenOf = (link: string | undefined): string | null => {
  const url = link !== undefined && URL.canParse(link, "http://graph") ? new URL(link, "http://graph") : null;
  return url?.searchParams.get("$deltatoken") ?? null;
};

interface Change {
  readonly items: readonly Changed[];
  readonly token: string;
}
interface Parts {
  readonly client: Client;
  readonly cache: Cache;
  readonly select: string;
  /** Everybody, read in full. */
  readonly readAll: (signal: AbortSignal) => Promise<readonly User[]>;
}

/** Everybody by what changed since the last run; in full where that cannot be told. */
export const createDelta = ({ client, cache, select, readAll }: Parts) => {
  const name = "people";
  /** Null: Graph no longer knows the token (410) or sent no new one. */
  const changes = async (token: string, signal: AbortSignal): Promise<Change | null> => {
    const items: Changed[] = [];
    const seen = new Set<string>();
    for (let at: string | undefined; ; ) {
      const page = await client.http.call(
        api.changes,
        { token, select: token === "latest" ? select : null },
        { signal, ...(at ? { at } : {}) },
      );
      items.push(...page.value);
      const next = page["@odata.nextLink"];
      const last = tokenOf(page["@odata.deltaLink"]);
      if (next === undefined) return last === null ? null : { items, token: last };
      if (seen.has(next)) return null;
      seen.add(next);
      at = next;
    }
  };
  const resync = async (token: string, signal: AbortSignal): Promise<Change | null> => {
    try {
      return await changes(token, signal);
    } catch (error) {
      const { status, code } = saidBy(error);
      // 410 syncStateNotFound or resyncRequired; a token that is damaged or of another selection is a 400.
      if (status === 410 || (status === 400 && code !== "")) return null;
      throw error;
    }
  };
  const known = async (): Promise<z.infer<typeof Kept> | null> => {
    const kept = Kept.safeParse(await cache.get(name).catch(() => null));
    return kept.success && kept.data.select === select ? kept.data : null;
  };
  const keep = (token: string, people: readonly User[]): Promise<void> =>
    cache.set(name, { version: 1, select, token, people }).catch((error: unknown) => {
      client.log(
        "info",
        `${client.connection}: what was read could not be kept: ${error instanceof Error ? error.message : ""}`,
      );
    });
  const apply = (people: readonly User[], items: readonly Changed[]): readonly User[] => {
    const by = new Map(people.map((user) => [user.id, user]));
    for (const { "@removed": removed, ...told } of items)
      if (removed) by.delete(told.id);
      // Told are at least the properties that changed; the others stay.
      else by.set(told.id, User.parse({ ...by.get(told.id), ...told }));
    return [...by.values()];
  };
  const full = async (signal: AbortSignal): Promise<readonly User[]> => {
    // The token first: what changes while the list is read is told again next time, and nothing is lost.
    const latest = await resync("latest", signal);
    const people = await readAll(signal);
    if (latest) await keep(latest.token, people);
    return people;
  };
  return async (signal: AbortSignal): Promise<readonly User[]> => {
    const kept = await known();
    const change = kept ? await resync(kept.token, signal) : null;
    if (!kept || !change) return full(signal);
    const people = apply(kept.people, change.items);
    // Graph's own count proves that nobody is missing from what was kept.
    const count = await client.http.call(api.userCount, {}, { signal, headers: advanced });
    if (count !== people.length) {
      client.log(
        "info",
        `${client.connection}: ${people.length} people were kept and Entra has ${count}: all are read again`,
      );
      return full(signal);
    }
    if (change.items.length > 0 || change.token !== kept.token) await keep(change.token, people);
    return people;
  };
};
