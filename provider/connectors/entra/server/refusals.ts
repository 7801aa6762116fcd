import type { Answer } from "../../simulator/router.ts";

const innerError = {
  date: "2026-11-24T00:00:00",
  "request-id": "00000000-0000-4000-8000-000000000000",
  "client-request-id": "00000000-0000-4000-8000-000000000000",
};
/** Graph's error body. */
export const refuse = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers,
  body: { error: { code, message, innerError } },
});
export const badRequest = (message: string): Answer => refuse(400, "Request_BadRequest", message);
export const unsupportedQuery = (message = "Unsupported Query."): Answer =>
  refuse(400, "Request_UnsupportedQuery", message);

export const refusals = {
  noToken: () => refuse(401, "InvalidAuthenticationToken", "Access token is empty.", { "www-authenticate": "Bearer" }),
  oldToken: () =>
    refuse(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", {
      "www-authenticate": "Bearer",
    }),
  denied: () => refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  noObject: (id: string) =>
    refuse(
      404,
      "Request_ResourceNotFound",
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  noSegment: (path: string) =>
    refuse(400, "BadRequest", `Resource not found for the segment '${path.split("/").filter(Boolean).at(-1) ?? ""}'.`),
  otherMethod: () => refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
  malformed: () =>
    refuse(
      400,
      "BadRequest",
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    ),
  badId: (id: string) => badRequest(`Invalid object identifier '${id}'.`),
  noProperty: (name: string, type: string) =>
    refuse(
      400,
      "BadRequest",
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    ),
  noFilterProperty: (name: string, type: string) =>
    refuse(
      400,
      "BadRequest",
      `Invalid filter clause: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    ),
  badFilter: (why: string) => refuse(400, "BadRequest", `Invalid filter clause: ${why}`),
  countUnsupported: () => badRequest("$count is not currently supported."),
  needsAdvanced: () => unsupportedQuery("Unsupported Query."),
  tooManyClauses: (n: number) =>
    unsupportedQuery(
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${n}. Max allowed: 15.`,
    ),
  pageSize: (top: string) => badRequest(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`),
  skip: () => badRequest("'$skip' is not supported by the service."),
  expandAndCount: () => unsupportedQuery("$expand is not supported with advanced queries."),
  syncState: () =>
    refuse(
      410,
      "syncStateNotFound",
      "The sync state generation is not found; the deltaToken is not from this tenant or too old. Resync is required.",
    ),
  notPremium: () =>
    refuse(
      403,
      "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      "Neither tenant is B2C or tenant doesn't have premium license",
    ),
  noAuditLog: () =>
    refuse(
      403,
      "Authentication_MSGraphPermissionMissing",
      "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
    ),
  limited: (info: string, scope: string, retryAfter: number) =>
    refuse(429, "TooManyRequests", "Too Many Requests", {
      "retry-after": String(retryAfter),
      "x-ms-throttle-information": info,
      "x-ms-throttle-scope": scope,
    }),
};
