import { Problem } from "../../core/problem.ts";
import type { Attempt } from "./attempts.ts";
import { type Grant, type Token, tokenFrom, tokenKey, tokenRequest } from "./auth.ts";
import type { HttpConfig } from "./http.ts";
import { refusal, unreadable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import { serverNow } from "./retry.ts";
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
  const now = config.clock.now();
  const token = tokenFrom(auth, answer, { now, there: serverNow(raw.headers, now) });
  if (token === null) throw unreadable(whom, "no access_token");
  return token;
};

/** Clocks that are less apart than this are not why something was refused. */
const tolerated = 30_000;

/** One token per client and process, replaced before it expires; those who need it at once wait for one request. */
export const createTokens = (parts: Parts): Tokens => {
  const { auth, config, tenant, redact, attempt } = parts;
  const key = tokenKey(auth);
  /** How far the server's clock is ahead of ours, as far as we know. */
  let ahead = 0;
  const signed = async () => {
    const { body, headers } =
      auth.kind === "token" ? await auth.request(config.clock.now() + ahead) : tokenRequest(auth);
    return { body, headers: { accept: "application/json", ...headers } };
  };
  const send = async (signal: AbortSignal): Promise<Raw> => {
    const how = { idempotent: true, write: false, bucket: "token", token: true, anew: signed };
    return attempt({ whom: whomOf(auth, config), url: auth.tokenUrl, ...(await signed()), signal, ...how });
  };
  const ask = async (signal: AbortSignal): Promise<Token> => {
    const raw = await send(signal);
    if (auth.kind !== "token" || (raw.status !== 400 && raw.status !== 401)) return read(parts, raw);
    // What was signed by a clock that is wrong looks expired, or as if it came from the future.
    const now = config.clock.now();
    const there = serverNow(raw.headers, now) - now;
    if (Math.abs(there - ahead) < tolerated) return read(parts, raw);
    ahead = there;
    const minutes = Math.round(there / 60_000);
    const text = `this machine's clock and that of ${new URL(auth.tokenUrl).host} are ${Math.abs(minutes)} min apart; the server's is used to sign`;
    config.log?.("warning", `${config.connection}: ${text}`);
    return read(parts, await send(signal));
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
