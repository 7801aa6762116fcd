import { createHash } from "node:crypto";
import { z } from "zod";

export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "header"; readonly name: string; readonly value: string }
  | Grant;

/** An auth whose token must be asked for first. */
export type Grant = OAuth | TokenSource;

/** A token that is asked for with something signed; `signed.ts` makes the usual ones. */
export interface TokenSource {
  readonly kind: "token";
  readonly tokenUrl: string;
  /** Who asks, for messages and so that one process asks once: no secret. */
  readonly id: string;
  /** Never printed. */
  readonly secrets: readonly string[];
  /** What to check where the token is refused. */
  readonly hint: string;
  /** A fresh request: what it carries is good for minutes only. `now`: milliseconds. */
  request(now: number): Promise<{ readonly body: string; readonly headers: Readonly<Record<string, string>> }>;
  /** Where the answer is not OAuth's: the token and until when (ms) it is good, or null. */
  read?(answer: unknown): { readonly value: string; readonly until: number } | null;
}

export type OAuth = {
  readonly kind: "oauth2";
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly scope?: string;
  /** Where the client's secret goes. Default: `body`. */
  readonly style?: "body" | "basic";
} & (
  | { readonly grant: "client_credentials" }
  | { readonly grant: "password"; readonly username: string; readonly password: string }
);

export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch at which it should be replaced; before it expires. */
  readonly renewAt: number;
}

export const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().optional() });

/** Everything that must never be printed. */
export const secretsOf = (auth: Auth): readonly (string | undefined)[] => {
  switch (auth.kind) {
    case "none":
      return [];
    case "bearer":
      return [auth.token];
    case "header":
      return [auth.value];
    case "basic":
      return [auth.password, Buffer.from(`${auth.username}:${auth.password}`).toString("base64")];
    case "token":
      return auth.secrets;
    case "oauth2":
      return [
        auth.clientSecret,
        auth.grant === "password" ? auth.password : undefined,
        basic(auth.clientId, auth.clientSecret ?? ""),
      ];
  }
};

const basic = (user: string, password: string): string => Buffer.from(`${user}:${password}`).toString("base64");

/** The header of an auth that needs no token request. */
export const fixedHeader = (auth: Exclude<Auth, Grant>): Readonly<Record<string, string>> => {
  switch (auth.kind) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer ${auth.token}` };
    case "basic":
      return { authorization: `Basic ${basic(auth.username, auth.password)}` };
    case "header":
      return { [auth.name.toLowerCase()]: auth.value };
  }
};

export const tokenRequest = (auth: OAuth): { body: string; headers: Record<string, string> } => {
  const form = new URLSearchParams({ grant_type: auth.grant });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (auth.scope) form.set("scope", auth.scope);
  if (auth.grant === "password") {
    form.set("username", auth.username);
    form.set("password", auth.password);
  }
  if (auth.style === "basic" && auth.clientSecret !== undefined) {
    // RFC 6749 2.3.1: both parts are form-encoded first.
    headers.authorization = `Basic ${basic(encodeURIComponent(auth.clientId), encodeURIComponent(auth.clientSecret))}`;
  } else {
    form.set("client_id", auth.clientId);
    if (auth.clientSecret !== undefined) form.set("client_secret", auth.clientSecret);
  }
  return { body: form.toString(), headers };
};

/** Replaced a little before it expires: a tenth of its life, at most 30 s. */
const renewing = (value: string, life: number, now: number): Token => ({
  value,
  renewAt: now + life - Math.min(30_000, life / 10),
});

/** null: the answer holds no token. `there`: the time at the server, by which it tells when the token ends. */
export const tokenFrom = (
  auth: Grant,
  answer: unknown,
  { now, there }: { readonly now: number; readonly there: number },
): Token | null => {
  if (auth.kind === "token" && auth.read) {
    const told = auth.read(answer);
    return told === null ? null : renewing(told.value, told.until - there, now);
  }
  const reply = TokenReply.safeParse(answer);
  return reply.success ? renewing(reply.data.access_token, (reply.data.expires_in ?? 300) * 1000, now) : null;
};

/** The same client asks for one token per process; the key holds no secret. */
export const tokenKey = (auth: Grant): string => {
  const { kind, tokenUrl } = auth;
  const whole = kind === "token" ? { kind, tokenUrl, id: auth.id, secrets: auth.secrets } : auth;
  return createHash("sha256").update(JSON.stringify(whole)).digest("hex");
};
