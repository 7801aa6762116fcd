import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { del, get, patch, post, put } from "./endpoint.ts";
import { AfterTimeout } from "./problems.ts";
import { NetworkFailure, type Raw } from "./transport.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

const Any = z.object({});
const api = {
  read: get("/things", Any),
  create: post("/things", Any),
  search: post("/search", Any, { idempotent: true, write: false }),
  replace: put("/things/{id}", Any),
  change: patch("/things/{id}", Any),
  remove: del("/things/{id}"),
};
const signal = new AbortController().signal;
const lost = () => new NetworkFailure("timeout", true);
const unsent = () => new NetworkFailure("refused", false);
const script = (...replies: (Raw | Error)[]) => {
  const clock = createVirtualClock(2);
  const { transport, arrivals } = createWireTo(clock, (_sent, nth) => replies[nth - 1] ?? answer(200));
  return { clock, arrivals, http: openOn(clock, transport) };
};
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (e: unknown) => e,
  );

describe("what is asked again", () => {
  const rows = [
    { name: "a read whose answer is lost", call: "read", replies: [lost()], sent: 2 },
    { name: "a PUT whose answer is lost", call: "replace", replies: [lost()], sent: 2 },
    { name: "a DELETE whose answer is lost", call: "remove", replies: [lost()], sent: 2 },
    { name: "a search by POST whose answer is lost", call: "search", replies: [lost()], sent: 2 },
    { name: "a POST that nobody heard", call: "create", replies: [unsent()], sent: 2 },
    { name: "a POST that was limited", call: "create", replies: [answer(429)], sent: 2 },
    { name: "a POST that met an overloaded server", call: "create", replies: [answer(503)], sent: 2 },
    { name: "a read behind a bad gateway", call: "read", replies: [answer(502), answer(504)], sent: 3 },
  ] as const;
  it.each(rows)("$name", async ({ call, replies, sent }) => {
    const { http, arrivals } = script(...replies);
    await http.call(api[call], { id: "1" }, { signal });
    expect(arrivals.length).toBe(sent);
  });
});

describe("what is not asked again", () => {
  const rows = [
    { name: "a POST whose answer is lost", call: "create", reply: lost(), error: AfterTimeout },
    { name: "a PATCH whose answer is lost", call: "change", reply: lost(), error: AfterTimeout },
    { name: "a POST behind a gateway that timed out", call: "create", reply: answer(504), error: AfterTimeout },
    { name: "a read that is refused", call: "read", reply: answer(403), error: Error },
    { name: "a read that fails inside the server", call: "read", reply: answer(500), error: Error },
    { name: "a server with a bad certificate", call: "read", reply: new NetworkFailure("tls", false), error: Error },
  ] as const;
  it.each(rows)("$name", async ({ call, reply, error }) => {
    const { http, arrivals } = script(reply);
    expect(await failureOf(http.call(api[call], { id: "1" }, { signal }))).toBeInstanceOf(error);
    expect(arrivals.length).toBe(1);
  });
  it("a wrong address, more than twice", async () => {
    const { http, arrivals } = script(unsent(), unsent(), unsent(), unsent());
    expect(await failureOf(http.call(api.read, {}, { signal }))).toMatchObject({ code: "unreachable" });
    expect(arrivals.length).toBe(3);
  });
});

