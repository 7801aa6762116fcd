import type { Answer } from "../../simulator/router.ts";

/** As a real Keycloak 26.7.4 words it: the admin API says `error` or `errorMessage`, OAuth adds a description. */
export type Refusal = Answer;

const error = (status: number, text: string): Refusal => ({ status, body: { error: text } });
const message = (status: number, text: string): Refusal => ({ status, body: { errorMessage: text } });
const field = (name: string, text: string, params: readonly unknown[] = [name]): Refusal => ({
  status: 400,
  body: { field: name, errorMessage: text, params },
});
const oauth = (status: number, code: string, text: string): Refusal => ({
  status,
  body: { error: code, error_description: text },
});
const failed = "For more on this error consult the server log.";

export const refuse = {
  unauthorized: () => error(401, "HTTP 401 Unauthorized"),
  forbidden: () => error(403, "HTTP 403 Forbidden"),
  unknownPath: () => error(404, "HTTP 404 Not Found"),
  outside: () => error(404, "Unable to find matching target resource method"),
  otherMethod: () => error(405, "HTTP 405 Method Not Allowed"),
  noRealm: () => error(404, "Realm not found."),
  noUser: () => error(404, "User not found"),
  /** Asked for by its address. */
  noGroup: () => error(404, "Could not find group by id"),
  /** Asked for as a user's group. */
  noUserGroup: () => error(404, "Group not found"),
  noPath: () => error(404, "Group path does not exist"),
  noRole: () => error(404, "Could not find role"),
  noMapping: () => error(404, "Role not found"),
  noClient: () => error(404, "Could not find client"),
  noMappingClient: () => error(404, "Client not found"),
  roleNameless: () => error(400, "role has no name"),
  badDate: (name: string) =>
    error(400, `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp`),
  badDirection: () => error(400, "Invalid value for sortDirection, expected value is asc or desc"),
  conflict: (text: string) => message(409, text),
  invalid: (text: string) => message(400, text),
  field,
  malformed: (strict: boolean) => oauth(400, strict ? "invalid_request" : "unknown_error", "Cannot parse the JSON"),
  crash: () => oauth(500, "unknown_error", failed),
  busy: (status: number) => oauth(status, "temporarily_unavailable", "Try again later"),
  oauth,
};
