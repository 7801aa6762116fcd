import { Problem } from "../../core/problem.ts";
import type { Attempt } from "./attempts.ts";
import { type Grant, type Token, tokenFrom, tokenKey, tokenRequest } from "./auth.ts";
import type { HttpConfig } from "./http.ts";
import { refusal, unreadable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import type { Tenant } from "./shared.ts";
import { decode, type Raw } from "./transport.ts";

interface Parts {
  readonly auth: Grant;
  readonly config: HttpConfig;
  readonly tenant: Tenant;
  readonly redact: Redactor;
  readonly attempt: Attempt;
}
export interface Tokens {
  get(signal: AbortSignal): Promise<string>;
  /** The vendor no longer takes this one; a newer one that somebody got meanwhile stays. */
  drop(token: string): void;
}

const whomOf = (auth: Grant, config: HttpConfig): Whom => {
  const { host, pathname } = new URL(auth.tokenUrl);
  return { connection: config.connection, vendor: config.vendor, host, method: "POST", path: pathname };
};

const read = ({ auth, config, redact }: Parts, raw: Raw): Token => {
  const whom = whomOf(auth, config);
  const answer = decode(raw);
  if (raw.status === 400 || raw.status === 401)
    throw new Problem("denied", refusal(whom, { ...raw, status: 401 }, answer, redact).message, {
      hint:
        auth.kind === "token"
          ? `Connection "${config.connection}": ${auth.hint}`
          : `Check client id and secret of connection "${config.connection}", and that the client may use the ${auth.grant} grant.`,
    });
  if (raw.status !== 200 && raw.status !== 201) throw refusal(whom, raw, answer, redact);
  const token = tokenFrom(auth, answer, config.clock.now());
  if (token === null) throw unreadable(whom, "no access_token");
  return token;
};

/** One token per client and process, replaced before it expires; those who need it at once wait for one request. */
export const createTokens = (parts: Parts): Tokens => {
  const { auth, config, tenant, redact, attempt } = parts;
  const key = tokenKey(auth);
  const ask = async (signal: AbortSignal): Promise<Token> => {
    const { body, headers } = auth.kind === "token" ? await auth.request(config.clock.now()) : tokenRequest(auth);
    const accept = { accept: "application/json", ...headers };
    const how = { idempotent: true, write: false, bucket: "token", token: true };
    return read(
      parts,
      await attempt({ whom: whomOf(auth, config), url: auth.tokenUrl, headers: accept, body, signal, ...how }),
    );
  };
  const get = async (signal: AbortSignal): Promise<string> => {
    const known = await tenant.tokens(key, signal, ask);
    const token = known.renewAt > config.clock.now() ? known : await renew(known, signal);
    redact.learn(token.value);
    return token.value;
  };
  const renew = (old: Token, signal: AbortSignal): Promise<Token> => {
    drop(old.value);
    return tenant.tokens(key, signal, ask);
  };
  const drop = (value: string): void => {
    // Forgets only if that very token is the one that is remembered: two who saw it refused ask for one new one.
    if (tenant.refused.get(key) === value) return;
    tenant.refused.set(key, value);
    tenant.tokens.forget(key);
  };
  return { get, drop };
};
