import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect as connectTls } from "node:tls";
import { status } from "@grpc/grpc-js";
import fc from "fast-check";
import { until } from "../../testing/real/watched-process.ts";
import { clientCertificate, TerraformClient, TerraformPlugin } from "../../testing/terraform-plugin.ts";

const node = "node_modules/.bin/node";
const fake = "provider/testing/fake-terraform-plugin.ts";

const plugins: TerraformPlugin[] = [];
const begin = async (words: readonly string[], more: Partial<Parameters<typeof TerraformPlugin.start>[0]> = {}) => {
  const plugin = await TerraformPlugin.start({ command: [node, fake, ...words], ...more });
  plugins.push(plugin);
  return plugin;
};
afterEach(async () => {
  for (const plugin of plugins.splice(0)) {
    if (plugin.running) plugin.child.kill("SIGKILL");
    await plugin.ended;
  }
});

const configured = async (client: TerraformClient): Promise<void> => {
  const { resourceSchemas } = await client.call("getProviderSchema", {});
  expect(Object.keys(resourceSchemas)).toEqual(["seatwise_thing"]);
};

test.each([
  { network: "unix", tls: true },
  { network: "unix", tls: false },
  { network: "tcp", tls: true },
  { network: "tcp", tls: false },
])("serves over $network, TLS: $tls; Shutdown ends it and takes the socket away", async ({ network, tls }) => {
  const own = tls ? clientCertificate() : null;
  const plugin = await begin([], { client: own, env: { SEATWISE_PLUGIN_NETWORK: network } });
  const place = network === "unix" ? "[/]\\S+[/]seatwise-\\w+[/]s" : "127[.]0[.]0[.]1:\\d+";
  expect(plugin.line).toMatch(new RegExp(`^1[|]6[|]${network}[|]${place}[|]grpc[|]${tls ? "[\\w+/]{300,}" : ""}$`));
  const client = new TerraformClient(plugin, own);
  const streams = client.openStreams();
  for (const stream of streams) stream.on("error", () => {}); // at the process' end
  await configured(client);
  await client.shutdown();
  expect(await plugin.ended).toEqual({ code: 0, signal: null });
  if (network === "unix") expect(plugin.socketIsThere).toBe(false);
  client.close();
});

test("ports come from the range that Terraform gives, another one where the first is taken", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const env = { SEATWISE_PLUGIN_NETWORK: "tcp", PLUGIN_MIN_PORT: String(port), PLUGIN_MAX_PORT: String(port) };
  const refused = await begin([], { env });
  expect(refused.line).toMatch(`Seatwise cannot serve: no port from ${port} to ${port} is free. Allow more`);
  expect(await refused.ended).toEqual({ code: 1, signal: null });
  const wider = await begin([], { env: { ...env, PLUGIN_MAX_PORT: String(port + 20) } });
  const got = Number(wider.address.split(":")[1]);
  expect(got).toBeGreaterThan(port);
  expect(got).toBeLessThanOrEqual(port + 20);
  taken.close();
});

test("the socket's folder is closed to everybody else, and its path short wherever temporary files go", async () => {
  const plugin = await begin([]);
  expect(statSync(plugin.folder).mode & 0o777).toBe(0o700);
  const deep = join(mkdtempSync(join(tmpdir(), "seatwise-deep-")), "x".repeat(120));
  mkdirSync(deep);
  const other = await begin([], { env: { TMPDIR: deep } });
  expect(other.address).toMatch(/^[/]tmp[/]seatwise-\w+[/]s$/);
  rmSync(dirname(deep), { recursive: true });
});

test.each([
  {
    what: "a client certificate that is none",
    env: { PLUGIN_CLIENT_CERT: "x" },
    words: /PLUGIN_CLIENT_CERT holds no cert/,
  },
  {
    what: "no folder for the socket",
    env: { TMPDIR: "/nowhere" },
    words: /ENOENT.*Set TMPDIR to one that can be written/,
  },
])("refused in words: $what", async ({ env, words }) => {
  const plugin = await begin([], { env });
  expect(plugin.line).toMatch(words);
  expect((await plugin.ended).code).toBe(1);
});

test("started by hand it says what it is and ends with 1", async () => {
  const plugin = await begin([], { env: { TF_PLUGIN_MAGIC_COOKIE: "" } });
  expect(plugin.line).toBe(
    "This is the Seatwise provider for Terraform and OpenTofu. They start it themselves; by hand it does nothing.",
  );
  expect((await plugin.ended).code).toBe(1);
});

