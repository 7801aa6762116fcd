import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { Auth } from "../http/auth.ts";
import { clientAssertion } from "../http/signed.ts";

/** Person fields that are attributes of Okta's profile. */
export const profileFields = {
  department: "department",
  title: "title",
  manager: "managerId",
  type: "userType",
  startsOn: "startDate",
  endsOn: "endDate",
} as const;
export type ProfileField = keyof typeof profileFields;
const fieldNames = Object.keys(profileFields);

export const config = z.object({
  baseUrl: field(z.string(), {
    identifies: true,
    description: "Address of the organisation: the one without `-admin`.",
    example: "https://acme.okta.com",
  }),
  apiToken: field(z.string().optional(), {
    description: "API token (SSWS). It has the rights of the administrator who made it.",
    secret: true,
  }),
  clientId: field(z.string().optional(), {
    description:
      "Service application that asks instead of an API token (OAuth 2, private_key_jwt): least privilege, as Okta recommends.",
  }),
  privateKey: field(z.string().optional(), {
    description: "The service application's private key, as PEM or JWK.",
    secret: true,
  }),
  keyId: field(z.string().optional(), {
    description: "Id (`kid`) of that key, where the application has several.",
  }),
  tokenUrl: field(z.string().optional(), {
    description: "Where tokens come from. Default: `/oauth2/v1/token` of the organisation.",
  }),
  fields: field(z.record(z.string(), z.string()).optional(), {
    description: `Profile attribute that fills a person's field, where it is another. Fields: ${fieldNames.join(", ")}. Default: \`department\`, \`title\`, \`managerId\`, \`userType\`, \`startDate\`, \`endDate\`.`,
    example: '{ startsOn = "hireDate" }',
  }),
  appProfile: field(z.record(z.string(), z.string()).optional(), {
    description: "Profile that an assignment to an application is given, where the application needs one.",
    example: '{ role = "Editor" }',
  }),
  usageFrom: field(z.enum(["systemLog", "lastLogin"]).optional(), {
    description:
      "What proves that somebody signed in: the System Log (90 days, a request per 1,000 sign-ins; default), or the time of the last sign-in that Okta keeps with each person (no further request; for large organisations).",
  }),
  usageApp: field(z.string().optional(), {
    description:
      "Label of an application: then its single sign-ons are the evidence of use, instead of sign-ins to Okta. Never both.",
  }),
  share: field(z.number().min(0.01).max(1).default(0.5), {
    description: "Which part of each rate limit this token or application has. Okta gives a new one half of it.",
  }),
  pageSize: field(z.int().min(1).max(1000).optional(), {
    description:
      "Items asked for at once. Default: what Okta allows at most, 1,000 members, 500 assignments, 200 people.",
  }),
});
export type Config = z.infer<typeof config>;

export type Names = Readonly<Record<ProfileField, string>>;
export const namesOf = (given: Config, connection: string): Names => {
  for (const name of Object.keys(given.fields ?? {}))
    if (!fieldNames.includes(name))
      throw new Problem("invalid", `connection "${connection}": a person has no field "${name}" to fill`, {
        path: ["fields", name],
        hint: `These are filled from the profile: ${fieldNames.join(", ")}.`,
      });
  return { ...profileFields, ...given.fields };
};

export const rootOf = ({ baseUrl }: Pick<Config, "baseUrl">): string => baseUrl.replace(/\/+$/, "");

/** With an application: a token for exactly this scope, so that a right that is missing stops only what needs it. */
export const authOf = (given: Config, connection: string, scope: string): Auth => {
  const { apiToken, clientId, privateKey, keyId } = given;
  const variable = `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const missing = (name: string, hint: string): Problem =>
    new Problem("denied", `connection "${connection}": ${name} is missing`, { path: [name], hint });
  if (clientId === undefined) {
    if (apiToken === undefined)
      throw missing("apiToken", `Set ${variable}_API_TOKEN, or give clientId and ${variable}_PRIVATE_KEY.`);
    return { kind: "header", name: "Authorization", value: `SSWS ${apiToken}` };
  }
  if (privateKey === undefined) throw missing("privateKey", `Set ${variable}_PRIVATE_KEY.`);
  const tokenUrl = given.tokenUrl ?? `${rootOf(given)}/oauth2/v1/token`;
  return {
    ...clientAssertion({ tokenUrl, clientId, privateKey, keyId, scope }),
    hint: `check that service application ${clientId} was granted ${scope} (Okta API Scopes), that this is one of its keys, that "Require Demonstrating Proof of Possession (DPoP)" is off for it, and that this machine's clock is right.`,
  };
};
