/** What the control endpoint can do: for `seatwise sandbox --help`, and for its page as lines to copy. */
export interface Entry {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly does: string;
}
export const manual: readonly Entry[] = [
  { method: "GET", path: "/", does: "what is served: addresses, requests so far; a browser gets a page" },
  { method: "GET", path: "/connections", does: "the provider's configuration, as seatwise doctor reads it" },
  { method: "GET", path: "/env", does: "the secrets, as lines for a shell" },
  { method: "GET", path: "/company", does: "groups and contracts" },
  {
    method: "GET",
    path: "/people?search=sales&limit=5",
    does: "people by login, department, title or group; ?login=ada.meyer: one",
  },
  {
    method: "POST",
    path: "/hire",
    body: '{"firstName": "Mary", "lastName": "Shaw", "department": "Engineering", "groups": ["engineering"], "country": "US"}',
    does: "somebody new, in every system; also login, email, title, manager, type, startsOn, endsOn, github",
  },
  {
    method: "POST",
    path: "/move",
    body: '{"login": "ada.meyer", "department": "Finance", "join": ["finance"], "quit": []}',
    does: "whatever changed of a person: department, title, country, groups …",
  },
  {
    method: "POST",
    path: "/suspend",
    body: '{"login": "ada.meyer"}',
    does: "the account is disabled, where systems know that; /resume: enabled",
  },
  { method: "POST", path: "/leave", body: '{"login": "ada.meyer"}', does: "the account is deleted" },
  {
    method: "POST",
    path: "/sign-ins",
    body: '{"login": "grace.hopper"}',
    does: 'evidence of use; also "at": "2026-11-01T08:00:00Z", "system"',
  },
  {
    method: "POST",
    path: "/give",
    body: '{"system": "scim", "sku": "group:crm-users", "login": "grace.hopper"}',
    does: "an administrator gives a seat by hand; /take: takes it",
  },
  {
    method: "POST",
    path: "/faults",
    body: '{"system": "scim", "where": {"path": "/Users", "times": 3}, "fault": {"kind": "limit", "status": 429, "retryAfter": 2}}',
    does: `break a system, or "all". where: method, path (a regular expression), nth, times, probability. fault:
limit (status 429, 403, 503; retryAfter), status (status), reset and silence (commit before or after), slow (ms), expire,
page (page empty, truncated or loop)`,
  },
  { method: "DELETE", path: "/faults", does: "no faults any more" },
  {
    method: "POST",
    path: "/clock",
    body: '{"advanceSeconds": 86400}',
    does: "the systems' time moves on; it never goes back",
  },
  { method: "GET", path: "/log", does: "every request that was served, in order, without bodies and headers" },
  { method: "DELETE", path: "/log", does: "forget them" },
];

export const controlHelp = manual
  .map(({ method, path, body, does }) => {
    const indent = " ".repeat(21);
    const lines = [...(body === undefined ? [] : [body]), ...does.split("\n")];
    return `  ${method.padEnd(6)} ${path.padEnd(11)}${lines.join(`\n${indent}`).replace(/^/, path.length < 11 ? " " : `\n${indent}`)}`;
  })
  .join("\n");

/** As somebody would type it. */
export const curl = ({ method, path, body }: Entry, url: string): string =>
  [
    "curl -s",
    ...(method === "DELETE" ? ["-X DELETE"] : []),
    ...(path.includes("?") || path.includes("&") ? [`'${url}${path}'`] : [`${url}${path}`]),
    ...(body === undefined ? [] : [`-d '${body}'`]),
  ].join(" ");
