import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { json, listed, needs, type Service } from "./service.ts";
import { find, type State } from "./state.ts";

interface Asking {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}
const asking = ({ body }: Asked): Asking | null => {
  const { query, variables } = Object(body) as { query?: unknown; variables?: unknown }; // any JSON may come
  if (typeof query !== "string") return null;
  return { query, variables: Object(variables) as Record<string, unknown> };
};
const error = (type: string, message: string, path: readonly string[] = []) => ({ type, path, message });

/** Single sign-on identities of members, 100 a page, after a cursor. */
const identities = (state: State, { variables }: Asking): Answer => {
  const { login, after } = variables;
  if (String(login).toLowerCase() !== state.organization.login)
    return json({
      data: { organization: null },
      errors: [
        error("NOT_FOUND", `Could not resolve to an Organization with the login of '${login}'.`, ["organization"]),
      ],
    });
  if (!state.saml) return json({ data: { organization: { samlIdentityProvider: null } } });
  const all = [...state.accounts.values()].filter((a) => a.nameId !== null);
  const from = Number(Buffer.from(String(after ?? ""), "base64").toString() || 0);
  const to = Math.min(from + 100, all.length);
  const externalIdentities = {
    totalCount: all.length,
    pageInfo: {
      hasNextPage: to < all.length,
      endCursor: all.length === 0 ? null : Buffer.from(String(to)).toString("base64"),
    },
    nodes: all.slice(from, to).map(({ id, login: own, nameId, emails }) => ({
      guid: `0000-${id}`,
      user: { databaseId: id, login: own },
      samlIdentity: { nameId, emails: emails.map((value) => ({ value })) },
      scimIdentity: null,
    })),
  };
  return json({ data: { organization: { samlIdentityProvider: { externalIdentities } } } });
};

/** `u0: user(login: $l0) { databaseId login } …` */
const users = (state: State, { query, variables }: Asking): Answer => {
  const data: Record<string, unknown> = {};
  const errors: object[] = [];
  for (const [, alias = "", variable = ""] of query.matchAll(/(\w+):\s*user\(login:\s*\$(\w+)\)/g)) {
    const login = String(variables[variable]);
    const account = find(state, login);
    data[alias] = account ? { databaseId: account.id, login: account.login } : null;
    if (!account) errors.push(error("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`, [alias]));
  }
  return json({ data, ...(errors.length > 0 ? { errors } : {}) });
};

/** Not GraphQL as such: the two queries that are asked here, and an error in GitHub's form for every other. */
export const graphqlRoutes = (service: Service): Route[] => [
  on.post(
    "/graphql",
    (asked) => {
      const query = asking(asked);
      if (query === null) return json({ message: "A query attribute must be specified and must be a string." }, 400);
      const state = listed(service);
      if (query.query.includes("samlIdentityProvider")) {
        if (needs(service, asked, ["read:org"]) === null) return identities(state, query);
        const message =
          "Your token has not been granted the required scopes to execute this query. The 'samlIdentityProvider' field requires one of the following scopes: ['read:org', 'admin:org'].";
        return json({ errors: [error("INSUFFICIENT_SCOPES", message)] });
      }
      if (/user\(login:/.test(query.query)) return users(state, query);
      return json({ errors: [error("undefinedField", "This simulator answers identities and users by login only.")] });
    },
    { write: false },
  ),
];
