import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { z } from "zod";
import { selfSigned } from "./certificate.fixture.ts";
import { systemClock } from "./clock.ts";
import { get, post } from "./endpoint.ts";
import { createHttp, type Http, type HttpConfig } from "./http.ts";
import { createShared } from "./shared.ts";

const Items = z.object({ items: z.array(z.string()) });
const api = {
  items: get("/things/{thing}/items?first={first}", Items, { scope: "things:read" }),
  create: post("/things", Items),
};
const signal = new AbortController().signal;
const canary = "s3cret-canary";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
const listen = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port; // it listens on TCP
};
const open = (baseUrl: string, more: Partial<HttpConfig> = {}): Http => {
  const auth = { kind: "bearer", token: canary } as const;
  const http = createHttp({
    connection: "crm",
    vendor: "thing",
    baseUrl,
    clock: systemClock,
    auth,
    shared: createShared(),
    ...more,
  });
  closing.push(async () => http.close());
  return http;
};
const problemOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("no error"),
    (e: Error) => e,
  );

/** Answers rightly who brings the token; echoes it in a refusal. */
const honest: RequestListener = (request, response) => {
  const { authorization } = request.headers;
  const right = authorization === `Bearer ${canary}`;
  response.writeHead(right ? 200 : 403, { "content-type": "application/json" });
  response.end(
    JSON.stringify(
      right ? { items: [request.url, request.socket.remotePort].map(String) } : { error: `no ${authorization}` },
    ),
  );
};

describe("over real sockets", () => {
  it("fills path and query, sends the token, parses the answer", async () => {
    const http = open(`http://127.0.0.1:${await listen(createServer(honest))}/v1/`);
    const page = await http.call(api.items, { thing: "a/b", first: 3 }, { signal });
    expect(page.items[0]).toBe("/v1/things/a%2Fb/items?first=3");
    expect(http.counts()).toEqual({
      total: 1,
      reads: 1,
      writes: 0,
      tokens: 0,
      by: { "GET /things/{thing}/items?first={first}": 1 },
    });
  });

  it("keeps its connection for the next call, and for the next walk", async () => {
    const baseUrl = `http://127.0.0.1:${await listen(createServer(honest))}`;
    const shared = createShared();
    const ports = new Set<string | undefined>();
    for (const http of [open(baseUrl, { shared }), open(baseUrl, { shared })])
      for (const thing of ["1", "2"]) ports.add((await http.call(api.items, { thing }, { signal })).items[1]);
    expect(ports.size).toBe(1);
  });

  it("a refusal names connection and scope, and never the token", async () => {
    const http = open(`http://127.0.0.1:${await listen(createServer(honest))}`, {
      auth: { kind: "bearer", token: "wrong-canary" },
    });
    const problem = await problemOf(http.call(api.items, { thing: "x" }, { signal }));
    expect(problem).toMatchObject({ code: "denied", status: 403 });
    expect(problem.message).toMatch(/connection "crm".*needs things:read/);
    expect(`${problem.message}${problem.stack}${JSON.stringify(problem)}`).not.toContain("wrong-canary");
  });

  it("nobody listens: unreachable, naming connection and host, without the token", async () => {
    const port = await listen(createServer(honest));
    await closing.splice(0).at(-1)?.();
    const problem = await problemOf(open(`http://127.0.0.1:${port}`).call(api.items, { thing: "x" }, { signal }));
    expect(problem).toMatchObject({ code: "unreachable" });
    expect(problem.message).toMatch(new RegExp(`"crm".*127\\.0\\.0\\.1:${port} cannot be reached`));
  });

  it("a server that never answers is given up after the timeout: a read is asked again, a write is told as lost", async () => {
    let asked = 0;
    const port = await listen(
      createServer((request, response) => {
        asked += 1;
        if (asked > 1 && request.method === "GET") honest(request, response);
      }),
    );
    const http = open(`http://127.0.0.1:${port}`, { timeoutMs: 80, backoff: { baseMs: 1 } });
    expect((await http.call(api.items, { thing: "x" }, { signal })).items.length).toBe(2);
    expect(asked).toBe(2);
    const problem = await problemOf(http.call(api.create, {}, { signal, body: { name: "x" } }));
    expect(problem.constructor.name).toBe("AfterTimeout");
    expect(asked).toBe(3);
  });

  it("an answer larger than allowed is refused, not read to its end", async () => {
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (response.write("x".repeat(65_536)));
          response.once("drain", more);
        };
        more();
      }),
    );
    const problem = await problemOf(
      open(`http://127.0.0.1:${port}`, { maxBytes: 200_000 }).call(api.items, { thing: "x" }, { signal }),
    );
    expect(problem.message).toContain("too large");
  });

  it("a redirect is not followed", async () => {
    let elsewhere = 0;
    const evil = await listen(
      createServer(() => {
        elsewhere += 1;
      }),
    );
    const port = await listen(
      createServer((_q, response) => response.writeHead(302, { location: `http://127.0.0.1:${evil}/` }).end()),
    );
    expect(
      (await problemOf(open(`http://127.0.0.1:${port}`).call(api.items, { thing: "x" }, { signal }))).message,
    ).toContain("redirect");
    expect(elsewhere).toBe(0);
  });

  it("cancelling ends a request under way at once", async () => {
    const port = await listen(createServer(() => undefined));
    const stop = new AbortController();
    const call = problemOf(open(`http://127.0.0.1:${port}`).call(api.items, { thing: "x" }, { signal: stop.signal }));
    setTimeout(() => stop.abort(), 30);
    expect(await call).toMatchObject({ code: "cancelled" });
  });
});

