import { z } from "zod";
import type { Answer, Route } from "../../simulator/router.ts";
import { type Inside, need, queryUsers, viewUsers } from "./access.ts";
import { setProfile } from "./import.ts";
import { flag, selectUsers, sliced } from "./query.ts";
import { byText, type Realm, type SimUser } from "./realm.ts";
import { refuse } from "./refusals.ts";
import { listedUser, singleUser, userGroup } from "./represent.ts";
import { created, done, inRealm, isJson, ok, type Server } from "./state.ts";

/** Fields of a UserRepresentation; another name is refused. */
const known = new Set(
  "id username email emailVerified firstName lastName enabled createdTimestamp attributes groups realmRoles clientRoles credentials requiredActions totp disableableCredentialTypes notBefore access federatedIdentities origin self serviceAccountClientId clientConsents federationLink userProfileMetadata".split(
    " ",
  ),
);
const Text = z.string().nullish();
const Values = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const UserBody = z.object({
  username: Text,
  email: Text,
  firstName: Text,
  lastName: Text,
  enabled: z.boolean().nullish(),
  attributes: z.record(z.string(), Values).nullish(),
  groups: z.array(z.string()).nullish(),
});
type UserBody = z.infer<typeof UserBody>;

const parsed = (body: unknown): UserBody | Answer => {
  if (!isJson(body)) return refuse.malformed(false);
  const strange = Object.keys(body).find((name) => !known.has(name));
  if (strange !== undefined)
    return {
      status: 400,
      body: {
        error: `Invalid json representation for UserRepresentation. Unrecognized field "${strange}" at line 1 column 1.`,
      },
    };
  const result = UserBody.safeParse(body);
  return result.success ? result.data : refuse.malformed(false);
};
const isAnswer = (it: UserBody | Answer): it is Answer => "status" in it;

