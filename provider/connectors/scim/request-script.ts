import { createRandom, type Random } from "../simulator/random.ts";
import {
  attributes,
  type Body,
  badUsers,
  core,
  filter,
  goodUser,
  messages,
  names,
  patchBody,
  query,
  userOperations,
} from "./script-values.ts";

/**
 * Requests as a curious client would send them, from a seed: good ones, and most kinds of bad ones. Resources are named
 * by symbols (`{u3}`, `{g1}`), so that the same script runs against servers that choose their own ids.
 */
export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The symbol under which a created resource is known from here on. */
  readonly creates?: string;
}

type Make = (r: Random, known: Known) => ScriptedRequest;
interface Known {
  users: number;
  groups: number;
}
const user = (r: Random, k: Known): string => (k.users > 0 && r.int(12) > 0 ? `{u${r.int(k.users)}}` : "no-such-user");
const group = (r: Random, k: Known): string =>
  k.groups > 0 && r.int(12) > 0 ? `{g${r.int(k.groups)}}` : "no-such-group";
/** The nth person's name, so that a duplicate can be meant. */
const login = (n: number): string => `${names[n % names.length]}-${n}`;

const makers: readonly (readonly [weight: number, make: Make])[] = [
  [
    14,
    (r, k) => ({
      method: "POST",
      path: "/Users",
      body: goodUser(r, login(k.users)),
      creates: `u${k.users++}`,
    }),
  ],
  [
    3,
    (r, k) => ({
      method: "POST",
      path: "/Users",
      body: { schemas: [`${core}:User`], userName: login(r.int(Math.max(1, k.users))).toUpperCase() },
      creates: `dup${r.word(6)}`,
    }),
  ],
  [6, (r, k) => ({ method: "POST", path: "/Users", body: r.pick(badUsers)(`bad-${k.users}-${r.word(5)}`) })],
  [
    5,
    (r, k) => ({
      method: "POST",
      path: "/Groups",
      body: {
        schemas: [`${core}:Group`],
        displayName: r.pick(names),
        ...(k.users && r.int(2) ? { members: [{ value: user(r, k) }] } : {}),
      },
      creates: `g${k.groups++}`,
    }),
  ],
  [
    2,
    (r) => ({
      method: "POST",
      path: "/Groups",
      body: r.pick<Body>([
        { schemas: [`${core}:Group`] },
        { displayName: 1 },
        { schemas: [`${core}:User`], displayName: "x" },
      ]),
    }),
  ],
  [
    8,
    (r, k) => ({
      method: "GET",
      path: `/Users/${user(r, k)}${r.pick(["", `?${query({ attributes: attributes(r) })}`, `?${query({ excludedAttributes: attributes(r) })}`])}`,
    }),
  ],
  [
    4,
    (r, k) => ({
      method: "GET",
      path: `/Groups/${group(r, k)}${r.pick(["", "?attributes=members", "?excludedAttributes=members"])}`,
    }),
  ],
  [16, (r) => ({ method: "GET", path: `/Users?${query({ filter: filter(r) })}` })],
  [
    5,
    (r) => ({
      method: "GET",
      path: `/Users?${query({ count: r.pick(["0", "1", "3", "-2", "x"]), startIndex: r.pick(["1", "2", "0", "500"]), sortBy: "userName", sortOrder: r.pick(["ascending", "descending"]) })}`,
    }),
  ],
  [
    3,
    (r) => ({
      method: "GET",
      path: `/Users?${query(r.pick<Record<string, string>>([{ sortBy: "shoeSize" }, { sortBy: "name" }, { sortBy: "password" }, { cursor: "" }, { cursor: "", startIndex: "1" }, { attributes: "userName", excludedAttributes: "title" }, { attributes: 'emails[type eq "x"]' }, { sortOrder: "upwards" }]))}`,
    }),
  ],
  [
    4,
    (r) => ({
      method: "POST",
      path: "/Users/.search",
      body: r.pick<unknown>([
        { schemas: [`${messages}:SearchRequest`], filter: filter(r) },
        { schemas: [`${messages}:SearchRequest`], attributes: ["userName"], sortBy: "userName", count: 2 },
        "{",
      ]),
    }),
  ],
  [
    16,
    (r, k) => ({
      method: "PATCH",
      path: `/Users/${user(r, k)}`,
      body: patchBody(...Array.from({ length: 1 + r.int(2) }, () => r.pick(userOperations)(r))),
    }),
  ],
  [
    3,
    (r, k) => ({
      method: "PATCH",
      path: `/Users/${user(r, k)}`,
      body: r.pick<unknown>([{ schemas: [`${messages}:PatchOp`] }, patchBody(), [], "{", patchBody("text")]),
    }),
  ],
  [
    8,
    (r, k) => ({
      method: "PATCH",
      path: `/Groups/${group(r, k)}`,
      body: patchBody({ op: "add", path: "members", value: [{ value: user(r, k) }] }),
    }),
  ],
  [
    5,
    (r, k) => ({
      method: "PATCH",
      path: `/Groups/${group(r, k)}`,
      body: patchBody({ op: "remove", path: `members[value eq "${user(r, k)}"]` }),
    }),
  ],
  [
    2,
    (r, k) => ({
      method: "PATCH",
      path: `/Groups/${group(r, k)}`,
      body: patchBody(
        r.pick([
          { op: "remove", path: "members" },
          { op: "remove", path: "members", value: [{ value: "x" }] },
          { op: "remove", path: "displayName" },
          { op: "replace", path: 'members[value eq "nobody"].display', value: "x" },
        ]),
      ),
    }),
  ],
  [
    3,
    (r, k) => ({
      method: "PUT",
      path: `/Users/${user(r, k)}`,
      body: r.int(4) ? goodUser(r, `put-${r.word(6)}`) : r.pick(badUsers.slice(1))(`put-${r.word(6)}`),
    }),
  ],
  [
    2,
    (r, k) => ({
      method: "PATCH",
      path: `/Users/${user(r, k)}?attributes=userName`,
      body: patchBody({ op: "replace", path: "title", value: r.word(5) }),
    }),
  ],
  [
    3,
    (r, k) => ({
      method: "PATCH",
      path: `/Users/${user(r, k)}`,
      body: patchBody({ op: "replace", path: "title", value: r.word(5) }),
      headers: { "if-match": r.pick(['W/"99999"', "*", '"x", W/"y"']) },
    }),
  ],
  [
    2,
    (r, k) => ({
      method: "GET",
      path: `/Users/${user(r, k)}`,
      headers: { "if-none-match": r.pick(["*", 'W/"99999"']) },
    }),
  ],
  [
    3,
    (r, k) => ({
      method: "DELETE",
      path: `/Users/${user(r, k)}`,
      ...(r.int(3) ? {} : { headers: { "if-match": 'W/"99999"' } }),
    }),
  ],
  [1, (r, k) => ({ method: "DELETE", path: `/Groups/${group(r, k)}` })],
  [
    4,
    (r) =>
      r.pick<ScriptedRequest>([
        { method: "GET", path: "/Nowhere" },
        { method: "PUT", path: "/Users", body: {} },
        { method: "DELETE", path: "/ServiceProviderConfig" },
        { method: "GET", path: "/Schemas?filter=x" },
        { method: "GET", path: "/Schemas/urn:nobody" },
        { method: "GET", path: "/ResourceTypes" },
        { method: "GET", path: "/ResourceTypes/User" },
        { method: "GET", path: "/Me" },
        { method: "GET", path: "/Users", headers: { authorization: "Bearer wrong" } },
        { method: "POST", path: "/Users", body: "userName=x", headers: { "content-type": "text/plain" } },
      ]),
  ],
  [
    3,
    (r, k) => ({
      method: "POST",
      path: "/Bulk",
      body: {
        schemas: [`${messages}:BulkRequest`],
        Operations: [
          {
            method: "POST",
            path: "/Users",
            bulkId: "n",
            data: { schemas: [`${core}:User`], userName: `bulk-${r.word(8)}` },
          },
          {
            method: "PATCH",
            path: `/Groups/${group(r, k)}`,
            data: patchBody({ op: "add", path: "members", value: [{ value: "bulkId:n" }] }),
          },
          { method: "PATCH", path: `/Users/${user(r, k)}`, data: patchBody(r.pick(userOperations)(r)) },
          { method: "DELETE", path: "/Users/no-such-user" },
          { method: "GET", path: "/Users" },
        ].slice(0, 2 + r.int(3)),
        ...(r.int(2) ? {} : { failOnErrors: 1 }),
      },
    }),
  ],
  [1, () => ({ method: "POST", path: "/Bulk", body: { schemas: [`${messages}:BulkRequest`], Operations: [] } })],
];

export const requestScript = (seed: number, length: number): readonly ScriptedRequest[] => {
  const r = createRandom(seed);
  const known: Known = { users: 0, groups: 0 };
  const bag = makers.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return Array.from({ length }, () => r.pick(bag)(r, known));
};
