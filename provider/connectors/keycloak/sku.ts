import type { Sku } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { api, type Role } from "./api.ts";
import type { Client } from "./client.ts";
import { ancestry, type Groups, type Node, nearGroup, type Tree } from "./groups.ts";

/** A SKU, found: the group or the role whose holders have the seats. */
export type Target =
  | { readonly is: "group"; readonly group: Node }
  | { readonly is: "realm-role"; readonly role: Role }
  | { readonly is: "client-role"; readonly role: Role; readonly client: string; readonly clientId: string };

export interface Skus {
  find(sku: string, signal: AbortSignal): Promise<Target>;
  list(signal: AbortSignal): Promise<readonly Sku[]>;
  /** Without a question to Keycloak: which groups a write to this SKU changes. */
  writes(sku: string): readonly string[];
}

export const skuOf = (target: Target): Sku => {
  switch (target.is) {
    case "group":
      return { sku: `group:${target.group.path}`, name: target.group.name };
    case "realm-role":
      return { sku: `role:${target.role.name}`, name: target.role.name };
    case "client-role":
      return { sku: `role:${target.clientId}/${target.role.name}`, name: `${target.clientId}/${target.role.name}` };
  }
};

const noRole = /^Could not find role/;
const group = (sku: string): string | null => /^group:(.+)$/s.exec(sku)?.[1] ?? null;
const role = (sku: string): string | null => /^role:(.+)$/s.exec(sku)?.[1] ?? null;

export const createSkus = (client: Client, memo: Memo, groups: Groups): Skus => {
  let known: Tree | null = null;
  const tree = async (signal: AbortSignal): Promise<Tree> => {
    known = await groups.tree(signal);
    return known;
  };
  const where = `connection "${client.connection}"`;
  const unknown = (what: string, hint: string | undefined): Problem =>
    new Problem("not-found", `${where}: realm "${client.realm}" has no ${what}`, hint === undefined ? {} : { hint });

  const realmRoles = (signal: AbortSignal): Promise<readonly Role[]> =>
    client.pages("realm roles", {
      size: client.size.full,
      page: (first, max) => client.call(api.realmRoles, { first, max }, { signal }),
    });
  const clientRoles = (id: string, signal: AbortSignal): Promise<readonly Role[]> =>
    client.pages("client roles", {
      size: client.size.full,
      page: (first, max) => client.call(api.clientRoles, { client: id, first, max }, { signal }),
    });

  const findGroup = async (label: string, signal: AbortSignal): Promise<Target> => {
    const all = await tree(signal);
    const node = all.find(label);
    if (node) return { is: "group", group: node };
    throw unknown(`group "${label}"`, nearGroup(all, label, "group:"));
  };
  const findClientRole = async (clientId: string, name: string, signal: AbortSignal): Promise<Target | null> => {
    const [found] = await client.call(api.clientNamed, { clientId }, { signal });
    if (!found) return null;
    const one = await client.find(api.clientRole, { client: found.id, role: name }, { signal, missing: noRole });
    if (one) return { is: "client-role", role: one, client: found.id, clientId };
    const names = (await clientRoles(found.id, signal)).map((r) => r.name);
    throw unknown(`role "${name}" of client "${clientId}"`, didYouMean(name, names, `role:${clientId}/`));
  };
  const findRole = async (name: string, signal: AbortSignal): Promise<Target> => {
    const slash = name.indexOf("/");
    if (slash > 0) {
      const found = await findClientRole(name.slice(0, slash), name.slice(slash + 1), signal);
      if (found) return found;
    }
    const one = await client.find(api.realmRole, { role: name }, { signal, missing: noRole });
    if (one) return { is: "realm-role", role: one };
    throw unknown(
      `role "${name}"`,
      didYouMean(
        name,
        (await realmRoles(signal)).map((r) => r.name),
        "role:",
      ),
    );
  };
  const read = async (sku: string, signal: AbortSignal): Promise<Target> => {
    const label = group(sku);
    if (label !== null) return findGroup(label, signal);
    const name = role(sku);
    if (name !== null) return findRole(name, signal);
    throw new Problem("invalid", `${where}: "${sku}" is no SKU of Keycloak`, {
      path: ["sku"],
      hint: "A seat is a membership or a role: group:NAME, group:/path/to/group, role:NAME or role:CLIENT/NAME.",
    });
  };

  const listClientRoles = async (signal: AbortSignal): Promise<readonly Sku[]> => {
    const clients = await client.pages("clients", {
      size: client.size.full,
      page: (first, max) => client.call(api.clients, { first, max }, { signal }),
    });
    const lists = await Promise.all(
      clients.map(async ({ id, clientId }) =>
        (await clientRoles(id, signal)).map((r) => skuOf({ is: "client-role", role: r, client: id, clientId })),
      ),
    );
    return lists.flat();
  };
  /** Someone who uses groups only need not be allowed to see roles: said, because the catalogue is then shorter. */
  const ifAllowed = async (what: string, list: Promise<readonly Sku[]>): Promise<readonly Sku[]> =>
    list.catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== "denied") throw error;
      client.log("warning", `${where}: ${what} are not among the SKUs listed: ${error.message}`);
      return [];
    });

  return {
    find: (sku, signal) => memo(`sku ${sku}`, signal, (inner) => read(sku, inner)),
    async list(signal) {
      const all = await tree(signal);
      const realm = realmRoles(signal).then((found) => found.map((r) => skuOf({ is: "realm-role", role: r })));
      const [realmSkus, clientSkus] = await Promise.all([
        ifAllowed("realm roles", realm),
        ifAllowed("client roles", listClientRoles(signal)),
      ]);
      return [...all.all.map((node) => skuOf({ is: "group", group: node })), ...realmSkus, ...clientSkus];
    },
    writes(sku) {
      const label = group(sku);
      if (label === null) return [];
      const node = known?.find(label);
      // Whoever joins a group is counted in those above it too.
      if (node) return [...new Set(ancestry(node).flatMap(({ name, path }) => [name, path]))];
      if (!label.startsWith("/")) return [label, `/${label}`];
      const parts = label.slice(1).split("/");
      return [...new Set(parts.flatMap((name, i) => [name, `/${parts.slice(0, i + 1).join("/")}`]))];
    },
  };
};