describe("nobody but the client whose certificate was given", () => {
  test.each([
    { who: "another certificate of the same name", with: clientCertificate() },
    { who: "no certificate, in plaintext", with: null },
  ])("$who", async ({ with: other }) => {
    const own = clientCertificate();
    const plugin = await begin([], { client: own });
    const stranger = new TerraformClient(plugin, other);
    await expect(stranger.call("getProviderSchema", {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
    stranger.close();
    const client = new TerraformClient(plugin, own); // and it goes on for its own
    await configured(client);
    client.close();
  });

  test("TLS without any certificate", async () => {
    const plugin = await begin([], { client: clientCertificate() });
    const socket = connectTls({
      path: plugin.address,
      ca: plugin.authority,
      servername: "localhost",
      ALPNProtocols: ["h2"],
    });
    const error = await new Promise<Error>((resolve) => socket.once("error", resolve).resume());
    expect(error.message).toMatch(/certificate required|ECONNRESET|handshake/);
  });
});

test("a call without a handler, one that throws, and an answer to neither holds a secret", async () => {
  const plugin = await begin(["throws"]);
  const client = new TerraformClient(plugin, null);
  await expect(client.call("getFunctions", {})).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  const thrown = client.call("readResource", { typeName: "seatwise_thing" });
  await expect(thrown).rejects.toMatchObject({
    code: status.INTERNAL,
    details: "A bug in Seatwise: readResource failed. TF_LOG=error shows where; please report it.",
  });
  const told = () => plugin.log.map((line) => JSON.parse(line)).find((line) => line["@level"] === "error");
  await until(() => told() !== undefined);
  expect(told()["@message"]).toMatch(/^readResource failed, please report it: .*fake-terraform-plugin\.ts/s);
  expect(plugin.log.join("\n")).not.toContain("hunter2");
  client.close();
});

test("messages of many megabytes go both ways", async () => {
  const client = new TerraformClient(await begin([]), null);
  const msgpack = Buffer.alloc(20 * 1024 * 1024, "x");
  const answer = await client.call("readResource", { typeName: "seatwise_thing", currentState: { msgpack } });
  expect(answer.newState?.msgpack.equals(msgpack)).toBe(true);
  client.close();
});

/** Whatever is sent: the connection ends or waits, and the next client is served. */
const send = (plugin: TerraformPlugin, bytes: Uint8Array, network: string): Promise<void> =>
  new Promise((resolve) => {
    const [host = "", port = ""] = plugin.address.split(":");
    const socket: Socket = network === "unix" ? connectTcp(plugin.address) : connectTcp(Number(port), host);
    socket.on("error", () => {}).on("close", () => resolve());
    socket.resume().write(bytes, () => socket.end(() => socket.destroy()));
  });
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const frame = fc
  .record({ type: fc.nat(12), flags: fc.nat(255), stream: fc.nat(9), body: fc.uint8Array({ maxLength: 60 }) })
  .map(({ type, flags, stream, body }) =>
    Buffer.concat([Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, stream]), body]),
  );
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc.array(frame, { maxLength: 8 }).map((frames) => Buffer.concat([preface, ...frames])),
  fc
    .array(frame, { maxLength: 8 })
    .map((frames) => Buffer.concat([preface, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), ...frames])),
);

test.each([
  { network: "unix", tls: false },
  { network: "tcp", tls: true },
])("garbage on the $network socket, TLS $tls, neither hangs nor ends it", async ({ network, tls }) => {
  const own = tls ? clientCertificate() : null;
  const plugin = await begin([], { client: own, env: { SEATWISE_PLUGIN_NETWORK: network } });
  await fc.assert(
    fc.asyncProperty(garbage, (bytes) => send(plugin, bytes, network)),
    { numRuns: 150 },
  );
  const client = new TerraformClient(plugin, own);
  await configured(client);
  expect(plugin.log.filter((line) => line.includes('"error"'))).toEqual([]);
  await client.shutdown();
  expect((await plugin.ended).code).toBe(0);
  client.close();
});

test("a call whose body is no message is an error of that call alone", async () => {
  const client = new TerraformClient(await begin([]), null);
  const garbled = client.garbled("planResourceChange", Buffer.from("0affffffff", "hex"));
  await expect(garbled).rejects.toMatchObject({
    code: status.INTERNAL,
    details: "Error deserializing request",
  });
  await configured(client);
  client.close();
});
