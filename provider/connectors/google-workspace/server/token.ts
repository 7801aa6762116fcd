import { verify } from "node:crypto";
import { z } from "zod";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { oauth } from "./refusals.ts";
import { type Server, userByKey } from "./state.ts";

const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const Form = z.object({ grant_type: z.string(), assertion: z.string().optional() });
const Header = z.object({ alg: z.literal("RS256"), kid: z.string().optional() });
const Claims = z.object({
  iss: z.string(),
  sub: z.string().optional(),
  scope: z.string().optional(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
});

const part = (text: string | undefined): unknown => {
  try {
    return JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8")) as unknown;
  } catch {
    return null;
  }
};
/** Google's own address, or this one, however it is reached (a proxy stands before it in tests). */
const isAudience = (aud: string): boolean => {
  if (aud === "https://oauth2.googleapis.com/token") return true;
  const url = URL.canParse(aud) ? new URL(aud) : null;
  return url?.pathname === "/token" && /^(127\.0\.0\.1|localhost|simulator)$/.test(url.hostname);
};

const judge = (server: Server, assertion: string): Answer | { readonly subject: string; readonly scopes: string[] } => {
  const [head, body, signature] = assertion.split(".");
  const header = Header.safeParse(part(head));
  const claims = Claims.safeParse(part(body));
  const invalid = (text: string): Answer => oauth(400, "invalid_grant", text);
  if (!header.success || !claims.success)
    return invalid("Invalid JWT: must be a signed JWT with iss, scope, aud, iat, exp.");
  const { iss, sub, scope, aud, iat, exp } = claims.data;
  const account = server.accounts.get(iss);
  if (!account) return invalid("Invalid grant: account not found");
  if (header.data.kid !== undefined && header.data.kid !== account.keyId) return invalid("Invalid JWT Signature.");
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify("RSA-SHA256", signed, account.publicKey, Buffer.from(signature ?? "", "base64url")))
    return invalid("Invalid JWT Signature.");
  const now = server.clock.now() / 1000;
  if (exp - iat > 3600 || iat > now + 300 || exp < now)
    return invalid(
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    );
  if (!isAudience(aud))
    return invalid("Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token");
  const scopes = (scope ?? "").split(" ").filter((one) => one !== "");
  if (scopes.length === 0) return oauth(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  const administrator = sub === undefined ? null : userByKey(server.world.read(), sub);
  if (sub !== undefined && !administrator) return invalid("Invalid email or User ID");
  if (!administrator || scopes.some((one) => !account.delegated.includes(one)))
    return oauth(
      401,
      "unauthorized_client",
      "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
    );
  return { subject: administrator.primaryEmail, scopes };
};

/** Who asks, as the routes read it: the administrator, then the scopes. */
export const asOf = ({ as }: Pick<Asked, "as">): { readonly subject: string; readonly scopes: readonly string[] } => {
  const [subject = "", ...scopes] = as.split(" ");
  return { subject, scopes };
};

export const tokenRoutes = (server: Server): readonly Route[] => [
  on.post(
    "/token",
    ({ body }) => {
      const form = Form.safeParse(body);
      if (!form.success || form.data.grant_type !== grant)
        return oauth(400, "unsupported_grant_type", `Invalid grant_type: ${form.success ? form.data.grant_type : ""}`);
      const judged = judge(server, form.data.assertion ?? "");
      if ("status" in judged) return judged;
      const token = server.tokens.issue([judged.subject, ...judged.scopes].join(" "), 3599_000);
      return { status: 200, body: { access_token: token, expires_in: 3599, token_type: "Bearer" } };
    },
    { open: true },
  ),
];
