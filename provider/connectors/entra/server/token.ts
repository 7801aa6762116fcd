import { constants, createHash, createVerify, X509Certificate } from "node:crypto";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { sameSecret } from "../../simulator/tokens.ts";
import type { App, Server } from "./state.ts";

const lifeMs = 3_599_000;

/** Entra's own words: an OAuth error with the AADSTS code that people search for. */
const refused = (status: number, error: string, code: number, text: string): Answer => ({
  status,
  body: {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: 00000000-0000-4000-8000-000000000000`,
    error_codes: [code],
  },
});

const part = (text: string | undefined): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** Null: the certificate of this app made it, for this address, and it is in time. */
const checkAssertion = (
  app: App,
  assertion: string,
  at: { readonly audience: RegExp; readonly now: number },
): Answer | null => {
  const [head, body, signature] = assertion.split(".");
  const [header, claims] = [part(head), part(body)];
  const bad = (text: string) =>
    refused(
      401,
      "invalid_client",
      700027,
      `The certificate used to sign the client assertion is not valid or does not match: ${text}.`,
    );
  if (app.certificate === undefined) return bad("no certificate is registered");
  const certificate = new X509Certificate(app.certificate);
  const thumbprint = createHash("sha256").update(certificate.raw).digest("base64url");
  const sha1 = createHash("sha1").update(certificate.raw).digest("base64url");
  // The two documented pairs; nothing with elliptic curves.
  const modern = header.alg === "PS256" && header["x5t#S256"] === thumbprint;
  const old = header.alg === "RS256" && header.x5t === sha1;
  if (!modern && !old)
    return bad(`no registered thumbprint (x5t#S256 with PS256, or x5t with RS256); algorithm ${String(header.alg)}`);
  const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
  const padding = modern
    ? { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST }
    : { padding: RSA_PKCS1_PADDING };
  const key = { key: certificate.publicKey, ...padding };
  const valid = createVerify("RSA-SHA256")
    .update(`${head}.${body}`)
    .verify(key, Buffer.from(signature ?? "", "base64url"));
  if (!valid) return bad("invalid signature");
  if (claims.iss !== app.clientId || claims.sub !== app.clientId)
    return bad("issuer and subject must be the client id");
  if (typeof claims.aud !== "string" || !at.audience.test(claims.aud)) return bad("wrong audience");
  if (typeof claims.exp !== "number" || claims.exp * 1000 < at.now)
    return refused(401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
  return null;
};

const issue = ({ tokens, clock, random, tenantId }: Server, app: App): string => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor((clock.now() + lifeMs) / 1000);
  const token = `${encode({ typ: "JWT", alg: "RS256" })}.${encode({ aud: "https://graph.microsoft.com", appid: app.clientId, roles: app.roles, tid: tenantId, exp })}.${random.word(40)}`;
  tokens.set(token, { app, until: clock.now() + lifeMs });
  return token;
};

const token = (server: Server, { params, body }: Asked): Answer => {
  const form: Readonly<Record<string, string>> = typeof body === "object" && body !== null ? { ...body } : {};
  const tenant = (params.tenant ?? "").toLowerCase();
  if (tenant !== server.tenantId && tenant !== server.domain)
    return refused(
      400,
      "invalid_request",
      90002,
      `Tenant '${params.tenant}' not found. Check to make sure you have the correct tenant ID.`,
    );
  if (form.grant_type !== "client_credentials")
    return refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  const app = server.apps.find(({ clientId }) => clientId === form.client_id);
  if (!app)
    return refused(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${form.client_id}' was not found in the directory.`,
    );
  if (!/^\S+\/\.default$/.test(form.scope ?? ""))
    return refused(
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${form.scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  if (form.client_assertion !== undefined) {
    if (form.client_assertion_type !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
      return refused(
        400,
        "invalid_request",
        900144,
        "The request body must contain the following parameter: 'client_assertion_type'.",
      );
    const audience = new RegExp(`/${params.tenant}/(v2\\.0|oauth2/v2\\.0/token)$`);
    const wrong = checkAssertion(app, form.client_assertion, { audience, now: server.clock.now() });
    if (wrong) return wrong;
  } else if (form.client_secret === undefined)
    return refused(
      401,
      "invalid_client",
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  else if (app.secret === undefined || !sameSecret(app.secret, form.client_secret))
    return refused(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    );
  return {
    status: 200,
    body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: issue(server, app) },
  };
};

export const tokenRoutes = (server: Server): readonly Route[] => [
  on.post("/{tenant}/oauth2/v2.0/token", (asked) => token(server, asked), { open: true }),
];
