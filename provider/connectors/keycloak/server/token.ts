import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { sameSecret } from "../../simulator/tokens.ts";
import { callerOf } from "./access.ts";
import { record } from "./events.ts";
import type { Realm, SimClient, SimUser } from "./realm.ts";
import { refuse } from "./refusals.ts";
import { isJson, ok, type Server } from "./state.ts";

type Form = Readonly<Record<string, string | undefined>>;

const invalidClient = () => refuse.oauth(401, "invalid_client", "Invalid client or Invalid client credentials");
const unauthorizedClient = (text = "Invalid client or Invalid client credentials") =>
  refuse.oauth(401, "unauthorized_client", text);
const invalidGrant = (text: string) => refuse.oauth(400, "invalid_grant", text);

/** Credentials from the form or, as RFC 6749 prefers, from the header. */
const credentials = (form: Form, authorization: string | undefined): { id: string; secret: string } => {
  const basic = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
  if (basic === undefined) return { id: form.client_id ?? "", secret: form.client_secret ?? "" };
  const [id = "", ...rest] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return { id: decodeURIComponent(id), secret: decodeURIComponent(rest.join(":")) };
};

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
/** What the real server's token says of its bearer by default, as far as clients read it: roles by client. */
const jwt = (realm: Realm, user: SimUser, server: Server) => {
  const roles = [...callerOf(`${realm.name} ${user.id}`, server.realms).roles];
  const resource_access = {
    ...(roles.length > 0 ? { "realm-management": { roles } } : {}),
    account: { roles: ["manage-account", "manage-account-links", "view-profile"] },
  };
  const payload = { iss: `${server.url()}/realms/${realm.name}`, sub: user.id, typ: "Bearer", resource_access };
  return (word: string): string => `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(payload)}.${word}`;
};

const issue = (server: Server, realm: Realm, user: SimUser): Answer => {
  // The administrator's own realm gives short-lived tokens.
  const life = realm.name === "master" ? 60_000 : realm.tokenLifeMs;
  return {
    ...ok({
      access_token: server.tokens.issue(`${realm.name} ${user.id}`, life, jwt(realm, user, server)),
      expires_in: life / 1000,
      refresh_expires_in: 0,
      token_type: "Bearer",
      "not-before-policy": 0,
      scope: "email profile",
    }),
    headers: { "cache-control": "no-store" },
  };
};

const byPassword = (server: Server, realm: Realm, client: SimClient, form: Form): Answer => {
  if (!client.passwordGrant)
    return refuse.oauth(400, "unauthorized_client", "Client not allowed for direct access grants");
  const name = (form.username ?? "").toLowerCase();
  const user = realm.usernames.get(name) ?? realm.emails.get(name);
  const fail = (text: string): Answer => {
    record(server, realm, { type: "LOGIN_ERROR", userId: user?.id ?? null, clientId: client.clientId });
    return invalidGrant(text);
  };
  if (!user || user.password === null || !sameSecret(user.password, form.password ?? ""))
    return fail("Invalid user credentials");
  if (!user.enabled) return fail("Account disabled");
  record(server, realm, { type: "LOGIN", userId: user.id, clientId: client.clientId });
  return issue(server, realm, user);
};

const token = (server: Server, { params, body, headers }: Asked): Answer => {
  const realm = server.realms.get(params.realm ?? "");
  if (!realm) return { status: 404, body: { error: "Realm does not exist" } };
  const form: Form = isJson(body)
    ? Object.fromEntries(Object.entries(body).map(([key, value]) => [key, String(value)]))
    : {};
  if (form.grant_type === undefined) return refuse.oauth(400, "invalid_request", "Missing form parameter: grant_type");
  if (!["password", "client_credentials"].includes(form.grant_type))
    return refuse.oauth(400, "unsupported_grant_type", "Unsupported grant_type");
  const { id, secret } = credentials(form, headers.authorization);
  const client = realm.client(id);
  if (!client) return invalidClient();
  if (!client.publicClient && !sameSecret(client.secret ?? "", secret)) return unauthorizedClient();
  if (form.grant_type === "password") return byPassword(server, realm, client, form);
  if (client.publicClient) return unauthorizedClient("Public client not allowed to retrieve service account");
  const account = realm.serviceAccount(client);
  if (!account) return unauthorizedClient("Client not enabled to retrieve service account");
  record(server, realm, { type: "CLIENT_LOGIN", userId: account.id, clientId: client.clientId });
  return issue(server, realm, account);
};

export const tokenRoutes = (server: Server): readonly Route[] => [
  on.post("/realms/{realm}/protocol/openid-connect/token", (asked) => token(server, asked), { open: true }),
  on.get(
    "/realms/{realm}",
    ({ params }) => {
      const realm = server.realms.get(params.realm ?? "");
      if (!realm) return { status: 404, body: { error: "Realm does not exist" } };
      const at = `${server.url()}/realms/${realm.name}`;
      return ok({
        realm: realm.name,
        public_key: "",
        "token-service": `${at}/protocol/openid-connect`,
        "account-service": `${at}/account`,
        "tokens-not-before": 0,
      });
    },
    { open: true },
  ),
];
