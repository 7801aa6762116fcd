import fc from "fast-check";
import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { del, fill, get } from "./endpoint.ts";
import { createHttp } from "./http.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

describe("an address", () => {
  const rows = [
    { path: "/users/{id}", params: { id: "a/b c" }, is: "/users/a%2Fb%20c" },
    { path: "/groups/{+path}/x", params: { path: "/sig/re lease" }, is: "/groups/sig/re%20lease/x" },
    { path: "/users?first={first}&max={max}", params: { first: 0, max: undefined }, is: "/users?first=0" },
    { path: "/users?max={max}", params: {}, is: "/users" },
    { path: "/users?brief=true&q={q}", params: { q: "a&b=ü" }, is: "/users?brief=true&q=a%26b%3D%C3%BC" },
    { path: "/events?type={type}", params: { type: ["A", "B"] }, is: "/events?type=A&type=B" },
    { path: "/scim?cursor={cursor}", params: { cursor: "" }, is: "/scim?cursor=" },
  ];
  it.each(rows)("$path $params", ({ path, params, is }) => {
    expect(fill(path, params)).toBe(is);
  });
  it.each(["", ".", "..", undefined])("refuses %p as a part of a path", (id) => {
    expect(() => fill("/users/{id}", { id })).toThrow(/no path segment/);
    expect(() => fill("/users/{+id}", { id: `a/${id ?? ""}/b` })).toThrow(/no path segment/);
  });
  it("never leaves its place, whatever the value", () => {
    const value = fc.string({ minLength: 1, unit: "grapheme" }).filter((s) => s !== "." && s !== "..");
    fc.assert(
      fc.property(value, (id) => {
        const url = new URL(`http://h/a${fill("/users/{id}/groups?q={q}", { id, q: id })}`);
        expect(url.pathname.split("/").length).toBe(5);
        expect(decodeURIComponent(url.pathname.split("/")[3] ?? "")).toBe(id);
        expect([...url.searchParams]).toEqual([["q", id]]);
      }),
    );
  });
});

it("half a character is refused, not sent", () => {
  expect(() => fill("/users/{id}?q={q}", { id: "1", q: "\ud800" })).toThrow(/half a character/);
});

const signal = new AbortController().signal;
const Page = z.object({ items: z.array(z.object({ id: z.string() })) });
const api = { read: get("/things", Page), remove: del("/things/{id}") };
const open = (raw: ReturnType<typeof answer>) => {
  const clock = createVirtualClock();
  const { transport, arrivals } = createWireTo(clock, () => raw);
  return { http: openOn(clock, transport), arrivals };
};

describe("an answer", () => {
  it("that does not fit is told by field, never by value", async () => {
    const { http } = open(answer(200, { items: [{ id: "1" }, { id: { "value-canary": 1 } }] }));
    const problem = await http.call(api.read, {}, { signal }).catch((e: Error) => e);
    expect(problem).toMatchObject({ code: "bug" });
    expect((problem as Error).message).toMatch(
      /connection "crm": thing at thing.test answered GET \/things .*items\.1\.id/,
    );
    expect((problem as Error).message).not.toContain("canary");
  });
  it("that is no JSON, or empty, is an error", async () => {
    for (const raw of [answer(200, "<html>"), answer(200, ""), answer(204, "")])
      await expect(open(raw).http.call(api.read, {}, { signal })).rejects.toMatchObject({ code: "bug" });
  });
  it("without a table entry for its body is not read", async () => {
    expect(await open(answer(204, "")).http.call(api.remove, { id: "x" }, { signal })).toBeUndefined();
  });
  it("that is allowed though a refusal gives null, with status and body on demand", async () => {
    const { http } = open(answer(409, { scimType: "uniqueness" }));
    expect(await http.call(api.read, {}, { signal, okStatus: [409] })).toBeNull();
    const reply = await http.exchange(api.read, {}, { signal, okStatus: [409] });
    expect([reply.status, reply.body]).toEqual([409, { scimType: "uniqueness" }]);
  });
  it("that redirects is refused", async () => {
    const { http, arrivals } = open(answer(302, "", { location: "http://evil.test/" }));
    await expect(http.call(api.read, {}, { signal })).rejects.toThrow(/redirect/);
    expect(arrivals.length).toBe(1);
  });
});

describe("a link", () => {
  it("to the same host is followed, to another is refused", async () => {
    const { http, arrivals } = open(answer(200, { items: [] }));
    await http.call(api.read, {}, { signal, at: "http://thing.test/v1/things?after=2" });
    expect(arrivals[0]?.url).toBe("http://thing.test/v1/things?after=2");
    await expect(http.call(api.read, {}, { signal, at: "http://evil.test/" })).rejects.toThrow(/another host/);
    expect(arrivals.length).toBe(1);
  });
});

it.each(["nonsense", "ftp://x", "http://user:pass-canary@host/", "http://host/?token=x"])(
  "%s is no base address",
  (baseUrl) => {
    const make = () =>
      createHttp({ connection: "crm", vendor: "thing", baseUrl, auth: { kind: "none" }, clock: createVirtualClock() });
    expect(make).toThrow(/connection "crm"/);
    expect(make).not.toThrow(/canary/);
  },
);
