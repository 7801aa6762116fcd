import { verify } from "node:crypto";
import { z } from "zod";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import type { TokenBook } from "../../simulator/tokens.ts";
import { oauth } from "./refusals.ts";
import type { Server } from "./state.ts";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const Form = z.object({
  grant_type: z.string(),
  scope: z.string().optional(),
  client_assertion_type: z.string().optional(),
  client_assertion: z.string().optional(),
});
const Header = z.object({ alg: z.enum(["RS256", "ES256"]), kid: z.string().optional() });
const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  exp: z.number(),
  iat: z.number().optional(),
  jti: z.string().optional(),
});
const path = "/oauth2/v1/token";

const part = (text: string | undefined): unknown => {
  try {
    return JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8")) as unknown;
  } catch {
    return null;
  }
};
/** This endpoint, however it is reached: a proxy stands before it in tests. */
const isHere = (aud: string): boolean => URL.canParse(aud) && new URL(aud).pathname === path;
const invalid = (text: string): Answer => oauth(401, "invalid_client", text);

type Judged = Answer | { readonly client: string; readonly scopes: readonly string[] };

export const createTokenRoutes = (server: Server, tokens: TokenBook): readonly Route[] => {
  const seen = new Set<string>();
  const signer = (assertion: string): Answer | { readonly client: string } => {
    const [head, body, signature] = assertion.split(".");
    const header = Header.safeParse(part(head));
    const claims = Claims.safeParse(part(body));
    if (!header.success || !claims.success) return invalid("The client_assertion is not a valid JWT.");
    const { iss, sub, aud, exp, iat, jti } = claims.data;
    const client = server.clients.get(iss);
    if (!client || sub !== iss) return invalid("Invalid value for 'client_id' parameter.");
    const { kid } = header.data;
    const data = Buffer.from(`${head}.${body}`);
    const key = { key: client.publicKey, dsaEncoding: "ieee-p1363" as const };
    const good = verify("sha256", data, key, Buffer.from(signature ?? "", "base64url"));
    if (!good || (kid !== undefined && kid !== client.keyId))
      return invalid("The client_assertion signature is invalid.");
    if (!isHere(aud))
      return invalid("The audience claim for client_assertion must be the endpoint invoked for the request.");
    const now = server.clock.now() / 1000;
    if (exp < now) return invalid("The client_assertion token is expired.");
    if (exp > now + 3600) return invalid("The client_assertion token has an expiration too far into the future.");
    // "If specified, it must be a time before the request is received."
    if (iat !== undefined && iat > now) return invalid("The client_assertion token was issued in the future.");
    if (jti !== undefined && seen.has(jti)) return invalid("The client_assertion token has been used before.");
    if (jti !== undefined) seen.add(jti);
    return { client: client.id };
  };
  const judge = ({ body, headers }: Asked): Judged => {
    const form = Form.safeParse(body);
    if (!form.success || form.data.grant_type !== "client_credentials")
      return oauth(400, "unsupported_grant_type", "The authorization grant type is not supported.");
    const { client_assertion_type: type, client_assertion: assertion, scope } = form.data;
    if (type !== assertionType || assertion === undefined)
      return invalid("Client authentication requires a signed client_assertion (private_key_jwt).");
    const judged = signer(assertion);
    if ("status" in judged) return judged;
    const client = server.clients.get(judged.client);
    if (client?.dpop && headers.dpop === undefined)
      return oauth(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.");
    const scopes = (scope ?? "").split(/\s+/).filter((one) => one !== "");
    if (scopes.length === 0 || scopes.some((one) => !client?.scopes.includes(one)))
      return oauth(
        400,
        "invalid_scope",
        "One or more scopes are not configured for the authorization server resource.",
      );
    return { client: judged.client, scopes };
  };
  return [
    on.post(
      path,
      (asked) => {
        const judged = judge(asked);
        if ("status" in judged) return judged;
        const token = tokens.issue(`${judged.client} ${judged.scopes.join(" ")}`, 3_600_000);
        const body = { token_type: "Bearer", expires_in: 3600, access_token: token, scope: judged.scopes.join(" ") };
        return { status: 200, body };
      },
      { open: true },
    ),
  ];
};
