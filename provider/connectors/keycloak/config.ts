import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { OAuth } from "../http/auth.ts";

/** Person fields that Keycloak has no place for: they come from attributes. */
export const attributeFields = ["department", "title", "manager", "type", "startsOn", "endsOn"] as const;
export type AttributeField = (typeof attributeFields)[number];

export const config = z.object({
  baseUrl: field(z.string(), {
    identifies: true,
    description: "Address of Keycloak, with its relative path if it has one.",
    example: "https://id.example",
  }),
  realm: field(z.string(), {
    identifies: true,
    description: "The realm whose people and groups are meant.",
    example: "acme",
  }),
  clientId: field(z.string().default("seatwise"), {
    description: "Client that asks: confidential, with a service account that holds the roles of realm-management.",
  }),
  clientSecret: field(z.string().optional(), { description: "The client's secret.", secret: true }),
  username: field(z.string().optional(), {
    description: "Ask as this user instead of a service account (password grant; often with clientId `admin-cli`).",
  }),
  password: field(z.string().optional(), { description: "The user's password.", secret: true }),
  authRealm: field(z.string().optional(), {
    description: "Realm that gives the token, where it is another (`master` for its administrator). Default: `realm`.",
  }),
  fields: field(z.record(z.string(), z.string()).optional(), {
    description: `Attribute that fills a person's field, where its name differs. Fields: ${attributeFields.join(", ")}.`,
    example: '{ title = "jobTitle" }',
  }),
  lists: field(z.array(z.string()).optional(), {
    description: "Attributes that are lists even where a person has one value. Others are lists from two values on.",
  }),
  pageSize: field(z.int().min(1).max(5000).optional(), {
    description:
      "Items asked for at once. Default: 250 to 2,000 people with their attributes (as quick as the answers come), 4,000 without.",
  }),
  signInEvents: field(z.array(z.string()).optional(), {
    description: "Event types that prove that somebody was active. Default: `LOGIN`.",
  }),
  signInDays: field(z.int().optional(), {
    description: "How many days of sign-in events are read at most. Default: 90.",
  }),
});
export type Config = z.infer<typeof config>;

export const fieldNames = (given: Config, connection: string): Readonly<Record<AttributeField, string>> => {
  for (const name of Object.keys(given.fields ?? {}))
    if (!attributeFields.some((known) => known === name))
      throw new Problem("invalid", `connection "${connection}": a person has no field "${name}" to fill`, {
        path: ["fields", name],
        hint: `These are filled from attributes: ${attributeFields.join(", ")}.`,
      });
  const names = attributeFields.map((name) => [name, given.fields?.[name] ?? name] as const);
  return Object.fromEntries(names) as Record<AttributeField, string>; // one entry per field
};

export const authOf = (given: Config, connection: string): OAuth => {
  const { username, password, clientId, clientSecret } = given;
  const realm = given.authRealm ?? given.realm;
  const client = {
    kind: "oauth2" as const,
    tokenUrl: `${given.baseUrl.replace(/\/+$/, "")}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/token`,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
  if (username !== undefined && password !== undefined) return { ...client, grant: "password", username, password };
  if (username === undefined && clientSecret !== undefined) return { ...client, grant: "client_credentials" };
  const missing = username === undefined ? "clientSecret" : "password";
  const variable = `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${missing === "password" ? "PASSWORD" : "CLIENT_SECRET"}`;
  throw new Problem("denied", `connection "${connection}": ${missing} is missing`, {
    path: [missing],
    hint: `Set ${variable}.`,
  });
};
