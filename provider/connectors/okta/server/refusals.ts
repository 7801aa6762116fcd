import type { Answer } from "../../simulator/router.ts";

let errors = 0;
const error = (status: number, code: string, summary: string, causes: readonly string[] = []): Answer => {
  errors += 1;
  const errorId = `oae${errors.toString(36).padStart(10, "0")}`;
  const errorCauses = causes.map((errorSummary) => ({ errorSummary }));
  return { status, body: { errorCode: code, errorSummary: summary, errorLink: code, errorId, errorCauses } };
};

/** Okta's own words; codes and sentences as its catalogue of error codes has them. */
export const refuse = {
  validation: (field: string, cause: string) => error(400, "E0000001", `Api validation failed: ${field}`, [cause]),
  malformed: () => error(400, "E0000003", "The request body was not well-formed."),
  badSearch: (why: string) => error(400, "E0000031", `Invalid search criteria.`, [why]),
  token: () => error(401, "E0000011", "Invalid token provided"),
  denied: () => error(403, "E0000006", "You do not have permission to perform the requested action"),
  insufficientScope: (scope: string): Answer => ({
    ...error(403, "E0000006", "You do not have permission to perform the requested action"),
    headers: {
      "www-authenticate": `Bearer realm="okta", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", scope="${scope}"`,
    },
  }),
  grantedByGroup: () =>
    error(403, "E0000046", "Deactivate application for user forbidden.", [
      "The application cannot be unassigned from the user while their group memberships grant them access.",
    ]),
  notFound: (id: string, kind: string) => error(404, "E0000007", `Not found: Resource not found: ${id} (${kind})`),
  path: () => error(404, "E0000008", "The requested path was not found"),
  method: () => error(405, "E0000022", "The endpoint does not support the provided HTTP method"),
  limit: () => error(429, "E0000047", "API call exceeded rate limit due to too many requests."),
  failed: (status: number) => error(status, "E0000009", "Internal Server Error"),
};

/** The token endpoint speaks OAuth. */
export const oauth = (status: number, code: string, text: string): Answer => ({
  status,
  body: { error: code, error_description: text },
});
