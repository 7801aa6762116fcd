import type { Answer } from "../../simulator/router.ts";

/** Google's error body, old fields and new. */
const error = (code: number, reason: string, message: string, status?: string): Answer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      errors: [{ message, domain: "global", reason }],
      ...(status === undefined ? {} : { status }),
    },
  },
});

export const refuse = {
  unauthenticated: () =>
    error(
      401,
      "authError",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
      "UNAUTHENTICATED",
    ),
  scope: () =>
    error(403, "insufficientPermissions", "Request had insufficient authentication scopes.", "PERMISSION_DENIED"),
  role: () => error(403, "forbidden", "Not Authorized to access this resource/api"),
  userRate: () => error(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
  busy: () => error(503, "backendError", "The service is currently unavailable.", "UNAVAILABLE"),
  tooMany: () => error(429, "rateLimitExceeded", "Rate Limit Exceeded", "RESOURCE_EXHAUSTED"),
  noUser: () => error(404, "notFound", "Resource Not Found: userKey"),
  noUserType: () => error(400, "badRequest", "Type not supported: userKey"),
  noGroup: () => error(404, "notFound", "Resource Not Found: groupKey"),
  noMember: () => error(404, "notFound", "Resource Not Found: memberKey"),
  duplicate: () => error(409, "duplicate", "Member already exists."),
  badRequest: () => error(400, "badRequest", "Bad Request"),
  input: (name: string) => error(400, "invalid", `Invalid Input: ${name}`),
  range: (value: string, most: number) =>
    error(400, "invalidParameter", `Invalid value '${value}'. Values must be within the range: [1, ${most}]`),
  noSku: () => error(400, "invalid", "Invalid sku id or product id."),
  noEmail: () => error(400, "invalid", "Invalid user id."),
  noLicense: () => error(404, "notFound", "User does not have a license for specified sku and product"),
  condition: (message: string) => error(412, "conditionNotMet", message),
  tooLate: (date: string) =>
    error(400, "invalid", `Data for dates later than ${date} is not yet available. Please check back later`),
  noDate: (date: string) => error(400, "badRequest", `Bad Request: ${date} is no date`),
  unknownPath: () => ({ ...error(404, "notFound", "Not Found") }),
  otherMethod: () => error(405, "httpMethodNotAllowed", "Method Not Allowed"),
  malformed: () => error(400, "parseError", "Parse Error"),
  injected: (status: number) =>
    status === 403
      ? error(403, "forbidden", "Not Authorized to access this resource/api")
      : error(status, status === 429 ? "rateLimitExceeded" : "backendError", "Backend Error"),
};

/** The token endpoint speaks OAuth. */
export const oauth = (status: number, code: string, description: string): Answer => ({
  status,
  body: { error: code, error_description: description },
});
