import { Problem } from "../../core/problem.ts";
import { AfterTimeout, HttpProblem } from "../http/problems.ts";
import type { Did } from "../http/writing.ts";
import { api, type Member } from "./api.ts";
import { type Client, isMissing, reasons, said } from "./client.ts";
import { archivedProduct } from "./products.ts";
import type { Target } from "./sku.ts";

/** Whom a write is about. Groups know people by id, the License Manager only by their address of this moment. */
export interface Holder {
  readonly id: string;
  readonly email: string;
}
type License = Extract<Target, { is: "license" }>;
interface Write {
  readonly target: Target;
  readonly holder: Holder;
  /** Asked before each request that writes. */
  readonly ask: () => Promise<void>;
  readonly signal: AbortSignal;
}
interface Swap extends Omit<Write, "target"> {
  readonly from: License;
  readonly to: License;
}

const nameOf = (target: Target): string => (target.is === "group" ? `group ${target.group.email}` : target.name);

/** Refusals that Google tells apart by their sentence only, and what to do about each. */
const refusals: readonly (readonly [RegExp, (who: string, what: string) => Problem])[] = [
  [
    /aren't enough available licenses|not enough licenses|insufficient licenses/i,
    (who, what) =>
      new Problem("no-seats", `Google has no licence of ${what} left for ${who}`, {
        hint: "Buy more in the Admin console (Billing), or unassign some: the pool's allotment may be above what was bought.",
      }),
  ],
  [
    /but with a different SKU/i,
    (who, what) =>
      new Problem("conflict", `${who} has another SKU of the product that ${what} belongs to`, {
        hint: "One person has one SKU of a product: manage both in one pool, as tiers, and it moves people between them.",
      }),
  ],
  [
    /auto license (un-assignment|switching) is not allowed/i,
    (who, what) =>
      new Problem(
        "unsupported",
        `Google gives ${what} to ${who} automatically, so it cannot be taken or changed singly`,
        {
          hint: "Turn automatic licensing off for their organisational unit (Admin console, Billing, License settings), or name the unit in `autoLicensed`.",
        },
      ),
  ],
];
const explained = (error: unknown, who: string, target: Target): unknown => {
  if (!(error instanceof HttpProblem)) return error;
  const text = said(error);
  const found = refusals.find(([pattern]) => pattern.test(text));
  if (found) return found[1](who, nameOf(target));
  if (error.status === 412 && target.is === "license")
    return new Problem("refused", `Google refused ${nameOf(target)} for ${who}: ${text}`, {
      hint:
        target.product === archivedProduct
          ? "Archived User licences are for people who are archived."
          : "An archived person needs an Archived User licence; else see the person in the Admin console.",
      cause: error,
    });
  if (error.status === 400 && reasons(error).some((r) => r === "invalid" || r === "badRequest"))
    return new Problem("invalid", `Google refused ${nameOf(target)} for ${who}: ${text}`, {
      hint: "The SKU is not one of the organisation's, or the address is no account of it.",
      cause: error,
    });
  return error;
};
const alreadyThere = (error: unknown): boolean =>
  error instanceof HttpProblem &&
  ((error.status === 412 && /already has a license for the specified product and SKU/i.test(said(error))) ||
    (error.status === 409 && reasons(error).includes("duplicate")));

/** Whether the write was done is open: the answer was lost, or the last of several tries was not answered. */
export const isOpen = (error: unknown): boolean =>
  error instanceof Problem && (error.code === "unreachable" || error.code === "throttled");

export const createWriter = (client: Client) => {
  /** Asks Google about one person; a list of thousands would say no more. */
  const holds = async (target: Target, holder: Holder, signal: AbortSignal): Promise<boolean> => {
    if (target.is === "license") {
      const where = { product: target.product, sku: target.sku, user: holder.email };
      return (await client.find(api.assignment, where, { signal })) !== null;
    }
    const members = await client.pages<Member>({
      what: `members of ${target.group.email}`,
      key: (member) => member.id ?? member.email ?? "",
      size: 200,
      page: async (cursor, size) => {
        const where = { group: target.group.id, derived: false, size, cursor };
        const page = await client.call(api.groupMembers, where, { signal });
        return { items: page.members ?? [], next: page.nextPageToken ?? null };
      },
    });
    return members.some(({ id }) => id === holder.id);
  };
  /** Writes; after an answer that never came it looks, and only then writes again. */
  const settled = async (
    write: () => Promise<Did>,
    reached: () => Promise<boolean>,
    ask: () => Promise<void>,
  ): Promise<Did> => {
    for (let nth = 1; ; nth += 1) {
      await ask();
      try {
        return await write();
      } catch (error) {
        if (!isOpen(error)) throw error;
        // Its own problem says more than that looking failed too.
        if (await reached().catch(() => false)) return "done";
        if (!(error instanceof AfterTimeout) || nth === 3) throw error;
      }
    }
  };

  const give = async ({ target, holder, ask, signal }: Write): Promise<Did> => {
    const write = async (): Promise<Did> => {
      try {
        if (target.is === "license") await client.call(api.assign, target, { signal, body: { userId: holder.email } });
        else
          await client.call(
            api.join,
            { group: target.group.id },
            { signal, body: { email: holder.email, role: "MEMBER" } },
          );
        return "done";
      } catch (error) {
        if (alreadyThere(error)) return "already";
        throw explained(error, holder.email, target);
      }
    };
    return settled(write, () => holds(target, holder, signal), ask);
  };
  const take = async ({ target, holder, ask, signal }: Write): Promise<Did> => {
    const write = async (): Promise<Did> => {
      try {
        if (target.is === "license")
          await client.call(api.unassign, { product: target.product, sku: target.sku, user: holder.email }, { signal });
        else await client.call(api.leave, { group: target.group.id, member: holder.id }, { signal });
        return "done";
      } catch (error) {
        if (isMissing(error) && !/groupKey/.test(said(error))) return "already";
        throw explained(error, holder.email, target);
      }
    };
    return settled(write, async () => !(await holds(target, holder, signal)), ask);
  };
  /** One request, so nobody is without a licence in between. */
  const swap = async ({ from, to, holder, ask, signal }: Swap): Promise<Did> => {
    const write = async (): Promise<Did> => {
      const where = { product: from.product, sku: from.sku, user: holder.email };
      const body = { productId: to.product, skuId: to.sku, userId: holder.email };
      try {
        await client.call(api.move, where, { signal, body });
        return "done";
      } catch (error) {
        if (alreadyThere(error)) return "already";
        if (!isMissing(error)) throw explained(error, holder.email, to);
        if (await holds(to, holder, signal)) return "already";
        throw new Problem(
          "conflict",
          `${holder.email} has ${from.name} no more, so it cannot be exchanged for ${to.name}`,
          {
            hint: "Somebody took it meanwhile. Plan again.",
            cause: error,
          },
        );
      }
    };
    return settled(write, () => holds(to, holder, signal), ask);
  };
  return { give, take, swap };
};
