import { z } from "zod";
import { Problem } from "../../core/problem.ts";
import { byCursor } from "../http/pages.ts";
import { api, type Licensed } from "./api.ts";
import type { Client } from "./client.ts";

/** Somebody's account, as a list that knows e-mails tells it; the id where it does. */
export interface Linked {
  readonly login: string;
  readonly id: number | null;
  /** NameID and e-mails: what people are called at the identity provider. */
  readonly names: readonly string[];
}

const Emails = z.array(z.object({ value: z.string() })).nullish();
const Identity = z.object({
  guid: z.string(),
  user: z.object({ databaseId: z.number().nullable(), login: z.string() }).nullable(),
  samlIdentity: z.object({ nameId: z.string().nullish(), emails: Emails }).nullable(),
  scimIdentity: z.object({ username: z.string().nullish(), emails: Emails }).nullable(),
});
const Identities = z.object({
  totalCount: z.number(),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z.array(Identity),
});
const Provider = z.object({
  organization: z.object({ samlIdentityProvider: z.object({ externalIdentities: Identities }).nullable() }).nullable(),
});
const query = `query($login: String!, $after: String) {
  organization(login: $login) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          guid
          user { databaseId login }
          samlIdentity { nameId emails { value } }
          scimIdentity { username emails { value } }
        }
      }
    }
  }
}`;

const values = (emails: z.infer<typeof Emails>): string[] => (emails ?? []).map(({ value }) => value);
const namesOf = ({ samlIdentity, scimIdentity }: z.infer<typeof Identity>): string[] => [
  ...[samlIdentity?.nameId, scimIdentity?.username].filter((name) => typeof name === "string"),
  ...values(samlIdentity?.emails),
  ...values(scimIdentity?.emails),
];

/** An organization's SAML single sign-on; null: it has none of its own. No REST endpoint tells this. */
const ofOrganization = async (client: Client, org: string, signal: AbortSignal): Promise<readonly Linked[] | null> => {
  let none = false;
  const page = async (after: string | null) => {
    const data = Provider.parse(await client.graphql(query, { login: org, after }, signal));
    const found = data.organization?.samlIdentityProvider?.externalIdentities;
    none = found === undefined;
    const next = found?.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
    return { items: found?.nodes ?? [], next, total: found?.totalCount ?? null };
  };
  const what = `connection "${client.connection}": SAML identities of ${org}`;
  const nodes = await byCursor<z.infer<typeof Identity>>({ what, key: (node) => node.guid, page });
  if (none) return null;
  // Null: nobody has signed in with it yet.
  return nodes.flatMap((node) =>
    node.user ? [{ login: node.user.login, id: node.user.databaseId, names: namesOf(node) }] : [],
  );
};

/** All who consume a license of the enterprise, with NameID and e-mails of its verified domains. */
const ofEnterprise = async (client: Client, enterprise: string, signal: AbortSignal): Promise<readonly Linked[]> => {
  // Server-only users and invitations have no login: they count, and are nobody here.
  let nameless = 0;
  const users = await client.list(
    {
      what: `connection "${client.connection}": consumed licenses of ${enterprise}`,
      endpoint: api.consumed,
      params: { enterprise },
      key: (user: Licensed) => user.github_com_login ?? `nameless ${++nameless}`,
      read: ({ users }) => ({ items: users ?? [], total: null }),
    },
    signal,
  );
  return users.flatMap(
    ({ github_com_login: login, github_com_saml_name_id: name, github_com_verified_domain_emails }) =>
      login
        ? [{ login, id: null, names: [...(name ? [name] : []), ...(github_com_verified_domain_emails ?? [])] }]
        : [],
  );
};

/** Whose account is whose, by name at the identity provider in lower case; null where two accounts have one name. */
export const readIdentities = async (
  client: Client,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Linked | null>> => {
  const { organization, enterprise } = client.config;
  const linked =
    (enterprise === undefined ? null : await ofEnterprise(client, enterprise, signal)) ??
    (organization === undefined ? null : await ofOrganization(client, organization, signal));
  if (linked === null)
    throw new Problem(
      "unsupported",
      `connection "${client.connection}": GitHub cannot tell whose account belongs to which e-mail: organization "${organization}" has no SAML single sign-on`,
      {
        path: ["account"],
        hint: "Say where the login is written, as in `account: user.attributes['github_login']`; or, in an enterprise, set `enterprise`.",
      },
    );
  const found = new Map<string, Linked | null>();
  for (const one of linked)
    for (const name of new Set(one.names.map((n) => n.toLowerCase()))) {
      const other = found.get(name);
      found.set(name, other === undefined || other?.login === one.login ? one : null);
    }
  return found;
};
