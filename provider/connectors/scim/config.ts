import { z } from "zod";
import { field } from "../../core/fields.ts";
import { Problem } from "../../core/problem.ts";
import type { Auth } from "../http/auth.ts";

export const accountKeys = ["userName", "emails", "externalId"] as const;
export const patchDialects = ["auto", "path-filter", "value-list"] as const;

export const config = z.object({
  baseUrl: field(z.string(), {
    identifies: true,
    description: "Address of the SCIM service: the part before /Users.",
    example: "https://crm.example/scim/v2",
  }),
  token: field(z.string().optional(), { description: "Bearer token.", secret: true }),
  clientId: field(z.string().optional(), { description: "OAuth 2 client (client credentials), instead of a token." }),
  clientSecret: field(z.string().optional(), { description: "The client's secret.", secret: true }),
  tokenUrl: field(z.string().optional(), { description: "Where the client gets its tokens." }),
  scope: field(z.string().optional(), { description: "OAuth 2 scope to ask for." }),
  username: field(z.string().optional(), { description: "User name (HTTP Basic), instead of a token." }),
  password: field(z.string().optional(), { description: "The user's password.", secret: true }),
  accountKey: field(z.enum(accountKeys).optional(), {
    description: "Which attribute names an account. Default: `userName`, and `emails` where no userName fits.",
  }),
  groupChunk: field(z.int().min(1).optional(), {
    description:
      "Members per PATCH of a group. Default: learnt, from 100 up to all at once while the service keeps answering within two seconds.",
  }),
  patchDialect: field(z.enum(patchDialects).optional(), {
    description:
      "How a member is taken out of a group: `path-filter` (RFC 7644), `value-list` (services written for Entra). Default: `auto`, which finds out: whatever is not the plain way of the RFC is tried on one or two members, looked at, and undone if it went wrong.",
  }),
  seatExtension: field(z.string().optional(), {
    description:
      "URN of an extension of groups that tells `purchased` and `releases {value, endsAt}`, where the service has one.",
    example: "urn:seatwise:scim:schemas:extension:2.0:SeatPool",
  }),
});
export type Config = z.infer<typeof config>;

const missing = (connection: string, name: keyof Config & string, variable: string): Problem =>
  new Problem("denied", `connection "${connection}": ${name} is missing`, {
    path: [name],
    hint: `Set SEATWISE_${connection.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${variable}${name === "token" ? ", or give clientId and tokenUrl, or username" : ""}.`,
  });

export const authOf = (given: Config, connection: string): Auth => {
  const { token, clientId, clientSecret, tokenUrl, scope, username, password } = given;
  if (clientId !== undefined) {
    if (tokenUrl === undefined)
      throw new Problem("invalid", `connection "${connection}": clientId needs tokenUrl`, { path: ["tokenUrl"] });
    if (clientSecret === undefined) throw missing(connection, "clientSecret", "CLIENT_SECRET");
    const grant = "client_credentials" as const;
    return { kind: "oauth2", grant, tokenUrl, clientId, clientSecret, ...(scope === undefined ? {} : { scope }) };
  }
  if (username !== undefined) {
    if (password === undefined) throw missing(connection, "password", "PASSWORD");
    return { kind: "basic", username, password };
  }
  if (token === undefined) throw missing(connection, "token", "TOKEN");
  return { kind: "bearer", token };
};
