import type { Sku } from "../../core/connector.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { Memo } from "../http/memo.ts";
import { HttpProblem } from "../http/problems.ts";
import { api, type Group } from "./api.ts";
import type { Client } from "./client.ts";
import { type Groups, nearGroup } from "./groups.ts";
import { type LicenseSku, licenseSku, licenseSkus } from "./products.ts";

export type Target = ({ readonly is: "license" } & LicenseSku) | { readonly is: "group"; readonly group: Group };

export interface Skus {
  find(sku: string, signal: AbortSignal): Promise<Target>;
  list(signal: AbortSignal): Promise<readonly Sku[]>;
  writes(sku: string): readonly string[];
}

const groupOf = (sku: string): string | null => /^group:(.+)$/.exec(sku)?.[1]?.trim() ?? null;

export const skuOf = (target: Target): Sku => {
  if (target.is === "group") {
    const { name, email } = target.group;
    return { sku: `group:${email.toLowerCase()}`, name: name ?? email };
  }
  const { product, sku, name } = target;
  // A SKU that our table lacks is found again only with its product.
  return { sku: licenseSku(sku) ? sku : `${product}/${sku}`, name };
};
/** What a license's seats are remembered under. */
export const keyOf = (target: Target): string =>
  target.is === "group" ? `group:${target.group.id}` : `${target.product}/${target.sku}`;

export const createSkus = (client: Client, memo: Memo, groups: Groups): Skus => {
  const where = `connection "${client.connection}"`;
  const unknown = (what: string, hint: string | undefined): Problem =>
    new Problem("not-found", `${where}: Google Workspace has no ${what}`, {
      path: ["sku"],
      hint: hint ?? "See the products and SKUs in this connector's documentation.",
    });

  const findGroup = async (label: string, signal: AbortSignal): Promise<Target> => {
    if (/^[^\s@/]+@[^\s@/]+$/.test(label)) {
      const group = await groups.byAddress(label, signal);
      if (group) return { is: "group", group };
    }
    const book = await groups.book(signal);
    const group = book.find(label);
    if (group) return { is: "group", group };
    throw unknown(`group "${label}"`, nearGroup(book, label, "group:"));
  };
  /** Our table does not know it: Google is asked, which names it, or refuses it. */
  const check = async (sku: LicenseSku, signal: AbortSignal): Promise<Target> => {
    const customer = await client.customer(signal);
    try {
      await client.call(api.assignments, { product: sku.product, sku: sku.sku, customer, size: 1 }, { signal });
    } catch (error) {
      if (error instanceof HttpProblem && (error.status === 400 || error.status === 404))
        throw unknown(
          `product and SKU "${sku.name}"`,
          "Write PRODUCT/SKU as Google's list of product and SKU ids has them.",
        );
      throw error;
    }
    return { is: "license", ...sku };
  };
  const read = async (name: string, signal: AbortSignal): Promise<Target> => {
    const label = groupOf(name);
    if (label !== null) return findGroup(label, signal);
    const license = licenseSku(name);
    if (license === null)
      throw unknown(
        `SKU "${name}"`,
        didYouMean(
          name,
          licenseSkus.map((one) => one.name),
        ) ?? "Write its name or id, PRODUCT/SKU where Google added it since, or group:EMAIL for membership of a group.",
      );
    const known = licenseSkus.some((one) => one.sku === license.sku && one.product === license.product);
    return known ? { is: "license", ...license } : check(license, signal);
  };
  return {
    find: (sku, signal) => memo(`sku ${sku}`, signal, (inner) => read(sku, inner)),
    async list(signal) {
      const licenses = licenseSkus.map((one) => skuOf({ is: "license", ...one }));
      try {
        const { all } = await groups.book(signal);
        return [...licenses, ...all.map((group) => skuOf({ is: "group", group }))];
      } catch (error) {
        // Whoever manages licences only need not be allowed to see groups: said, because the list is then shorter.
        if (!(error instanceof Problem) || error.code !== "denied") throw error;
        client.log("warning", `${where}: groups are not among the SKUs listed: ${error.message}`);
        return licenses;
      }
    },
    writes(sku) {
      const label = groupOf(sku);
      if (label === null) return [];
      const { email, name, aliases } = groups.known(label) ?? { email: label, name: label.split("@")[0] };
      return [...new Set([label, email, `/${email}`, ...(name ? [name] : []), ...(aliases ?? [])])];
    },
  };
};