describe("bounds", () => {
  it("attempts are bounded, and the first cause is told", async () => {
    const { http, arrivals } = script(...Array.from({ length: 20 }, () => answer(429)));
    expect(await failureOf(http.call(api.read, {}, { signal }))).toMatchObject({ code: "throttled" });
    expect(arrivals.length).toBe(6);
  });

  it("waiting is bounded, however patiently the vendor asks for it", async () => {
    const { http, arrivals, clock } = script(
      ...Array.from({ length: 20 }, () => answer(429, {}, { "retry-after": "110" })),
    );
    expect(await failureOf(http.call(api.read, {}, { signal }))).toMatchObject({ code: "throttled" });
    expect(arrivals.length).toBe(3);
    expect(clock.slept()).toBeLessThanOrEqual(300_000);
  });

  it("five failures in a row open the breaker: nothing is sent, then one probe, then all", async () => {
    const clock = createVirtualClock(2);
    let healthy = false;
    const { transport, arrivals } = createWireTo(clock, () => (healthy ? answer(200) : answer(500)));
    const http = openOn(clock, transport);
    for (let i = 0; i < 5; i += 1) await failureOf(http.call(api.read, {}, { signal }));
    expect(await failureOf(http.call(api.read, {}, { signal }))).toMatchObject({ code: "unreachable" });
    expect(arrivals.length).toBe(5);

    clock.advance(10_000);
    await Promise.all([1, 2, 3, 4].map(() => failureOf(http.call(api.read, {}, { signal }))));
    expect(arrivals.length).toBe(6);

    // Those who come while the probe is under way wait for it: no call fails because another one tries.
    clock.advance(10_000);
    healthy = true;
    await Promise.all([1, 2, 3, 4].map(() => http.call(api.read, {}, { signal })));
    expect(arrivals.length).toBe(10);
    expect(arrivals[6]?.until).toBeLessThanOrEqual(arrivals[7]?.at ?? 0);
  });

  it("a read against a dead server ends with the network's story, not the breaker's", async () => {
    const { http } = script(...Array.from({ length: 9 }, () => new NetworkFailure("reset", true)));
    const problem = (await failureOf(http.call(api.read, {}, { signal }))) as Error;
    expect(problem.message).toContain("closed the connection");
  });
});

describe("cancelling", () => {
  it("ends a wait at once", async () => {
    const { http, clock } = script(answer(429, {}, { "retry-after": "60" }));
    const stop = new AbortController();
    const began = clock.now();
    const call = failureOf(http.call(api.read, {}, { signal: stop.signal }));
    await clock.sleep(100);
    stop.abort();
    expect(await call).toMatchObject({ code: "cancelled" });
    expect(clock.now() - began).toBeLessThan(60_000);
  });
  it("before the call sends nothing", async () => {
    const { http, arrivals } = script();
    expect(await failureOf(http.call(api.read, {}, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "cancelled",
    });
    expect(arrivals).toEqual([]);
  });
});

describe("tokens", () => {
  const open = (lifeS: number, refuse: (token: string, nth: number) => boolean = () => false) => {
    const clock = createVirtualClock(2);
    let issued = 0;
    let nth = 0;
    const { transport, arrivals } = createWireTo(clock, (sent) => {
      if (sent.url.endsWith("/token")) {
        issued += 1;
        return answer(200, { access_token: `token-canary-${issued}`, expires_in: lifeS });
      }
      nth += 1;
      return refuse(sent.headers.authorization ?? "", nth) ? answer(401) : answer(200);
    });
    const http = openOn(clock, transport, {
      auth: {
        kind: "oauth2",
        grant: "client_credentials",
        tokenUrl: "http://thing.test/token",
        clientId: "me",
        clientSecret: "secret-canary",
      },
    });
    return { clock, arrivals, http, issued: () => issued };
  };
  const readAll = (http: ReturnType<typeof open>["http"], n: number) =>
    Promise.all(Array.from({ length: n }, () => http.call(api.read, {}, { signal })));

  it("are asked for once, however many need one", async () => {
    const { http, issued } = open(300);
    await readAll(http, 20);
    expect(issued()).toBe(1);
    expect(http.counts()).toMatchObject({ total: 21, tokens: 1 });
  });
  it("are renewed before they expire", async () => {
    const { http, clock, arrivals, issued } = open(100);
    await readAll(http, 1);
    clock.advance(91_000);
    await readAll(http, 5);
    expect(issued()).toBe(2);
    expect(arrivals.filter((a) => a.raw?.status === 401)).toEqual([]);
  });
  it("that the vendor revoked are renewed once, by one request", async () => {
    const { http, issued } = open(300, (token) => token.endsWith("-1"));
    await readAll(http, 12);
    expect(issued()).toBe(2);
  });
  it("that are refused twice are a denial", async () => {
    const { http, issued } = open(300, () => true);
    expect(await failureOf(http.call(api.read, {}, { signal }))).toMatchObject({ code: "denied", status: 401 });
    expect(issued()).toBe(2);
  });
  it("one caller who gives up does not take the token from the others", async () => {
    const { http } = open(300);
    const stop = new AbortController();
    const gone = failureOf(http.call(api.read, {}, { signal: stop.signal }));
    const stays = http.call(api.read, {}, { signal });
    await Promise.resolve();
    stop.abort();
    expect(await gone).toMatchObject({ code: "cancelled" });
    await stays;
  });
});
