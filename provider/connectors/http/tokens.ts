import { Problem } from "../../core/problem.ts";
import type { Attempt } from "./attempts.ts";
import { type OAuth, type Token, TokenReply, tokenFrom, tokenKey, tokenRequest } from "./auth.ts";
import { decode, type HttpConfig } from "./http.ts";
import { refusal, unreadable, type Whom } from "./problems.ts";
import type { Redactor } from "./redact.ts";
import type { Tenant } from "./shared.ts";

interface Parts {
  readonly auth: OAuth;
  readonly config: HttpConfig;
  readonly tenant: Tenant;
  readonly redact: Redactor;
  readonly attempt: Attempt;
}
export interface Tokens {
  get(signal: AbortSignal): Promise<string>;
  /** The vendor no longer takes it. */
  drop(): void;
}

/** One token per client and process, replaced before it expires; those who need it at once wait for one request. */
export const createTokens = ({ auth, config, tenant, redact, attempt }: Parts): Tokens => {
  const key = tokenKey(auth);
  const whom: Whom = {
    connection: config.connection,
    vendor: config.vendor,
    host: new URL(auth.tokenUrl).host,
    method: "POST",
    path: new URL(auth.tokenUrl).pathname,
  };
  const ask = async (signal: AbortSignal): Promise<Token> => {
    const { body, headers } = tokenRequest(auth);
    const raw = await attempt({
      whom,
      url: auth.tokenUrl,
      headers: { ...headers, accept: "application/json" },
      body,
      signal,
      idempotent: true,
      write: false,
      bucket: "token",
      token: true,
    });
    const answer = decode(raw);
    if (raw.status === 400 || raw.status === 401)
      throw new Problem("denied", refusal(whom, { ...raw, status: 401 }, answer, redact).message, {
        hint: `Check client id and secret of connection "${config.connection}", and that the client may use the ${auth.grant} grant.`,
      });
    if (raw.status !== 200) throw refusal(whom, raw, answer, redact);
    const reply = TokenReply.safeParse(answer);
    if (!reply.success) throw unreadable(whom, "no access_token");
    redact.learn(reply.data.access_token);
    return tokenFrom(reply.data, config.clock.now());
  };
  const get = async (signal: AbortSignal): Promise<string> => {
    const known = tenant.tokens.get(key);
    const token = await known?.catch(() => null);
    if (token && token.renewAt > config.clock.now()) {
      redact.learn(token.value);
      return token.value;
    }
    signal.throwIfAborted();
    // Somebody else may have begun while we waited.
    const begun = tenant.tokens.get(key);
    const fresh = begun !== undefined && begun !== known ? begun : ask(signal);
    tenant.tokens.set(key, fresh);
    fresh.catch(() => {
      if (tenant.tokens.get(key) === fresh) tenant.tokens.delete(key);
    });
    const { value } = await fresh;
    redact.learn(value);
    return value;
  };
  return { get, drop: () => tenant.tokens.delete(key) };
};
