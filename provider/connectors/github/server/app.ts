import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import type { SimulatorClock } from "../../simulator/clock.ts";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import type { TokenBook } from "../../simulator/tokens.ts";
import { notFound, refuse } from "./refusals.ts";
import { organization } from "./represent.ts";
import { json, type Service, seen } from "./service.ts";

/** A GitHub App that is installed in the organization. Its key is made for this simulator and nothing else. */
export interface SimulatedApp {
  readonly appId: string;
  readonly installationId: string;
  readonly privateKey: string;
  readonly permissions: Readonly<Record<string, string>>;
}
export const createApp = (): SimulatedApp => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    appId: "4711",
    installationId: "815",
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    permissions: { members: "write", organization_copilot_seat_management: "write", organization_plan: "read" },
  };
};

const part = (text: string | undefined): Record<string, unknown> => {
  try {
    return Object(JSON.parse(Buffer.from(text ?? "", "base64url").toString())) as Record<string, unknown>;
  } catch {
    return {};
  }
};
/** What is wrong with the App's JWT, in GitHub's words; null: nothing. */
const wrong = (app: SimulatedApp, authorization: string | undefined, now: number): string | null => {
  const [head, claims, signature] = /^bearer (\S+)$/i.exec(authorization ?? "")?.[1]?.split(".") ?? [];
  const undecodable = "A JSON web token could not be decoded";
  if (part(head).alg !== "RS256" || signature === undefined) return undecodable;
  const key = createPublicKey(app.privateKey);
  if (!verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))) return undecodable;
  const { iat, exp, iss } = part(claims);
  const seconds = now / 1000;
  if (typeof exp !== "number" || exp <= seconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (typeof iat !== "number" || iat > seconds + 60)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  if (exp - seconds > 660) return "'Expiration time' claim ('exp') is too far in the future";
  return String(iss) === app.appId ? null : "Integration not found";
};

export interface AppParts {
  readonly app: SimulatedApp;
  readonly book: TokenBook;
  readonly clock: SimulatorClock;
}
const hour = 3_600_000;
export const appRoutes = (service: Service, { app, book, clock }: AppParts): Route[] => {
  const signed =
    (handle: (asked: Asked) => Answer) =>
    (asked: Asked): Answer => {
      const why = wrong(app, asked.headers.authorization, clock.now());
      if (why !== null) return refuse(401, why, "/rest");
      return asked.params.id === app.installationId ? handle(asked) : notFound();
    };
  const at = "/app/installations/{id}";
  return [
    on.post(
      `${at}/access_tokens`,
      signed(() =>
        json(
          {
            token: book.issue("app", hour),
            expires_at: new Date(clock.now() + hour).toISOString(),
            permissions: app.permissions,
            repository_selection: "all",
          },
          201,
        ),
      ),
      { open: true },
    ),
    on.get(
      at,
      signed(() => json(installation(service, app))),
      { open: true },
    ),
  ];
};

const installation = (service: Service, app: SimulatedApp) => {
  const state = seen(service);
  const { login, id, createdAt } = state.organization;
  const {
    hooks_url: _hooks,
    issues_url: _issues,
    members_url: _members,
    public_members_url: _public,
    description: _text,
    ...known
  } = organization(state);
  const own = `https://api.github.com/app/installations/${app.installationId}`;
  const account = {
    ...known,
    gravatar_id: "",
    html_url: `https://github.com/${login}`,
    ...Object.fromEntries(
      [
        "followers_url",
        "following_url",
        "gists_url",
        "starred_url",
        "subscriptions_url",
        "organizations_url",
        "received_events_url",
      ].map((name) => [name, `https://api.github.com/users/${login}/${name.replace("_url", "")}`]),
    ),
    type: "Organization",
    site_admin: false,
  };
  return {
    id: Number(app.installationId),
    app_id: Number(app.appId),
    app_slug: "seatwise",
    account,
    target_id: id,
    target_type: "Organization",
    permissions: app.permissions,
    events: [],
    repository_selection: "all",
    single_file_name: null,
    access_tokens_url: `${own}/access_tokens`,
    repositories_url: "https://api.github.com/installation/repositories",
    html_url: `https://github.com/organizations/${login}/settings/installations/${app.installationId}`,
    created_at: createdAt,
    updated_at: createdAt,
    suspended_by: null,
    suspended_at: null,
  };
};
