import { z } from "zod";
import { type Answer, type Asked, on, type Route } from "../../simulator/router.ts";
import { scopes } from "../api.ts";
import { type LicenseSku, licenseSkus } from "../products.ts";
import { guarded } from "./directory.ts";
import { cut, etag, sortedBy } from "./lists.ts";
import { refuse } from "./refusals.ts";
import { type Server, type SimUser, userByKey } from "./state.ts";

const productNames: Readonly<Record<string, string>> = {
  "Google-Apps": "Google Workspace",
  "Google-Drive-storage": "Google Drive storage",
  "Google-Vault": "Google Vault",
  "101034": "Google Workspace Archived User",
};
const keyOf = ({ product, sku }: LicenseSku): string => `${product}/${sku}`;
const skuAt = ({ params }: Asked): LicenseSku | null =>
  licenseSkus.find(({ product, sku }) => product === params.product && sku === params.sku) ?? null;

const shown = (userId: string, { product, sku, name }: LicenseSku): Record<string, unknown> => {
  const body = {
    kind: "licensing#licenseAssignment",
    userId,
    productId: product,
    productName: productNames[product] ?? product,
    skuId: sku,
    skuName: name,
    selfLink: `https://licensing.googleapis.com/apps/licensing/v1/product/${product}/sku/${sku}/user/${userId}`,
  };
  return { ...body, etags: etag(body) };
};

/** Who has it, by the address of this moment. People who were deleted have no licence. */
const holders = (server: Server, skus: readonly LicenseSku[]) => {
  const org = server.world.listed();
  // Licences lag behind writes; addresses are those of now.
  const { users } = server.world.read();
  return skus.flatMap((sku) =>
    [...(org.licenses.get(keyOf(sku)) ?? [])].flatMap((id) => {
      const user = users.get(id);
      return user ? [{ userId: user.primaryEmail, sku }] : [];
    }),
  );
};

const list =
  (server: Server, skusOf: (asked: Asked) => readonly LicenseSku[]) =>
  (asked: Asked): Answer => {
    const { query } = asked;
    const skus = skusOf(asked);
    if (skus.length === 0) return refuse.noSku();
    const customer = query.get("customerId");
    if (customer === null || customer === "") return refuse.badRequest();
    if (customer !== server.customerId && customer.toLowerCase() !== server.domain) return refuse.role();
    const text = query.get("maxResults");
    const wanted = text === null ? 100 : Number(text);
    const { max, above } = server.licensePage;
    const most = above === "refused" ? max : 1000;
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > most) return refuse.range(text ?? "", most);
    const key = (one: { readonly userId: string; readonly sku: LicenseSku }): string => `${one.userId} ${one.sku.sku}`;
    const size = Math.min(wanted, max);
    const page = cut(asked, sortedBy(holders(server, skus), key), { key, size, random: server.random });
    if (page === null) return refuse.input("pageToken");
    const items = page.items.map(({ userId, sku }) => shown(userId, sku));
    return {
      status: 200,
      body: {
        kind: "licensing#licenseAssignmentList",
        etag: etag(items),
        items,
        ...(page.nextPageToken ? { nextPageToken: page.nextPageToken } : {}),
      },
    };
  };

interface Case {
  readonly sku: LicenseSku;
  readonly user: SimUser;
}
const caseOf = (server: Server, asked: Asked, userId: string): Case | Answer => {
  const sku = skuAt(asked);
  if (!sku) return refuse.noSku();
  // The primary address of this moment: an id is none, nor is the address before a rename.
  const user = userByKey(server.world.read(), userId);
  return user?.primaryEmail.toLowerCase() === userId.toLowerCase() ? { sku, user } : refuse.noEmail();
};
const has = (server: Server, { sku, user }: Case): boolean =>
  server.world.read().licenses.get(keyOf(sku))?.has(user.id) ?? false;
const isAutomatic = (server: Server, { sku, user }: Case): boolean =>
  (server.automatic.get(sku.sku) ?? []).some(
    (unit) => unit === "/" || user.orgUnitPath === unit || user.orgUnitPath.startsWith(`${unit}/`),
  );
/** Null: one is free. */
const exhausted = (server: Server, sku: LicenseSku): Answer | null => {
  const used = server.world.read().licenses.get(keyOf(sku))?.size ?? 0;
  return used < (server.purchased.get(sku.sku) ?? 0)
    ? null
    : refuse.condition("There aren't enough available licenses for the specified product-SKU pair");
};
const change = (server: Server, sku: LicenseSku, id: string, act: "add" | "delete"): void =>
  server.world.write((w) => {
    const ids = w.licenses.get(keyOf(sku)) ?? new Set<string>();
    ids[act](id);
    w.licenses.set(keyOf(sku), ids);
  });

