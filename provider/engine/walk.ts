import type { Clock, ConnectorKind, PeopleAnswer, PeopleQuery } from "../core/connector.ts";
import { fieldsOf } from "../core/fields.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Group, Person, PersonId } from "../core/person.ts";
import { type Path, Problem } from "../core/problem.ts";
import type { Connection, DirectoryView, Message } from "../core/resource.ts";
import { canonical } from "../core/value.ts";
import { accountExpression } from "../resources/account.ts";
import type { CacheFolder } from "./cache-folder.ts";
import type { ConnectionSettings, Settings } from "./config.ts";

export interface WalkDeps {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: (message: Message) => void;
  /** What connectors may keep between runs. */
  readonly caches: CacheFolder;
}

/** Reads shared by all resources of one walk: connections open lazily, each list is read once. */
export interface Walk {
  connection(name: string, path: Path): Connection | "unknown";
  directory(need: PeopleQuery, signal: AbortSignal): Promise<DirectoryView | "unknown">;
  person(id: PersonId, signal: AbortSignal): Promise<Person | null>;
  groups(signal: AbortSignal): Promise<readonly Group[]>;
  theDirectory(): Connection | "unknown";
  requests(): number;
}

/** Why an answer must not be trusted: missing people would lose their seats. */
const fault = (answer: PeopleAnswer): string | null => {
  if (!answer.everybody || answer.total === null || answer.people.length >= answer.total) return null;
  return `the directory counts ${answer.total} people but listed ${answer.people.length}`;
};

const view = (answer: PeopleAnswer): DirectoryView => ({
  people: answer.people,
  byId: new Map(answer.people.map((p) => [p.id, p])),
  total: answer.total ?? (answer.everybody ? answer.people.length : null),
  fault: fault(answer),
});

const union = (a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null =>
  a === null || b === null ? null : [...new Set([...a, ...b])].sort();

const openSettings = (kind: ConnectorKind, config: Readonly<Record<string, unknown>>): Connection["settings"] => {
  const secret = new Set(fieldsOf(kind.config).flatMap((f) => (f.secret ? [f.name] : [])));
  return Object.fromEntries(Object.entries(config).filter(([name, value]) => !secret.has(name) && value !== undefined));
};

export const openWalk = ({ settings, clock, log, caches }: WalkDeps): Walk => {
  const open = new Map<string, Connection>();
  const views = new Map<string, Promise<PeopleAnswer>>();
  let everybody: { readonly groups: readonly string[] | null; readonly view: DirectoryView } | null = null;

  const make = (
    { name, kind, account, settleMs }: ConnectionSettings,
    config: Readonly<Record<string, unknown>>,
  ): Connection => {
    const cache = caches.of({ name, kind, config });
    const using = {
      connection: name,
      clock,
      ...(cache ? { cache } : {}),
      ...(settings.proxy ? { proxy: settings.proxy } : {}),
      ...(settings.ca ? { ca: settings.ca } : {}),
      log: (level: "debug" | "info" | "warning", text: string) => log({ level, text }),
    };
    const parsed = kind.config.parse(config);
    const connector = kind.open(parsed, using);
    const expression =
      account === null ? null : accountExpression(account, ["connections", name, kind.name, "account"]);
    return {
      name,
      kind,
      connector,
      isDirectory: name === settings.directory,
      settings: openSettings(kind, parsed),
      settleMs: settleMs ?? kind.capabilities.settleMs,
      accountOf: (person) =>
        expression ? expression(person, clock.now()) : (connector.link?.(person) ?? person.email),
    };
  };

  const connection = (name: string, path: Path): Connection | "unknown" => {
    const found = open.get(name);
    if (found) return found;
    const wanted = settings.connections.get(name);
    if (!wanted) {
      if (settings.unknown) return "unknown";
      const names = [...settings.connections.keys()];
      throw new Problem("not-found", `there is no connection "${name}" in the provider configuration`, {
        path,
        hint: didYouMean(name, names) ?? `Connections there: ${names.join(", ") || "none"}.`,
      });
    }
    if (wanted.config === null || settings.offline) return "unknown";
    const made = make(wanted, wanted.config);
    open.set(name, made);
    return made;
  };

  const theDirectory = (): Connection | "unknown" => {
    if (settings.directory !== null) return connection(settings.directory, []);
    if (settings.unknown) return "unknown";
    throw new Problem("invalid", "the provider configuration names no directory", {
      hint: 'Say which connection people are read from: directory = "people".',
    });
  };

  const ask = (directory: Connection, need: PeopleQuery, signal: AbortSignal): Promise<PeopleAnswer> => {
    const key = canonical(need);
    const found = views.get(key);
    if (found) return found;
    if (!directory.connector.people)
      throw new Problem(
        "unsupported",
        `connection "${directory.name}" (${directory.kind.name}) is not a directory: people cannot be read from it`,
      );
    const answer = directory.connector.people(need, signal);
    views.set(key, answer);
    answer.catch(() => views.delete(key));
    return answer;
  };

  const directory = async (need: PeopleQuery, signal: AbortSignal): Promise<DirectoryView | "unknown"> => {
    const from = theDirectory();
    if (from === "unknown") return "unknown";
    if (everybody) {
      const covered = everybody.groups === null || need.groups?.every((g) => everybody?.groups?.includes(g));
      const known = covered ? everybody.view : null;
      if (known) return known;
    }
    const groups = union(everybody?.groups ?? [], need.groups);
    const answer = ask(from, { ...need, groups }, signal);
    const got = await answer;
    const made = view(got);
    if (got.everybody) everybody = { groups, view: made };
    return made;
  };

  return {
    connection,
    directory,
    theDirectory,
    async person(id, signal) {
      const from = theDirectory();
      if (from === "unknown") return null;
      if (!from.connector.person) throw new Problem("unsupported", `connection "${from.name}" cannot read one person`);
      return from.connector.person(id, signal);
    },
    async groups(signal) {
      const from = theDirectory();
      return from === "unknown" || !from.connector.groups ? [] : from.connector.groups(signal);
    },
    requests: () => [...open.values()].reduce((sum, c) => sum + c.connector.requests(), 0),
  };
};
