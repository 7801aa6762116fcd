import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { Auth } from "../http/auth.ts";
import { githubApp } from "../http/signed.ts";

export const publicAddress = "https://api.github.com";

export const config = z.object({
  organization: field(z.string().optional(), {
    identifies: true,
    description: "Organization whose seats these are: its login.",
    example: "acme",
  }),
  enterprise: field(z.string().optional(), {
    identifies: true,
    description:
      "Enterprise (its slug): purchased and consumed licenses, and the map from e-mail to login. Without `organization`: Copilot seats of the whole enterprise.",
    example: "acme",
  }),
  baseUrl: field(z.string().optional(), {
    identifies: true,
    description: `Address of the REST API. Default: \`${publicAddress}\`; with data residency \`https://api.SUBDOMAIN.ghe.com\`.`,
    example: publicAddress,
  }),
  token: field(z.string().optional(), {
    description: "Personal access token (classic). A GitHub App is better: it belongs to nobody and has higher limits.",
    secret: true,
  }),
  appId: field(z.string().optional(), { description: "Id of a GitHub App, instead of a token." }),
  installationId: field(z.string().optional(), { description: "Id of the App's installation in the organization." }),
  privateKey: field(z.string().optional(), { description: "A private key of the App, as PEM.", secret: true }),
  batch: field(z.int().min(1).max(500).optional(), {
    description: "People per request that buys or cancels Copilot seats. Default: 100.",
  }),
});
export type Config = z.infer<typeof config>;

export const rootOf = ({ baseUrl }: Config): string => (baseUrl ?? publicAddress).replace(/\/+$/, "");

const variable = (connection: string, field: string): string =>
  `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${field}`;

/** What is wrong with the connection as a whole; thrown before the first request. */
export const checked = (given: Config, connection: string): Config => {
  if (given.organization === undefined && given.enterprise === undefined)
    throw new Problem("invalid", `connection "${connection}": neither organization nor enterprise is set`, {
      path: ["organization"],
      hint: "Name the organization whose seats are managed.",
    });
  return given;
};

export const authOf = (given: Config, connection: string): Auth => {
  const { token, appId, installationId, privateKey } = given;
  if (appId !== undefined) {
    if (installationId === undefined)
      throw new Problem("invalid", `connection "${connection}": appId needs installationId`, {
        path: ["installationId"],
        hint: "It stands at the end of the address of the App's page in the organization's settings.",
      });
    if (privateKey === undefined)
      throw new Problem("denied", `connection "${connection}": privateKey is missing`, {
        path: ["privateKey"],
        hint: `Set ${variable(connection, "PRIVATE_KEY")}.`,
      });
    return githubApp({ baseUrl: rootOf(given), appId, installationId, privateKey });
  }
  if (token === undefined)
    throw new Problem("denied", `connection "${connection}": token is missing`, {
      path: ["token"],
      hint: `Set ${variable(connection, "TOKEN")}, or give appId, installationId and ${variable(connection, "PRIVATE_KEY")}.`,
    });
  return { kind: "bearer", token };
};
