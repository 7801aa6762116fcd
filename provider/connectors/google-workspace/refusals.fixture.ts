import { importPKCS8, SignJWT } from "jose";
import { scopes } from "./api.ts";
import type { GoogleWorkspaceSimulator } from "./simulator.ts";
import { emails, plus, standard, type World, world } from "./world.fixture.ts";

export const [a = "", b = "", c = ""] = emails(3);

interface Claims {
  readonly scope?: string;
  readonly sub?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly lifeSeconds?: number;
  readonly kid?: string;
}
const assertion = async ({ credentials, administrator, tokenUrl, clock }: GoogleWorkspaceSimulator, over: Claims) => {
  const file = JSON.parse(credentials) as Record<string, string>; // our own key file
  const now = Math.floor(clock.now() / 1000);
  const { lifeSeconds = 3600, kid = file.private_key_id ?? "", ...claims } = over;
  const given = { iss: file.client_email ?? "", sub: administrator, aud: tokenUrl, scope: scopes.users, ...claims };
  return new SignJWT(given)
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuedAt(now)
    .setExpirationTime(now + lifeSeconds)
    .sign(await importPKCS8(file.private_key ?? "", "RS256"));
};
export const token = async (w: World, over: Claims = {}, change = (jwt: string) => jwt): Promise<Response> =>
  fetch(w.google.tokenUrl, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: change(await assertion(w.google, over)),
    }),
  });
export const call = async (w: World, scope: string, path: string, init: RequestInit = {}): Promise<Response> => {
  const { access_token } = (await (await token(w, { scope })).json()) as { access_token: string }; // what OAuth gives
  const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
  w.clock.advance(1100);
  return fetch(w.google.url + path, { ...init, headers });
};
export const licence = (sku: string, who?: string): string =>
  `/apps/licensing/v1/product/Google-Apps/sku/${sku}/user${who === undefined ? "" : `/${who}`}`;
export const insert = (w: World, sku: string, userId: string): Promise<Response> =>
  call(w, scopes.licensing, licence(sku), { method: "POST", body: JSON.stringify({ userId }) });
export const move = (w: World, body: object): Promise<Response> =>
  call(w, scopes.licensing, licence("1010020020", a), { method: "PATCH", body: JSON.stringify(body) });
export const users = (query: string) => (w: World) => call(w, scopes.users, `/admin/directory/v1/users?${query}`);
export const join = (w: World, group: string, email: string): Promise<Response> =>
  call(w, scopes.members, `/admin/directory/v1/groups/${group}/members`, {
    method: "POST",
    body: JSON.stringify({ email, role: "MEMBER" }),
  });

/** As somebody who exists and is no administrator. */
export const asClerk = async (w: World): Promise<Response> => {
  const { access_token } = (await (await token(w, { sub: "clerk@acme.test" })).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  return fetch(`${w.google.url}/admin/directory/v1/users?customer=my_customer`, { headers });
};
/** All that a minute allows, and one more. */
export const overrun = async (w: World): Promise<Response> => {
  const { access_token } = (await (await token(w)).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  const url = `${w.google.url}/admin/directory/v1/users/${a}`;
  const request = { method: "GET", url, headers, signal: AbortSignal.timeout(60_000), timeoutMs: 60_000 };
  for (let n = 0; n < 2400; n += 1) expect((await w.google.transport(request)).status).toBe(200);
  return fetch(url, { headers });
};

/** a has Enterprise Plus, c is licensed automatically; of Business Standard one was bought, and b has it. */
export const seeded = async (): Promise<World> => {
  const w = await world([a, b], {
    purchased: { "1010020020": 10, "1010020028": 1, "1010020025": 5 },
    automatic: { "1010020020": ["/Sales"] },
  });
  const { hands } = w.google;
  hands.addUser({ email: c, orgUnitPath: "/Sales/EMEA" });
  hands.addUser({ email: "clerk@acme.test" });
  hands.addUser({ email: "new@acme.test" });
  for (const email of [a, c]) hands.license(plus, email);
  hands.license(standard, b);
  hands.addGroup("team@acme.test");
  hands.join("team@acme.test", a);
  return w;
};
