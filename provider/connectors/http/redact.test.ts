import { inspect } from "node:util";
import fc from "fast-check";
import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import type { Auth } from "./auth.ts";
import { get } from "./endpoint.ts";
import { createRedactor } from "./redact.ts";
import { NetworkFailure } from "./transport.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

const tokenUrl = "http://thing.test/token";
const auths: readonly ((secret: string) => Auth)[] = [
  (token) => ({ kind: "bearer", token }),
  (password) => ({ kind: "basic", username: "me", password }),
  (value) => ({ kind: "header", name: "X-Api-Key", value }),
  (clientSecret) => ({ kind: "oauth2", grant: "client_credentials", tokenUrl, clientId: "me", clientSecret }),
  (clientSecret) => ({
    kind: "oauth2",
    grant: "client_credentials",
    tokenUrl,
    clientId: "me",
    clientSecret,
    style: "basic",
  }),
  (password) => ({ kind: "oauth2", grant: "password", tokenUrl, clientId: "me", username: "me", password }),
];
const Strict = z.object({ items: z.array(z.object({ id: z.number() })) });
const api = { read: get("/things", Strict, { scope: "things:read" }) };

it("no secret leaves, whatever the vendor echoes and however the error is printed", async () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9+/=_\-.~ "\\%&é]{8,40}$/).filter((s) => s.trim().length >= 8);
  const status = fc.constantFrom(200, 302, 400, 401, 403, 404, 409, 429, 500, 503, 0);
  await fc.assert(
    fc.asyncProperty(secret, fc.constantFrom(...auths), status, fc.nat(), async (canary, auth, code, seed) => {
      const clock = createVirtualClock(seed);
      const logged: string[] = [];
      const { transport } = createWireTo(clock, (sent) => {
        if (sent.url === tokenUrl && code !== 400)
          return answer(200, { access_token: `tok-${canary}`, expires_in: 60 });
        if (code === 0) return new NetworkFailure("reset", true, new Error("reset"));
        const echo = `${JSON.stringify(sent.headers)} ${sent.body ?? ""} ${canary}`;
        return answer(code, { error: echo, message: canary, items: [{ id: canary }], detail: echo });
      });
      const http = openOn(clock, transport, { auth: auth(canary), log: (_level, text) => logged.push(text) });
      const problem = await http.call(api.read, {}, { signal: new AbortController().signal }).then(
        () => null,
        (e: unknown) => e,
      );
      expect(problem).toBeInstanceOf(Error);
      const shown = `${inspect(problem, { depth: 12, showHidden: true })}\n${JSON.stringify(problem)}\n${logged.join("\n")}`;
      const spellings = [
        canary,
        encodeURIComponent(canary),
        JSON.stringify(canary).slice(1, -1),
        Buffer.from(`me:${canary}`).toString("base64"),
      ];
      for (const spelling of spellings) expect(shown).not.toContain(spelling);
    }),
    { numRuns: 300 },
  );
});

describe("text", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["Authorization: Bearer abc.def-123", "abc.def"],
    ['{"access_token":"abcdef123"}', "abcdef123"],
    ["client_secret=hush-hush&x=1", "hush-hush"],
    ["cookie: SESSION=abc123def", "abc123def"],
    ["http://user:pass@host/", "pass"],
    ["eyJhbGciOiJSUzI1.eyJzdWIiOiIxMjM0.sig-nature", "eyJzdWIi"],
    ["SSWS 00abcdEFGH", "00abcdEFGH"],
  ];
  it.each(rows)("%s", (text, secret) => {
    expect(createRedactor()(text)).not.toContain(secret);
  });
  it("learns new tokens for ever, and always hides the last ones", () => {
    const redact = createRedactor(["fixed-canary"]);
    for (let i = 0; i < 1000; i += 1) redact.learn(`token-canary-${i}`);
    expect(redact("fixed-canary token-canary-999 token-canary-990")).not.toContain("canary");
  });
  it("leaves ordinary words alone", () => {
    const text = 'connection "crm": thing at 127.0.0.1:80 does not know GET /things/{id} (404)';
    expect(createRedactor(["canary"])(text)).toBe(text);
  });
});
