import type { Answer } from "../../simulator/router.ts";

const docs = "https://docs.github.com";
export const refuse = (status: number, message: string, page = "/rest"): Answer => ({
  status,
  body: { message, documentation_url: `${docs}${page}`, status: String(status) },
});
/** GitHub says of what somebody may not see that it is not there. */
export const notFound = (): Answer => refuse(404, "Not Found");
export interface Fault422 {
  readonly resource?: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}
export const invalid = (message: string, errors: readonly Fault422[] = [], page = "/rest"): Answer => ({
  status: 422,
  body: { message, documentation_url: `${docs}${page}`, ...(errors.length > 0 ? { errors } : {}) },
});
export const badCredentials = (): Answer => refuse(401, "Bad credentials");
export const noAgent = (): Answer => ({
  status: 403,
  body: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.",
});
export const otherVersion = (): Answer =>
  refuse(400, "This version of the API is not supported.", "/rest/about-the-rest-api/api-versions");