describe("TLS and proxies", () => {
  const { cert, key } = selfSigned();
  const secure = (): Promise<number> => listen(createSecureServer({ cert, key }, honest));
  /** A proxy that tunnels, and notes whom it was asked for and what it could read. */
  const startProxy = async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      honest(request, response);
    });
    proxy.on("connect", (request, client: Socket, head: Buffer) => {
      seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
      const [host, port] = (request.url ?? "").split(":");
      const onward = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.write(head);
        onward.pipe(client).pipe(onward);
      });
      client.on("data", (data: Buffer) => seen.push(data.toString("latin1")));
      client.on("close", () => onward.destroy());
      onward.on("error", () => client.destroy());
    });
    return { seen, port: await listen(proxy) };
  };

  it("a certificate of an unknown authority is refused, and the message says what to set", async () => {
    const problem = await problemOf(
      open(`https://127.0.0.1:${await secure()}`).call(api.items, { thing: "x" }, { signal }),
    );
    expect(problem).toMatchObject({ code: "unreachable", hint: expect.stringContaining("`ca`") });
  });
  it("is accepted with its authority", async () => {
    const http = open(`https://127.0.0.1:${await secure()}`, { ca: cert });
    expect((await http.call(api.items, { thing: "x" }, { signal })).items.length).toBe(2);
  });
  it("https goes through a proxy as a tunnel: the proxy reads neither path nor token", async () => {
    const { seen, port } = await startProxy();
    const target = await secure();
    const http = open(`https://127.0.0.1:${target}`, { ca: cert, proxy: `http://127.0.0.1:${port}` });
    expect((await http.call(api.items, { thing: "x" }, { signal })).items.length).toBe(2);
    expect(seen[0]).toContain(`CONNECT 127.0.0.1:${target}`);
    expect(seen.join()).not.toContain(canary);
    expect(seen.join()).not.toContain("/things/");
  });
  it("a certificate of an unknown authority is refused through a tunnel too", async () => {
    const { port } = await startProxy();
    const http = open(`https://127.0.0.1:${await secure()}`, { proxy: `http://127.0.0.1:${port}` });
    expect(await problemOf(http.call(api.items, { thing: "x" }, { signal }))).toMatchObject({ code: "unreachable" });
  });
  it("http goes through a proxy as an absolute address", async () => {
    const { seen, port } = await startProxy();
    const http = open("http://vendor.test/v1", { proxy: `http://127.0.0.1:${port}` });
    await http.call(api.items, { thing: "x" }, { signal });
    expect(seen).toEqual(["GET http://vendor.test/v1/things/x/items"]);
  });
});
