import { generateKeyPairSync } from "node:crypto";
import { z } from "zod";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import type { Auth } from "./auth.ts";
import { get } from "./endpoint.ts";
import { clientAssertion, githubApp } from "./signed.ts";
import { NetworkFailure, type Raw, type Sent } from "./transport.ts";
import { answer, createWireTo, openOn } from "./wire.fixture.ts";

const { signal } = new AbortController();
const thing = get("/thing", z.object({ ok: z.boolean() }));
const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const auth: Auth = clientAssertion({
  tokenUrl: "http://login.test/token",
  clientId: "seatwise",
  privateKey,
  scope: "things",
});
const token = (n: number): Raw => answer(200, { access_token: `t${n}`, expires_in: 3600 });
const claims = ({ body = "", headers }: Sent): { readonly iat: number; readonly exp: number; readonly jti: string } => {
  const jwt = new URLSearchParams(body).get("client_assertion") ?? headers.authorization?.slice("Bearer ".length) ?? "";
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
};
const isToken = ({ url }: Sent): boolean => /token/.test(url);

describe("what is signed for a token", () => {
  it("is signed anew for each try: an id that the server has seen is refused (Okta), and minutes may have passed", async () => {
    const clock = createVirtualClock();
    const seen = new Set<string>();
    let tries = 0;
    const { transport } = createWireTo(clock, (sent) => {
      if (!isToken(sent)) return answer(200, { ok: true });
      const { jti, exp } = claims(sent);
      if (seen.has(jti) || exp * 1000 < clock.now()) return answer(401, { error: "invalid_client" });
      seen.add(jti);
      tries += 1;
      if (tries === 1) return new NetworkFailure("timeout", true);
      if (tries === 2) return answer(429, {}, { "retry-after": "290" });
      return token(1);
    });
    await expect(openOn(clock, transport, { auth }).call(thing, {}, { signal })).resolves.toEqual({ ok: true });
    expect(tries).toBe(3);
  });

  it("was issued before it arrives, as Okta demands, though this machine's clock is some seconds ahead", async () => {
    const clock = createVirtualClock();
    const { transport, arrivals } = createWireTo(clock, (sent) =>
      isToken(sent) ? token(1) : answer(200, { ok: true }),
    );
    await openOn(clock, transport, { auth }).call(thing, {}, { signal });
    const [asked] = arrivals.filter(isToken);
    expect(asked && claims(asked).iat * 1000).toBeLessThanOrEqual((asked?.at ?? 0) - 30_000);
  });

  it.each([-90, 90])("is signed by the server's time where this machine's is wrong by %d minutes", async (minutes) => {
    const clock = createVirtualClock();
    const server = (): number => clock.now() + minutes * 60_000;
    const { transport, arrivals } = createWireTo(clock, (sent) => {
      const headers = { date: new Date(server()).toUTCString() };
      if (!isToken(sent)) return answer(200, { ok: true }, headers);
      const { iat, exp } = claims(sent);
      const good = iat * 1000 <= server() && exp * 1000 > server() && exp * 1000 < server() + 3_600_000;
      return good ? { ...token(1), headers } : answer(401, { error: "invalid_client" }, headers);
    });
    const http = openOn(clock, transport, { auth });
    await http.call(thing, {}, { signal });
    clock.advance(3_600_000);
    await http.call(thing, {}, { signal });
    expect(arrivals.filter(isToken).map(({ raw }) => raw?.status)).toEqual([401, 200, 200]);
  });

  it("is refused once where clock and server agree: the key is wrong", async () => {
    const clock = createVirtualClock();
    const { transport, arrivals } = createWireTo(clock, () =>
      answer(401, { error: "invalid_client" }, { date: new Date(clock.now()).toUTCString() }),
    );
    const asking = openOn(clock, transport, { auth }).call(thing, {}, { signal });
    await expect(asking).rejects.toMatchObject({ code: "denied" });
    expect(arrivals).toHaveLength(1);
  });

  it("and a token that tells when it ends (GitHub) lives by the server's time", async () => {
    const clock = createVirtualClock();
    const server = (): number => clock.now() - 2 * 3_600_000;
    const { transport, arrivals } = createWireTo(clock, (sent) => {
      const headers = { date: new Date(server()).toUTCString() };
      if (!isToken(sent)) return answer(200, { ok: true }, headers);
      return answer(201, { token: "ghs_1", expires_at: new Date(server() + 3_600_000).toISOString() }, headers);
    });
    const app = githubApp({ baseUrl: "http://thing.test/v1", appId: "1", installationId: "2", privateKey });
    const http = openOn(clock, transport, { auth: app });
    for (let nth = 0; nth < 3; nth += 1) await http.call(thing, {}, { signal });
    expect(arrivals.filter(isToken)).toHaveLength(1);
  });
});