/** The declarative user profile's own checks, in its order. */
const profileFault = ({ validated }: Realm, given: UserBody): Answer | null => {
  const checked = (name: "username" | "email" | "firstName" | "lastName") => (validated.has(name) ? given[name] : null);
  const [username, email] = [checked("username"), checked("email")];
  if (username !== undefined && username !== null) {
    if (username.length < 3 || username.length > 255)
      return refuse.field("username", "error-invalid-length", ["username", 3, 255]);
    if (/[\s<>&"$%!#?§;*~/\\|^=[\]{}()`]/.test(username))
      return refuse.field("username", "error-username-invalid-character");
  }
  if (email && !/^[^\s@]+@[^\s@]+\.?[^\s@]+$/.test(email))
    return refuse.field("email", "error-invalid-email", ["email", email]);
  for (const [name, value] of Object.entries({ firstName: checked("firstName"), lastName: checked("lastName") }))
    if (value && /[<>&"$%!#?§;*~|^=[\]{}()]/.test(value))
      return refuse.field(name, "error-person-name-invalid-character");
  return null;
};
const taken = (realm: Realm, email: string | null | undefined, self: SimUser | null): Answer | null => {
  const holder = email ? realm.emails.get(email.toLowerCase()) : undefined;
  return holder && holder !== self ? refuse.conflict("User exists with same email") : null;
};
/** Empty values are no values; what the profile does not allow is dropped. */
const kept = (realm: Realm, given: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name, values]) => values.length > 0 && (realm.unmanagedAttributes || realm.profileAttributes.has(name)),
    ),
  );

const createUser = (server: Server, { realm, caller, body }: Inside): Answer => {
  const given = parsed(body);
  if (isAnswer(given)) return given;
  const refusal = need(caller, "manage-users");
  if (refusal) return refusal;
  if (!given.username) return refuse.invalid("User name is missing");
  const username = given.username.toLowerCase();
  if (realm.usernames.has(username)) return refuse.conflict("User exists with same username");
  const fault = taken(realm, given.email, null) ?? profileFault(realm, given);
  if (fault) return fault;
  const groups = (given.groups ?? []).map((path) => realm.groupAt(path));
  if (groups.includes(null)) return refuse.crash();
  const user: SimUser = {
    id: server.random.uuid(),
    username,
    email: given.email?.toLowerCase() ?? null,
    firstName: given.firstName ?? null,
    lastName: given.lastName ?? null,
    enabled: given.enabled ?? false,
    createdAt: server.clock.now(),
    attributes: kept(realm, given.attributes ?? {}),
    groups: new Set(),
    roles: new Set([realm.defaultRole()?.id].filter((id) => id !== undefined)),
    password: null,
    serviceAccountOf: null,
  };
  realm.addUser(user);
  for (const group of groups) if (group) realm.join(user, group.id);
  return created(server, `/admin/realms/${realm.name}/users/${user.id}`);
};

const updateUser = (user: SimUser, { realm, caller, body }: Inside): Answer => {
  const given = parsed(body);
  if (isAnswer(given)) return given;
  const refusal = need(caller, "manage-users");
  if (refusal) return refusal;
  const fault = taken(realm, given.email, user);
  if (fault) return fault;
  if (given.username && given.username.toLowerCase() !== user.username)
    return refuse.field("username", "error-user-attribute-read-only");
  const wrong = profileFault(realm, { ...given, username: undefined });
  if (wrong) return wrong;
  if (given.enabled !== undefined && given.enabled !== null) user.enabled = given.enabled;
  // With `attributes` the body is the whole profile: a name or address that it leaves out is gone.
  const whole = given.attributes !== undefined && given.attributes !== null;
  if (whole || given.firstName) user.firstName = given.firstName ?? null;
  if (whole || given.lastName) user.lastName = given.lastName ?? null;
  if (whole || given.email) realm.setEmail(user, given.email?.toLowerCase() ?? null);
  if (given.attributes) user.attributes = kept(realm, given.attributes);
  return done;
};

/** `users/{id}/…`: whether somebody exists is told to those only who may ask for users. */
const forUser =
  (needs: readonly Parameters<typeof need>[1][], handle: (user: SimUser, asked: Inside) => Answer) =>
  (asked: Inside): Answer => {
    const user = asked.realm.users.get(asked.params.id ?? "");
    if (!user) return need(asked.caller, ...queryUsers) ?? refuse.noUser();
    return need(asked.caller, ...needs) ?? handle(user, asked);
  };

const list = ({ realm, caller, query }: Inside): Answer => {
  const refusal = need(caller, ...queryUsers);
  if (refusal) return refusal;
  const brief = flag(query, "briefRepresentation", false);
  const page = sliced(selectUsers(realm, query), query, 100);
  // With query-users alone nobody is seen, and no error says so.
  return ok(caller.has(...viewUsers) ? page.map((user) => listedUser(realm, user, brief, caller)) : []);
};

const groupsOf = (user: SimUser, { realm, query }: Inside): Answer => {
  const search = query.get("search")?.toLowerCase() ?? "";
  const groups = [...user.groups].flatMap((id) => realm.groups.get(id) ?? []).sort(byText((group) => group.name));
  const found = groups.filter((group) => group.name.toLowerCase().includes(search));
  const brief = flag(query, "briefRepresentation", true);
  return ok(sliced(found, query, -1).map((group) => userGroup(realm, group, brief)));
};
const membership =
  (change: "join" | "leave") =>
  (user: SimUser, { realm, params }: Inside): Answer => {
    const group = realm.groups.get(params.group ?? "");
    if (!group) return refuse.noUserGroup();
    realm[change](user, group.id);
    return done;
  };

const profile = (realm: Realm): unknown => ({
  attributes: [...realm.profileAttributes].map((name) => ({ name, multivalued: false })),
  ...(realm.unmanagedAttributes ? { unmanagedAttributePolicy: "ADMIN_EDIT" } : {}),
});

export const userRoutes = (server: Server): readonly Route[] => {
  const on = inRealm(server);
  return [
    on.get("/users", list),
    on.post("/users", (asked) => createUser(server, asked)),
    on.get(
      "/users/count",
      ({ realm, caller, query }) => need(caller, ...queryUsers) ?? ok(selectUsers(realm, query).length),
    ),
    on.get(
      "/users/profile",
      ({ realm, caller }) => need(caller, ...queryUsers, "view-realm", "manage-realm") ?? ok(profile(realm)),
    ),
    on.put("/users/profile", ({ realm, caller, body }) => {
      const refusal = need(caller, "manage-realm");
      if (refusal) return refusal;
      setProfile(realm, body);
      return ok(profile(realm));
    }),
    on.get(
      "/users/{id}",
      forUser(viewUsers, (user, { realm, caller }) => ok(singleUser(realm, user, caller))),
    ),
    on.put("/users/{id}", forUser([], updateUser)),
    on.del(
      "/users/{id}",
      forUser(["manage-users"], (user, { realm }) => {
        realm.removeUser(user);
        return done;
      }),
    ),
    on.put(
      "/users/{id}/reset-password",
      forUser(["manage-users"], (user, { body }) => {
        const value = isJson(body) ? body.value : undefined;
        if (typeof value !== "string") return refuse.malformed(false);
        user.password = value;
        return done;
      }),
    ),
    on.get("/users/{id}/groups", forUser(viewUsers, groupsOf)),
    on.get(
      "/users/{id}/groups/count",
      forUser(viewUsers, (user) => ok({ count: user.groups.size })),
    ),
    on.put("/users/{id}/groups/{group}", forUser(["manage-users"], membership("join"))),
    on.del("/users/{id}/groups/{group}", forUser(["manage-users"], membership("leave"))),
  ];
};

/** Below a user, whatever no other route is: the user is looked up before the rest of the path. Comes last. */
export const strayRoutes = (server: Server): readonly Route[] => [
  inRealm(server).get("/users/{id}/{+rest}", forUser([], refuse.unknownPath)),
];
