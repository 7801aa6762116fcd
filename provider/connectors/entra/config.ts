import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { Grant } from "../http/auth.ts";
import { clientAssertion } from "../http/signed.ts";

export const config = z.object({
  tenantId: field(z.string().min(1), {
    identifies: true,
    description: "The tenant: its id (GUID) or one of its domains.",
    example: "acme.onmicrosoft.com",
  }),
  clientId: field(z.string().min(1), {
    description: "Application (client) id of the app registration that asks.",
    example: "7f5c1a52-2b1e-4f53-9a52-0f6f7a1f3b11",
  }),
  clientSecret: field(z.string().optional(), {
    description: "The app's secret. A certificate is the better way: see `certificate`.",
    secret: true,
  }),
  certificate: field(z.string().optional(), {
    description:
      "The certificate (PEM) that was uploaded to the app registration; it names the key. With `privateKey`.",
  }),
  privateKey: field(z.string().optional(), {
    description: "The certificate's private key (PEM, RSA, without a passphrase).",
    secret: true,
  }),
  baseUrl: field(z.string().default("https://graph.microsoft.com/v1.0"), {
    identifies: true,
    description:
      "Address of Microsoft Graph v1.0. Other clouds: `https://graph.microsoft.us/v1.0`, `https://dod-graph.microsoft.us/v1.0`, `https://microsoftgraph.chinacloudapi.cn/v1.0`.",
  }),
  loginUrl: field(z.string().default("https://login.microsoftonline.com"), {
    description:
      "Where tokens come from. Other clouds: `https://login.microsoftonline.us`, `https://login.chinacloudapi.cn`.",
  }),
  attributes: field(z.array(z.string()).optional(), {
    description:
      "Further properties of a user that rules read as `user.attributes[…]`: `officeLocation`, `otherMails`, `extension_<app>_costCenter`.",
    example: '["officeLocation"]',
  }),
  managers: field(z.boolean().optional(), {
    description:
      "Read each person's manager too (`user.manager`). Off by default: Graph then counts each page of people double.",
  }),
  pageSize: field(z.int().min(1).max(999).optional(), {
    description: "Items asked for at once. Default: 999, Graph's most.",
  }),
  batchSize: field(z.int().min(1).max(20).optional(), {
    description: "Writes that travel in one request. Default: 20, Graph's most.",
  }),
});
export type Config = z.infer<typeof config>;

const trimmed = (url: string): string => url.replace(/\/+$/, "");

/** Graph's own address is the resource that a token is asked for. */
const scopeOf = (baseUrl: string): string =>
  `${URL.canParse(baseUrl) ? new URL(baseUrl).origin : trimmed(baseUrl)}/.default`;

export const authOf = (given: Config, connection: string): Grant => {
  const { clientId, clientSecret, certificate, privateKey } = given;
  const tokenUrl = `${trimmed(given.loginUrl)}/${encodeURIComponent(given.tenantId)}/oauth2/v2.0/token`;
  const scope = scopeOf(given.baseUrl);
  const variable = (field: string): string =>
    `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${field}`;
  if (certificate !== undefined && privateKey !== undefined)
    return clientAssertion({ tokenUrl, clientId, privateKey, certificate, scope });
  if (certificate !== undefined || privateKey !== undefined) {
    const missing = certificate === undefined ? "certificate" : "privateKey";
    throw new Problem("denied", `connection "${connection}": ${missing} is missing`, {
      path: [missing],
      hint: `A certificate needs both. Set ${missing === "certificate" ? "`certificate`" : variable("PRIVATE_KEY")}.`,
    });
  }
  if (clientSecret !== undefined)
    return { kind: "oauth2", grant: "client_credentials", tokenUrl, clientId, clientSecret, scope };
  throw new Problem("denied", `connection "${connection}": clientSecret is missing`, {
    path: ["clientSecret"],
    hint: `Set ${variable("CLIENT_SECRET")}, or give \`certificate\` and ${variable("PRIVATE_KEY")}.`,
  });
};
