import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";

/** Person fields that Google has no place for, or has one that a company may fill elsewhere. */
export const attributeFields = ["department", "title", "manager", "type", "startsOn", "endsOn"] as const;
export type AttributeField = (typeof attributeFields)[number];

export const config = z.object({
  administrator: field(z.string(), {
    description:
      "Administrator on whose behalf the service account asks (domain-wide delegation); their admin role is what it may do.",
    example: "seatwise-admin@acme.test",
  }),
  credentials: field(z.string().optional(), {
    description: "The service account's key file: the content of the JSON that Google Cloud gives.",
    secret: true,
  }),
  serviceAccount: field(z.string().optional(), {
    description: "E-mail address of the service account, where its key is given as `privateKey`.",
    example: "seatwise@acme-it.iam.gserviceaccount.com",
  }),
  privateKey: field(z.string().optional(), { description: "The service account's private key, PEM.", secret: true }),
  privateKeyId: field(z.string().optional(), { description: "The key's id, as Google shows it." }),
  customer: field(z.string().optional(), {
    identifies: true,
    description: "The organisation's customer id. Default: the administrator's.",
    example: "C0abc1234",
  }),
  search: field(z.boolean().default(false), {
    description:
      "Ask Google to search for the people that rules could match, instead of reading everybody. Its search index may be 36 hours behind: a joiner then waits so long.",
  }),
  fields: field(z.record(z.string(), z.string()).optional(), {
    description: `Custom attribute (\`Schema.field\`) that fills a person's field. Fields: ${attributeFields.join(", ")}.`,
    example: '{ startsOn = "Employment.start" }',
  }),
  autoLicensed: field(z.array(z.string()).optional(), {
    description:
      "Organisational units (paths, with those below) where Google gives licences automatically: their seats cannot be unassigned one by one.",
    example: '["/Sales"]',
  }),
  reports: field(z.boolean().default(false), {
    description:
      "Read usage reports, with a scope of their own: purchased counts (of some SKUs) and the last use of mail and files beside sign-ins. They are some days late.",
  }),
  licensesPerMinute: field(z.int().min(1).max(6000).default(60), {
    description:
      "Requests a minute that Google allows to the License Manager (one a second unless it raised your quota); 90 % of it is used.",
  }),
  baseUrl: field(z.string().optional(), {
    identifies: true,
    description: "Address of the Admin SDK. Default: `https://admin.googleapis.com`.",
  }),
  licensingUrl: field(z.string().optional(), {
    description:
      "Address of the License Manager. Default: `https://licensing.googleapis.com`, or `baseUrl` where that is set.",
  }),
  tokenUrl: field(z.string().optional(), {
    description:
      "Where tokens are asked for. Default: what the key file says, else `https://oauth2.googleapis.com/token`.",
  }),
  pageSize: field(z.int().min(1).max(1000).optional(), {
    description: "Items asked for at once. Default: what Google allows (500 people, 200 members, 1,000 licences).",
  }),
});
export type Config = z.infer<typeof config>;

const KeyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.string().optional(),
});

export interface Key {
  readonly email: string;
  readonly privateKey: string;
  readonly keyId: string | undefined;
  readonly tokenUrl: string;
}

const variable = (connection: string, name: string): string =>
  `SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${name}`;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

export const keyOf = (given: Config, connection: string): Key => {
  const tokenUrl = given.tokenUrl ?? "https://oauth2.googleapis.com/token";
  if (given.credentials !== undefined) {
    const file = KeyFile.safeParse(parsed(given.credentials));
    if (!file.success)
      throw new Problem("invalid", `connection "${connection}": credentials is not a service account's key file`, {
        path: ["credentials"],
        hint: "It is the content (not the path) of the JSON file from Google Cloud: IAM, Service accounts, Keys. It has client_email and private_key.",
      });
    const { client_email, private_key, private_key_id, token_uri } = file.data;
    return {
      email: client_email,
      privateKey: private_key,
      keyId: private_key_id,
      tokenUrl: given.tokenUrl ?? token_uri ?? tokenUrl,
    };
  }
  const { serviceAccount, privateKey, privateKeyId } = given;
  if (serviceAccount !== undefined && privateKey !== undefined)
    return { email: serviceAccount, privateKey, keyId: privateKeyId, tokenUrl };
  const missing = serviceAccount === undefined && privateKey === undefined ? "credentials" : undefined;
  const name = missing ?? (serviceAccount === undefined ? "serviceAccount" : "privateKey");
  throw new Problem("denied", `connection "${connection}": ${name} is missing`, {
    path: [name],
    hint:
      name === "serviceAccount"
        ? "Set serviceAccount to the service account's e-mail address."
        : `Set ${variable(connection, name === "privateKey" ? "PRIVATE_KEY" : "CREDENTIALS")}.`,
  });
};

export const fieldNames = (given: Config, connection: string): Readonly<Partial<Record<AttributeField, string>>> => {
  for (const name of Object.keys(given.fields ?? {}))
    if (!attributeFields.some((known) => known === name))
      throw new Problem("invalid", `connection "${connection}": a person has no field "${name}" to fill`, {
        path: ["fields", name],
        hint: `These can be filled from custom attributes: ${attributeFields.join(", ")}.`,
      });
  return given.fields ?? {};
};
