import { createHash, createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import { z } from "zod";
import { Problem } from "../../core/problem.ts";
import type { TokenSource } from "./auth.ts";

/** A private key as a user has it: PEM (PKCS#1, PKCS#8), or a JWK as JSON. Problem `invalid` names the field, never the key. */
const keyOf = (text: string, field: string): KeyObject => {
  try {
    const trimmed = text.trim();
    if (trimmed.startsWith("{")) return createPrivateKey({ key: JSON.parse(trimmed), format: "jwk" });
    // A pipeline's variable often holds the line ends as \n.
    return createPrivateKey(trimmed.replaceAll("\\n", "\n"));
  } catch {
    throw new Problem("invalid", `${field} is no private key`, {
      path: [field],
      hint: "It is PEM text (-----BEGIN PRIVATE KEY-----) or a JWK in JSON, without a passphrase.",
    });
  }
};

interface Signing {
  readonly key: KeyObject;
  readonly header: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, string>>;
  readonly lifeSeconds: number;
  /** Begins this long ago, for clocks that disagree. */
  readonly backSeconds?: number;
}
/** jose is loaded at the first token: a start for schema does not pay for it. */
const sign = async ({ key, header, claims, lifeSeconds, backSeconds = 0 }: Signing, now: number): Promise<string> => {
  const { SignJWT } = await import("jose");
  const begin = Math.floor(now / 1000) - backSeconds;
  const alg = key.asymmetricKeyType === "ec" ? "ES256" : "RS256";
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg, typ: "JWT", ...header })
    .setIssuedAt(begin)
    .setExpirationTime(begin + lifeSeconds)
    .setJti(randomUUID())
    .sign(key);
};
const form = (fields: Readonly<Record<string, string>>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
});

export interface ClientAssertion {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly privateKey: string;
  /** Okta: the key's id. */
  readonly keyId?: string | undefined;
  /** Entra: the certificate (PEM) that was uploaded; its thumbprint names the key. */
  readonly certificate?: string | undefined;
  readonly scope: string;
}
/** RFC 7523 client authentication: Okta's private_key_jwt, Entra's certificate. */
export const clientAssertion = (given: ClientAssertion): TokenSource => {
  const key = keyOf(given.privateKey, "privateKey");
  const header = {
    ...(given.keyId === undefined ? {} : { kid: given.keyId }),
    // As Microsoft documents it: the SHA-256 thumbprint goes with PSS padding.
    ...(given.certificate === undefined ? {} : { alg: "PS256", "x5t#S256": thumbprint(given.certificate) }),
  };
  if (given.certificate !== undefined && key.asymmetricKeyType !== "rsa")
    throw new Problem("invalid", "privateKey is no RSA key", {
      path: ["privateKey"],
      hint: "Entra takes no other with a certificate: make an RSA certificate and upload that.",
    });
  const { clientId, tokenUrl, scope } = given;
  return {
    kind: "token",
    tokenUrl,
    id: `${clientId} ${scope}`,
    secrets: [given.privateKey],
    hint: "check the client id, that this key or certificate is registered with the client, and that this machine's clock is right.",
    request: async (now) =>
      form({
        grant_type: "client_credentials",
        client_id: clientId,
        scope,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await sign(
          // Okta refuses what was issued after it arrives, which a clock that is a second ahead does.
          { key, header, claims: { iss: clientId, sub: clientId, aud: tokenUrl }, lifeSeconds: 360, backSeconds: 60 },
          now,
        ),
      }),
  };
};
const thumbprint = (pem: string): string => {
  try {
    return createHash("sha256")
      .update(new X509Certificate(pem.replaceAll("\\n", "\n")).raw)
      .digest("base64url");
  } catch {
    throw new Problem("invalid", "certificate is no PEM certificate", {
      path: ["certificate"],
      hint: "It begins with -----BEGIN CERTIFICATE-----.",
    });
  }
};

export interface ServiceAccount {
  readonly tokenUrl: string;
  readonly email: string;
  readonly privateKey: string;
  readonly keyId?: string | undefined;
  /** On whose behalf (domain-wide delegation): an administrator. */
  readonly subject: string;
  readonly scopes: readonly string[];
}
/** RFC 7523 authorization grant: a Google service account with domain-wide delegation. */
export const serviceAccount = (given: ServiceAccount): TokenSource => {
  const key = keyOf(given.privateKey, "privateKey");
  const { email, subject, tokenUrl } = given;
  const scope = given.scopes.join(" ");
  return {
    kind: "token",
    tokenUrl,
    id: `${email} ${subject} ${scope}`,
    secrets: [given.privateKey],
    hint: `check that ${email} exists and its key is not revoked, that ${subject} is an account of the organisation, and that domain-wide delegation allows it ${scope}, written exactly so.`,
    request: async (now) =>
      form({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: await sign(
          {
            key,
            header: given.keyId === undefined ? {} : { kid: given.keyId },
            claims: { iss: email, sub: subject, scope, aud: tokenUrl },
            lifeSeconds: 3600,
          },
          now,
        ),
      }),
  };
};

const Installation = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });
export interface GitHubApp {
  readonly baseUrl: string;
  readonly appId: string;
  readonly installationId: string;
  readonly privateKey: string;
}
/** A GitHub App's installation token: good for an hour, asked for with a JWT of at most ten minutes. */
export const githubApp = (given: GitHubApp): TokenSource => {
  const key = keyOf(given.privateKey, "privateKey");
  const { appId, installationId, baseUrl } = given;
  return {
    kind: "token",
    tokenUrl: `${baseUrl.replace(/\/+$/, "")}/app/installations/${encodeURIComponent(installationId)}/access_tokens`,
    id: `${appId} ${installationId}`,
    secrets: [given.privateKey],
    hint: `check that GitHub App ${appId} is installed (installation ${installationId}), that this is one of its keys, and that this machine's clock is right.`,
    request: async (now) => ({
      body: "",
      headers: {
        accept: "application/vnd.github+json",
        // Requests without one are refused.
        "user-agent": "seatwise",
        // A minute back, as GitHub advises against clocks that disagree.
        authorization: `Bearer ${await sign({ key, header: {}, claims: { iss: appId }, lifeSeconds: 600, backSeconds: 60 }, now)}`,
      },
    }),
    read: (answer) => {
      const told = Installation.safeParse(answer);
      return told.success ? { value: told.data.token, until: Date.parse(told.data.expires_at) } : null;
    },
  };
};
