/** The closed list of what can go wrong. Only `bug` asks for a report. */
export const codes = [
  "invalid",
  "not-found",
  "conflict",
  "denied",
  "no-seats",
  "throttled",
  "unreachable",
  "refused",
  "unsupported",
  "cancelled",
  "bug",
] as const;
export type Code = (typeof codes)[number];

export type Path = readonly (string | number)[];

export interface ProblemDetails {
  /** Where in the inputs: field names (camelCase) and list indexes. */
  readonly path?: Path;
  /** What to do next, one or two sentences. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The vendor said it of this very person, and says it again until something about them changes. Default: a second try may work. */
  readonly lasting?: boolean;
}

/**
 * An error for a human: the message says what and where, the hint what next.
 * Neither may hold a secret; `cause` is never shown.
 */
export class Problem extends Error {
  readonly code: Code;
  readonly path: Path;
  readonly hint: string | undefined;
  readonly lasting: boolean;

  constructor(code: Code, message: string, details: ProblemDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Problem";
    this.code = code;
    this.path = details.path ?? [];
    this.hint = details.hint;
    this.lasting = details.lasting ?? false;
  }

  /** The same problem, found at a place inside `prefix`. */
  under(...prefix: Path): Problem {
    const details: ProblemDetails = { path: [...prefix, ...this.path], cause: this, lasting: this.lasting };
    return new Problem(this.code, this.message, this.hint === undefined ? details : { ...details, hint: this.hint });
  }
}

/** Several problems found at once (all bad fields of a resource, not only the first). */
export class Problems extends Error {
  readonly all: readonly Problem[];
  constructor(all: readonly Problem[]) {
    super(all.map((p) => p.message).join("\n"));
    this.name = "Problems";
    this.all = all;
  }
}

const aborted = (error: unknown): boolean =>
  error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : error instanceof Problems && error.all[0]
      ? error.all[0]
      : aborted(error)
        ? new Problem("cancelled", "cancelled before it was done", {
            cause: error,
            hint: "Run the same command again: it does the rest.",
          })
        : new Problem("bug", error instanceof Error ? error.message : String(error), {
            cause: error,
            hint: "This is a bug in Seatwise: please report it with the command you ran.",
          });

/** Message, place and hint in one text, for front ends that have one line only. */
export const sentence = (p: Problem): string =>
  [p.path.length > 0 ? `${p.path.join(".")}: ${p.message}` : p.message, p.hint].filter(Boolean).join("\n  ");