const Insert = z.object({ userId: z.string().min(1) });
const insert =
  (server: Server) =>
  (asked: Asked): Answer => {
    const given = Insert.safeParse(asked.body);
    if (!given.success) return refuse.noEmail();
    const found = caseOf(server, asked, given.data.userId);
    if ("status" in found) return found;
    const { sku, user } = found;
    if (has(server, found)) return refuse.condition("User already has a license for the specified product and SKU");
    const other = licenseSkus.some((one) => one.product === sku.product && has(server, { sku: one, user }));
    if (other)
      return refuse.condition(
        'User already has a license of the product, but with a different SKU. To reassign a new SKU for this product, use the "update" operation.',
      );
    const none = exhausted(server, sku);
    if (none) return none;
    change(server, sku, user.id, "add");
    return { status: 200, body: shown(user.primaryEmail, sku) };
  };
const read =
  (server: Server) =>
  (asked: Asked): Answer => {
    const found = caseOf(server, asked, asked.params.user ?? "");
    if ("status" in found) return found;
    return has(server, found) ? { status: 200, body: shown(found.user.primaryEmail, found.sku) } : refuse.noLicense();
  };
const remove =
  (server: Server) =>
  (asked: Asked): Answer => {
    const found = caseOf(server, asked, asked.params.user ?? "");
    if ("status" in found) return found;
    if (!has(server, found)) return refuse.noLicense();
    if (isAutomatic(server, found)) return refuse.condition("Auto License un-assignment is not allowed.");
    change(server, found.sku, found.user.id, "delete");
    return { status: 200, body: {} };
  };

const Move = z.object({ skuId: z.string(), productId: z.string().optional(), userId: z.string().optional() });
const reassign =
  (server: Server) =>
  (asked: Asked): Answer => {
    const found = caseOf(server, asked, asked.params.user ?? "");
    if ("status" in found) return found;
    const given = Move.safeParse(asked.body);
    if (!given.success) return refuse.badRequest();
    const { sku, user } = found;
    const { skuId, productId, userId } = given.data;
    if (productId !== undefined && productId !== sku.product)
      return refuse.condition(
        `Reassign operation can't be performed on different products: ${sku.product}, ${productId}`,
      );
    if (userId !== undefined && userByKey(server.world.read(), userId)?.id !== user.id)
      return refuse.condition(
        `Reassign operation can't be performed on different users: ${user.primaryEmail}, ${userId}`,
      );
    const to = licenseSkus.find((one) => one.product === sku.product && one.sku === skuId);
    if (!to) return refuse.noSku();
    if (to.sku === sku.sku)
      return refuse.condition(`For reassign operations, the new SKU should be different from the old SKU: ${sku.sku}`);
    if (!has(server, found)) return refuse.noLicense();
    if (isAutomatic(server, found)) return refuse.condition("Auto License switching is not allowed.");
    const none = exhausted(server, to);
    if (none) return none;
    change(server, sku, user.id, "delete");
    change(server, to, user.id, "add");
    return { status: 200, body: shown(user.primaryEmail, to) };
  };

export const licensingRoutes = (server: Server): readonly Route[] => {
  const root = "/apps/licensing/v1/product/{product}";
  const may = (handle: (asked: Asked) => Answer) => guarded(server, "licensing", [scopes.licensing], handle);
  const one = (asked: Asked): readonly LicenseSku[] => {
    const sku = skuAt(asked);
    return sku ? [sku] : [];
  };
  const ofProduct = ({ params }: Asked) => licenseSkus.filter(({ product }) => product === params.product);
  return [
    on.get(`${root}/users`, may(list(server, ofProduct))),
    on.get(`${root}/sku/{sku}/users`, may(list(server, one))),
    on.post(`${root}/sku/{sku}/user`, may(insert(server))),
    on.get(`${root}/sku/{sku}/user/{user}`, may(read(server))),
    on.del(`${root}/sku/{sku}/user/{user}`, may(remove(server))),
    on.patch(`${root}/sku/{sku}/user/{user}`, may(reassign(server))),
    on.put(`${root}/sku/{sku}/user/{user}`, may(reassign(server))),
  ];
};
