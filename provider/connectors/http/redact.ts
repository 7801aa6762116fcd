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

export const createRedactor = (known: readonly (string | undefined)[] = []): Redactor => {
  const secrets = new Set<string>();
  const redact = (text: string): string => {
    let safe = text;
    for (const secret of secrets) safe = safe.split(secret).join("[redacted]");
    for (const [pattern, by] of patterns) safe = safe.replace(pattern, by);
    return safe;
  };
  const learn = (secret: string | undefined): void => {
    // A value of one or two letters would black out ordinary words, and hides nothing.
    if (secret === undefined || secret.length < 3) return;
    secrets.add(secret);
    secrets.add(encodeURIComponent(secret));
    secrets.add(JSON.stringify(secret).slice(1, -1));
    secrets.add(Buffer.from(secret).toString("base64"));
  };
  for (const secret of known) learn(secret);
  return Object.assign(redact, { learn });
};
