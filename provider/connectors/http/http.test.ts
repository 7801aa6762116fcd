import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { systemClock } from "./clock.ts";
import { get } from "./endpoint.ts";
import { createHttp } from "./http.ts";

const Page = z.object({ items: z.array(z.string()) });
const api = { items: get("/things/{thing}/items?first={first}", Page, { scope: "things:read" }) };

describe("over a real socket", () => {
  let server: Server;
  let baseUrl = "";
  const seen: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      const refused = request.headers.authorization !== "Bearer s3cret-canary";
      response.writeHead(refused ? 403 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(refused ? { error: `no ${request.headers.authorization}` } : { items: ["a"] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const open = (token: string) =>
    createHttp({ connection: "crm", vendor: "thing", baseUrl, clock: systemClock, auth: { kind: "bearer", token } });

  it("fills path and query, sends the token, parses the answer", async () => {
    const http = open("s3cret-canary");
    const page = await http.call(api.items, { thing: "a/b" }, { signal: AbortSignal.timeout(5000) });
    expect(page.items).toEqual(["a"]);
    expect(seen).toEqual(["/v1/things/a%2Fb/items Bearer s3cret-canary"]);
    expect(http.counts()).toMatchObject({ total: 1, reads: 1, writes: 0 });
    http.close();
  });

  it("a refusal names connection and scope, and never the token", async () => {
    const http = open("wrong-canary");
    const problem = await http.call(api.items, { thing: "x" }, { signal: AbortSignal.timeout(5000) }).catch((e) => e);
    expect(problem).toMatchObject({ code: "denied", status: 403 });
    expect(problem.message).toContain('connection "crm"');
    expect(problem.message).toContain("things:read");
    expect(problem.message + problem.hint).not.toContain("wrong-canary");
    http.close();
  });
});
