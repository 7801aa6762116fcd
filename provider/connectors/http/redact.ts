const patterns: readonly [RegExp, string][] = [
  [/\b(bearer|basic|ssws|negotiate)\s+[\w\-.~+/=]{4,}/gi, "$1 [redacted]"],
  // A JSON web token, wherever it stands.
  [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g, "[redacted]"],
  [
    /((?:access_token|refresh_token|id_token|client_secret|client_assertion|password|api[-_]?key|authorization|cookie|set-cookie|token)"?\s*[:=]\s*"?)([^\s"&,;}]+)/gi,
    "$1[redacted]",
  ],
  // userinfo in a URL
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@:]*:[^/\s@]*@/gi, "$1[redacted]@"],
];

/** Takes secrets out of any text that leaves the HTTP layer: those it knows by value and what looks like one. */
export interface Redactor {
  (text: string): string;
  /** From now on this value never leaves. */
  learn(secret: string | undefined): void;
}

/** Spellings of learned values: sixteen tokens or more. */
const remembered = 64;

export const createRedactor = (known: readonly (string | undefined)[] = []): Redactor => {
  const secrets = new Set<string>();
  const learned = new Set<string>();
  const redact = (text: string): string => {
    let safe = text;
    for (const secret of [...secrets, ...learned]) safe = safe.split(secret).join("[redacted]");
    for (const [pattern, by] of patterns) safe = safe.replace(pattern, by);
    return safe;
  };
  const spell = (into: Set<string>, secret: string | undefined): void => {
    // A value of one or two letters would black out ordinary words, and hides nothing.
    if (secret === undefined || secret.length < 3) return;
    into.add(secret);
    into.add(encodeURIComponent(secret));
    into.add(JSON.stringify(secret).slice(1, -1));
    into.add(Buffer.from(secret).toString("base64"));
  };
  const learn = (secret: string | undefined): void => {
    spell(learned, secret);
    // Tokens come and go for as long as the process lives: the last ones are enough.
    for (const old of learned) {
      if (learned.size <= remembered) break;
      learned.delete(old);
    }
  };
  for (const secret of known) spell(secrets, secret);
  return Object.assign(redact, { learn });
};
