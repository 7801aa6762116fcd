import { z } from "zod";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { guarded } from "./access.ts";
import { type Cursors, paged } from "./pages.ts";
import { refuse } from "./refusals.ts";
import { type Assigned, showApp, showAppUser } from "./represent.ts";
import { isMember, type Org, type OrgApp, type OrgUser, type Profile, type Server } from "./state.ts";

const Assign = z.object({
  id: z.string().min(1),
  scope: z.enum(["USER", "GROUP"]).optional(),
  profile: z.record(z.string(), z.any()).optional(),
});

/** How this person has the application; null: not. */
export const assignedTo = (org: Org, app: OrgApp, user: OrgUser): Assigned | null => {
  const group = [...app.groups].map((id) => org.groups.get(id)).find((one) => one && isMember(one, user)) ?? null;
  const direct = app.users.get(user.id) ?? null;
  return direct || group ? { app, user, direct, group } : null;
};
export const allAssigned = (org: Org, app: OrgApp): readonly Assigned[] =>
  [...org.users.values()].flatMap((user) => assignedTo(org, app, user) ?? []);

const appRules = { byDefault: 200, most: 200, strict: true };
const userRules = { byDefault: 50, most: 500, strict: true };

export const appRoutes = (server: Server, cursors: Cursors): readonly Route[] => {
  type Found = { readonly org: Org; readonly app: OrgApp };
  const inApp =
    (work: (found: Found, asked: Asked) => Answer) =>
    (asked: Asked): Answer => {
      const org = server.world.read();
      const app = org.apps.get(asked.params.app ?? "");
      return app ? work({ org, app }, asked) : refuse.notFound(asked.params.app ?? "", "AppInstance");
    };
  const assign = ({ org, app }: Found, { body }: Asked): Answer => {
    const wanted = Assign.safeParse(body);
    if (!wanted.success) return refuse.validation("id", "id: The field cannot be left blank");
    const user = org.users.get(wanted.data.id);
    if (!user) return refuse.notFound(wanted.data.id, "User");
    if (app.status !== "ACTIVE") return refuse.validation("app", "The application is not active.");
    if (user.status === "DEPROVISIONED") return refuse.validation("user", "The user is deactivated.");
    const created = server.clock.now();
    const profile = (wanted.data.profile ?? {}) as Profile; // JSON values
    server.world.write((w) => {
      const users = w.apps.get(app.id)?.users;
      if (!users?.has(user.id)) users?.set(user.id, { status: "ACTIVE", syncState: "DISABLED", created, profile });
    });
    const given = assignedTo(server.world.read(), app, user);
    return given ? { status: 200, body: showAppUser(server.url(), given) } : refuse.failed(500);
  };
  const unassign = ({ org, app }: Found, { params: { user: id = "" } }: Asked): Answer => {
    const user = org.users.get(id);
    const held = user ? assignedTo(org, app, user) : null;
    if (!held) return refuse.notFound(id, "AppUser");
    if (held.group) return refuse.grantedByGroup();
    server.world.write((w) => w.apps.get(app.id)?.users.delete(id));
    return { status: 204 };
  };
  const one = ({ org, app }: Found, { params: { user: id = "" } }: Asked): Answer => {
    const user = org.users.get(id);
    const held = user ? assignedTo(org, app, user) : null;
    return held ? { status: 200, body: showAppUser(server.url(), held) } : refuse.notFound(id, "AppUser");
  };
  const list = ({ org, app }: Found, asked: Asked): Answer =>
    paged({ asked, server, cursors }, allAssigned(org, app), {
      key: ({ user }) => user.id,
      show: (held) => showAppUser(server.url(), held),
      rules: userRules,
    });
  return [
    on.get(
      "/api/v1/apps",
      guarded(server, "okta.apps.read", (asked) => {
        const q = asked.query.get("q")?.toLowerCase() ?? "";
        const apps = [...server.world.read().apps.values()].filter(({ name, label }) =>
          [name, label].some((text) => text.toLowerCase().startsWith(q)),
        );
        const show = (app: OrgApp) => showApp(server.url(), app);
        return paged({ asked, server, cursors }, apps, { key: ({ id }) => id, show, rules: appRules });
      }),
    ),
    on.get(
      "/api/v1/apps/{app}",
      guarded(
        server,
        "okta.apps.read",
        inApp(({ app }) => ({ status: 200, body: showApp(server.url(), app) })),
      ),
    ),
    on.get("/api/v1/apps/{app}/users", guarded(server, "okta.apps.read", inApp(list))),
    on.post("/api/v1/apps/{app}/users", guarded(server, "okta.apps.manage", inApp(assign))),
    on.get("/api/v1/apps/{app}/users/{user}", guarded(server, "okta.apps.read", inApp(one))),
    on.del("/api/v1/apps/{app}/users/{user}", guarded(server, "okta.apps.manage", inApp(unassign))),
  ];
};
