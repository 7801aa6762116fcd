// What `make specs` takes of whose published API description.

/**
 * @typedef {object} Spec
 * @property {string} folder of provider/connectors
 * @property {string} name of the file in its `spec/`
 * @property {string} package on npm
 * @property {string} version
 * @property {string} file in the package
 * @property {string} licenceFile in the package; its text goes beside the description
 * @property {string} attribution whose work it is and under what terms, in Markdown
 * @property {string[]} operations `METHOD /path`, as they are published
 * @property {(text: string) => Record<string, any>} [parse] where the file is not JSON
 */

/** @type {readonly Spec[]} */
export const table = [
  {
    ...{
      folder: "github",
      name: "github",
      package: "@octokit/openapi",
      version: "23.0.2",
      file: "generated/ghec.json",
    },
    licenceFile: "LICENSE",
    attribution:
      "GitHub's description of its REST API (GitHub Enterprise Cloud), MIT licensed: <https://github.com/github/rest-api-description>, published with extensions by <https://github.com/octokit/openapi>.",
    operations: [
      ...["GET /rate_limit", "GET /user", "GET /user/{account_id}", "GET /users/{username}"],
      ...["GET /app/installations/{installation_id}", "POST /app/installations/{installation_id}/access_tokens"],
      ...["GET /orgs/{org}", "GET /orgs/{org}/members", "GET /orgs/{org}/invitations"],
      ...["GET", "PUT", "DELETE"].map((method) => `${method} /orgs/{org}/memberships/{username}`),
      ...["GET /orgs/{org}/teams", "GET /orgs/{org}/teams/{team_slug}", "GET /orgs/{org}/teams/{team_slug}/members"],
      ...["GET /orgs/{org}/teams/{team_slug}/invitations", "GET /orgs/{org}/teams/{team_slug}/external-groups"],
      ...["GET", "PUT", "DELETE"].map((method) => `${method} /orgs/{org}/teams/{team_slug}/memberships/{username}`),
      ...["GET /orgs/{org}/copilot/billing", "GET /orgs/{org}/copilot/billing/seats"],
      ...["POST", "DELETE"].map((method) => `${method} /orgs/{org}/copilot/billing/selected_users`),
      "GET /orgs/{org}/members/{username}/copilot",
      "GET /enterprises/{enterprise}/copilot/billing/seats",
      ...["POST", "DELETE"].map((method) => `${method} /enterprises/{enterprise}/copilot/billing/selected_users`),
      "GET /enterprises/{enterprise}/consumed-licenses",
    ],
  },
];
