import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { Cache, ConnectorKind, OpenWith } from "../core/connector.ts";
import { field } from "../core/fields.ts";
import { functions, resources } from "../resources/index.ts";
import { memoryKind, person, world } from "../testing/memory-world.ts";
import { openCacheFolder } from "./cache-folder.ts";
import { createProvider } from "./provider.ts";

const kind: ConnectorKind = {
  ...memoryKind(world([])),
  name: "vendor",
  config: z.object({
    baseUrl: field(z.string(), { description: "Where." }),
    token: field(z.string(), { description: "Secret.", secret: true }),
  }),
};
const settings = (over: { name?: string; baseUrl?: string; token?: string } = {}) => ({
  name: over.name ?? "crm",
  kind,
  config: { baseUrl: over.baseUrl ?? "https://one.test", token: over.token ?? "token-of-today" },
});

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "seatwise-cache-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const open = (over = {}, limits?: { bytes: number; keptMs: number }): Cache => {
  const cache = openCacheFolder(home, Date.now, limits).of(settings(over));
  if (!cache) throw new Error("there is no cache");
  return cache;
};
const files = (): string[] => readdirSync(join(home, "cache")).map((name) => join(home, "cache", name));

test("what one run sets the next one gets; nobody else can read it", async () => {
  await open().set("people", { link: "delta-1", people: [{ id: "ada" }] });
  expect(await open().get("people")).toEqual({ link: "delta-1", people: [{ id: "ada" }] });
  expect(await open().get("groups")).toBeNull();
  expect(files().map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
  expect(statSync(join(home, "cache")).mode & 0o777).toBe(0o700);
});

test("another name, address or kind never reads it; a renewed secret does", async () => {
  await open().set("people", 1);
  expect(await open({ name: "crm2" }).get("people")).toBeNull();
  expect(await open({ baseUrl: "https://two.test" }).get("people")).toBeNull();
  const other = openCacheFolder(home, Date.now).of({ ...settings(), kind: { ...kind, name: "other" } });
  expect(await other?.get("people")).toBeNull();
  expect(await open({ token: "token-of-tomorrow" }).get("people")).toBe(1);
});

test.each([
  ["cut short", (file: string) => truncateSync(file, 10)],
  ["empty", (file: string) => truncateSync(file, 0)],
  ["something else", (file: string) => writeFileSync(file, "hello")],
])("a file that is %s is none, and is written anew", async (_what, damage) => {
  await open().set("people", 1);
  for (const file of files()) damage(file);
  expect(await open().get("people")).toBeNull();
  await open().set("people", 2);
  expect(await open().get("people")).toBe(2);
});

test("a file of one connection in another's place is not believed", async () => {
  await open().set("people", 1);
  await open({ name: "crm2" }).set("people", 2);
  const [one = "", other = ""] = files();
  writeFileSync(other, readFileSync(one));
  const found = [await open().get("people"), await open({ name: "crm2" }).get("people")];
  expect(found.filter((value) => value === null)).toHaveLength(1);
});

test("a secret never gets in, whatever a connector would keep", async () => {
  await open().set("people", 1);
  await open().set("people", { headers: { authorization: "Bearer token-of-today" } });
  expect(await open().get("people")).toBeNull();
  for (const file of files()) expect(gunzipSync(readFileSync(file)).toString()).not.toContain("token-of-today");
});

test("the folder is bounded: the oldest go, and what is too large for it is not kept", async () => {
  const noise = (n: number): string =>
    Array.from({ length: 3000 }, (_, i) => ((i * 7919 + n * 104_729) % 1_000_003).toString(36)).join("");
  const limits = { bytes: 30_000, keptMs: 1e9 };
  for (let n = 0; n < 6; n += 1) {
    await open({}, limits).set(`list ${n}`, noise(n));
    for (const file of files()) utimesSync(file, n, n); // each older than the next
  }
  await open({}, limits).set("list 6", noise(6));
  const total = files().reduce((sum, file) => sum + statSync(file).size, 0);
  expect(total).toBeLessThanOrEqual(30_000);
  expect(await open({}, limits).get("list 6")).toBe(noise(6));
  await open({}, limits).set(
    "list 6",
    Array.from({ length: 40 }, (_, n) => noise(n)),
  );
  expect(await open({}, limits).get("list 6")).toBeNull();
});

test("what nobody has written for a month goes", async () => {
  await open().set("people", 1);
  for (const file of files()) utimesSync(file, 1, 1);
  await open().set("groups", 2);
  expect([await open().get("people"), await open().get("groups")]).toEqual([null, 2]);
});

test("where nothing can be written nothing is kept, and nothing fails", async () => {
  expect(openCacheFolder(null, Date.now).of(settings())).toBeNull();
  writeFileSync(join(home, "cache"), "a file where the folder should be");
  await open().set("people", 1);
  expect(await open().get("people")).toBeNull();
});

/** How a connector is opened by the engine. */
const opened = async (env: Readonly<Record<string, string>>, folder: string | null): Promise<OpenWith | null> => {
  let using: OpenWith | null = null;
  const inner = memoryKind(world([person("ada")]));
  const spy: ConnectorKind = {
    ...inner,
    open(config, given) {
      using = given;
      return inner.open(config, given);
    },
  };
  const session = createProvider({
    version: "test",
    resources,
    functions,
    connectors: [spy],
    env: (name) => env[name],
    parent: { pid: 1, started: "1", alive: () => true, living: () => true },
    clock: { now: Date.now, sleep: async () => {}, random: () => 0.5 },
    pid: 2,
    log: () => {},
    home: folder,
  }).configure({ directory: "people", connections: { people: { memory: {} } } });
  const at = { signal: new AbortController().signal, log: () => {} };
  await session.invoke("users", { when: 'user.login == "ada"' }, at);
  return using;
};

test("the engine gives each connection one; SEATWISE_CACHE=off, or no home: none", async () => {
  expect((await opened({}, home))?.cache).toBeDefined();
  expect((await opened({ SEATWISE_CACHE: "off" }, home))?.cache).toBeUndefined();
  expect((await opened({}, null))?.cache).toBeUndefined();
});
