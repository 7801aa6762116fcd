import { handshakeLine, plainHandshake, Refusal, readHandshake } from "./handshake.ts";
import { hclog } from "./hclog.ts";
import { reattachLine } from "./reattach.ts";
import type { Surroundings } from "./surroundings.ts";

const cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
type Env = Readonly<Record<string, string>>;
const surroundings = (env: Env, platform = "linux"): Surroundings => ({
  pid: 42,
  platform,
  temporary: "/tmp",
  env: (name) => env[name],
  print: () => {},
  log: () => {},
  parent: () => 1,
  on: () => {},
  onUnread: () => {},
  exit: () => {},
});
const started = { TF_PLUGIN_MAGIC_COOKIE: cookie, PLUGIN_PROTOCOL_VERSIONS: "5,6" };
const plain = { client: null, network: "unix", ports: { least: 0, most: 0 }, folder: "/tmp" };

test.each<[name: string, env: Env, platform: string, handshake: object]>([
  ["no certificate", started, "linux", plain],
  ["versions the other way round", { ...started, PLUGIN_PROTOCOL_VERSIONS: "6,5" }, "linux", plain],
  ["no versions: an old client", { TF_PLUGIN_MAGIC_COOKIE: cookie }, "linux", plain],
  ["a client certificate", { ...started, PLUGIN_CLIENT_CERT: "PEM" }, "linux", { ...plain, client: "PEM" }],
  ["TLS turned off", { ...started, PLUGIN_CLIENT_CERT: "PEM", TF_DISABLE_PLUGIN_TLS: "1" }, "linux", plain],
  [
    "Windows",
    { ...started, PLUGIN_MIN_PORT: "10000", PLUGIN_MAX_PORT: "25000" },
    "win32",
    { ...plain, network: "tcp", ports: { least: 10000, most: 25000 } },
  ],
  ["tcp when asked", { ...started, SEATWISE_PLUGIN_NETWORK: "tcp" }, "darwin", { ...plain, network: "tcp" }],
  ["a folder for sockets", { ...started, PLUGIN_UNIX_SOCKET_DIR: "/run/x" }, "linux", { ...plain, folder: "/run/x" }],
])("%s", (_name, env, platform, handshake) => {
  expect(readHandshake(surroundings(env, platform))).toEqual(handshake);
});

test.each<[name: string, env: Env, words: RegExp]>([
  ["started by hand", {}, /start it themselves; by hand it does nothing[\s\S]*source = "seatwise\/seatwise"/],
  ["another plugin's cookie", { ...started, TF_PLUGIN_MAGIC_COOKIE: "x" }, /by hand it does nothing/],
  ["protocol 5 only", { ...started, PLUGIN_PROTOCOL_VERSIONS: "5" }, /offers 5\. Use Terraform 1\.0 or newer/],
  ["16 is not 6", { ...started, PLUGIN_PROTOCOL_VERSIONS: "5,16" }, /offers 5,16/],
  ["a port that is none", { ...started, PLUGIN_MIN_PORT: "http" }, /PLUGIN_MIN_PORT is "http", not a port/],
  ["a port too high", { ...started, PLUGIN_MAX_PORT: "65536" }, /PLUGIN_MAX_PORT is "65536", not a port/],
  ["ports upside down", { ...started, PLUGIN_MIN_PORT: "9", PLUGIN_MAX_PORT: "8" }, /9 is above PLUGIN_MAX_PORT 8/],
  ["a network that is none", { ...started, SEATWISE_PLUGIN_NETWORK: "udp" }, /is "udp"\. Use unix or tcp/],
])("refused in words: %s", (_name, env, words) => {
  expect(() => readHandshake(surroundings(env))).toThrow(words);
  expect(() => readHandshake(surroundings(env))).toThrow(Refusal);
});

test("to reattach nobody need have started us", () => {
  expect(plainHandshake(surroundings({ PLUGIN_CLIENT_CERT: "PEM" }))).toEqual(plain);
});

test.each([
  [1, "AQ"],
  [2, "AQE"],
  [3, "AQEB"],
])("a certificate of %d bytes goes without padding", (length, encoded) => {
  const place = { network: "unix" as const, address: "/tmp/seatwise-x/s", remove: () => {} };
  expect(handshakeLine(place, new Uint8Array(length).fill(1))).toBe(`1|6|unix|/tmp/seatwise-x/s|grpc|${encoded}`);
});

test("without TLS the last part is empty", () => {
  expect(handshakeLine({ network: "tcp", address: "127.0.0.1:10001", remove: () => {} }, null)).toBe(
    "1|6|tcp|127.0.0.1:10001|grpc|",
  );
});

test("what to put into the environment to reattach survives a shell, for both tools", () => {
  const line = reattachLine({ network: "unix", address: "/tmp/o'hara/s", remove: () => {} }, 42);
  expect(line).toMatch(/^TF_REATTACH_PROVIDERS='/);
  const json = line.slice("TF_REATTACH_PROVIDERS='".length, -1).replaceAll("'\\''", "'");
  const entry = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: 42,
    Test: true,
    Addr: { Network: "unix", String: "/tmp/o'hara/s" },
  };
  expect(JSON.parse(json)).toEqual({
    "seatwise/seatwise": entry,
    "registry.opentofu.org/seatwise/seatwise": entry,
  });
});

test("a line of the log stays one line, its time with six digits, its fields never in place of ours", () => {
  const line = hclog(
    { level: "warn", text: "two\nlines", fields: { pool: "copilot", "@level": "trace" } },
    new Date("2026-11-24T18:00:00.123Z"),
  );
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    "@level": "warn",
    "@message": "two\nlines",
    "@module": "seatwise",
    "@timestamp": "2026-11-24T18:00:00.123000Z",
    pool: "copilot",
  });
});
