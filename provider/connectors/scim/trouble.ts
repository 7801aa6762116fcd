import { asProblem, Problem } from "../../core/problem.ts";
import { AfterTimeout, HttpProblem } from "../http/problems.ts";

/** What a refused write means for those in it. */
export type Trouble =
  /** The answer was lost, or the service failed: what happened is unknown until the list is read. */
  | "unknown"
  /** Somebody else wrote at the same time. */
  | "raced"
  | "too-large"
  /** One of several may be at fault: the others are served without them. */
  | "somebody"
  /** It would be the same for each. */
  | "everybody"
  | "no-seats"
  | "missing";

/** RFC 7644 has no error for a sold-out license; these are the words that services use. */
const soldOut = /\b(licen[sc]es?|seats?|quota|allotment|subscription)\b/i;
const exhausted =
  /\b(available|exceed|limit|reached|remaining|insufficient|not enough|full|maximum|exhausted|purchased|no more)/i;

const detailOf = (error: HttpProblem): string => {
  const body = error.body;
  if (typeof body !== "object" || body === null) return "";
  const { detail } = body as { detail?: unknown }; // any JSON may come
  return typeof detail === "string" ? detail : "";
};

export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof AfterTimeout) return "unknown";
  if (!(error instanceof HttpProblem))
    return error instanceof Problem && error.code === "unreachable" ? "unknown" : "everybody";
  const { status } = error;
  const text = detailOf(error);
  if (status === 402 || ([400, 403, 409, 422].includes(status) && soldOut.test(text) && exhausted.test(text)))
    return "no-seats";
  if (status >= 500 && status !== 501) return "unknown";
  if (status === 412 || status === 409) return "raced";
  if (status === 413) return "too-large";
  if (status === 404) return "missing";
  return status === 400 || status === 422 ? "somebody" : "everybody";
};

export const problemOf = (error: unknown, about: string): Problem => {
  const problem = asProblem(error);
  const code = troubleOf(error) === "no-seats" ? "no-seats" : problem.code;
  const hint =
    code === "no-seats" ? "Buy more, lower the allotment, or take a seat from somebody else first." : problem.hint;
  return new Problem(code, `${about}: ${problem.message}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
};
