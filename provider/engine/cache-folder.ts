import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Cache } from "../core/connector.ts";
import { fieldsOf } from "../core/fields.ts";
import { canonical } from "../core/value.ts";
import type { ConnectionSettings } from "./config.ts";
import { hash } from "./run-folder.ts";

type Settings = Pick<ConnectionSettings, "name" | "kind" | "config">;

/**
 * What connectors keep between runs (delta tokens and what they stand for), in SEATWISE_HOME/cache: one file per connection
 * and name, packed, 0600. Whatever is wrong with a file or with the folder, the answer is "nothing", and the connector reads anew.
 */
export interface CacheFolder {
  of(connection: Settings): Cache | null;
}
export interface CacheLimits {
  /** All files together. */
  readonly bytes: number;
  /** A file that nobody has written for so long goes. */
  readonly keptMs: number;
}
const usual: CacheLimits = { bytes: 256 * 1024 * 1024, keptMs: 30 * 86_400_000 };

const pack = promisify(gzip);
const unpack = promisify(gunzip);

export const noCache: CacheFolder = { of: () => null };

export const openCacheFolder = (home: string | null, now: () => number, limits = usual): CacheFolder => {
  if (home === null) return noCache;
  const folder = join(home, "cache");
  return {
    of(connection) {
      const { key, secrets } = identityOf(connection);
      const file = (name: string): string => join(folder, `${key}-${hash(name).slice(0, 16)}`);
      return {
        get: (name) => read(file(name), { key, name }),
        async set(name, value) {
          const text = JSON.stringify({ v: 1, key, name, value });
          const packed = await pack(text, { level: 1 });
          // A secret in it is a mistake of the connector's; a file too large would push out all others.
          const keep = !secrets.some((secret) => text.includes(secret)) && packed.length <= limits.bytes / 2;
          await (keep ? write(folder, file(name), packed) : drop(file(name)));
          await tidy(folder, now(), limits);
        },
      };
    },
  };
};

/** The same connection under the same settings, secrets apart: those may be renewed, and belong into no name of a file. */
const identityOf = ({ name, kind, config }: Settings): { key: string; secrets: readonly string[] } => {
  const given = config ?? {};
  const secret = new Set(fieldsOf(kind.config).flatMap((field) => (field.secret ? [field.name] : [])));
  const open = Object.entries(given).filter(([field, value]) => !secret.has(field) && value !== undefined);
  const values = [...secret].flatMap((field) => given[field] ?? []);
  const long = values.filter((value): value is string => typeof value === "string" && value.length >= 6);
  return {
    key: hash(canonical([name, kind.name, Object.fromEntries(open)])),
    secrets: long.map((value) => JSON.stringify(value).slice(1, -1)),
  };
};

const read = async (file: string, of: { readonly key: string; readonly name: string }): Promise<unknown> => {
  try {
    const entry = JSON.parse((await unpack(await readFile(file))).toString("utf8"));
    return entry.v === 1 && entry.key === of.key && entry.name === of.name ? (entry.value ?? null) : null;
  } catch {
    return null; // none yet, torn by a kill, or another's
  }
};

const drop = (file: string): Promise<void> => rm(file, { force: true }).catch(() => {});

let writes = 0;
const write = async (folder: string, file: string, content: Buffer): Promise<void> => {
  writes += 1;
  const temporary = `${file}.${process.pid}.${writes}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await drop(temporary); // a full or read-only disk: the next run reads anew
  }
};

/** The oldest go first; what a killed process left half-written goes with them. */
const tidy = async (folder: string, now: number, { bytes, keptMs }: CacheLimits): Promise<void> => {
  const names = await readdir(folder).catch((): string[] => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => null);
      return info ? [{ file: join(folder, name), size: info.size, at: info.mtimeMs }] : [];
    }),
  );
  const files = found.flat().sort((a, b) => b.at - a.at);
  let total = 0;
  for (const { file, size, at } of files) {
    total += size;
    if (total > bytes || now - at > keptMs) await drop(file);
  }
};
