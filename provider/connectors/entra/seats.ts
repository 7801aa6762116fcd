import type { Seat } from "../../core/connector.ts";
import type { Memo } from "../http/memo.ts";
import { api, type Holder, type LicenseState, type Member } from "./api.ts";
import type { Client } from "./client.ts";
import type { Groups } from "./groups.ts";
import type { GroupTarget, License, Skus } from "./sku.ts";
import { inError, seatProblem } from "./trouble.ts";

export interface Seats {
  list(sku: string, signal: AbortSignal): Promise<readonly Seat[]>;
  /** As this walk last read them, if it did. */
  known(sku: string): ReadonlyMap<string, Seat> | null;
  /** After a write to these. */
  forget(skus: Iterable<string>): void;
}
interface Parts {
  readonly client: Client;
  readonly memo: Memo;
  readonly groups: Groups;
  readonly skus: Skus;
}
type Name = (group: string) => string;

const stateOf = (holder: Holder, problem: Seat["problem"]): Pick<Seat, "state" | "problem"> => {
  if (problem) return { state: "error", problem };
  return { state: holder.accountEnabled === false ? "suspended" : "active" };
};
/** When Entra last changed this: for a direct seat that is when it was given, or its plans were changed. */
const since = (states: readonly LicenseState[]): string | null => {
  const times = states.map((s) => Date.parse(s.lastUpdatedDateTime ?? "")).filter((at) => !Number.isNaN(at));
  return times.length > 0 ? new Date(Math.min(...times)).toISOString() : null;
};

/** Direct or through groups. Who has it both ways counts as inherited: taking the direct one away would free nothing. */
const licenseSeat = (holder: Holder, license: License, name: Name): Seat => {
  const states = holder.licenseAssignmentStates.filter(({ skuId }) => skuId === license.id);
  const through = states.find((s) => s.assignedByGroup && s.state !== "Error")?.assignedByGroup;
  const wrong = states.find(inError);
  const off = new Set(holder.assignedLicenses.find(({ skuId }) => skuId === license.id)?.disabledPlans ?? []);
  const on = license.plans.map(({ id }) => id).filter((id) => !off.has(id));
  const by = wrong?.assignedByGroup;
  const problem = wrong && seatProblem(wrong, { license: license.name, through: by ? name(by) : null });
  return {
    holder: holder.id,
    account: holder.userPrincipalName ?? null,
    since: since(states),
    ...stateOf(holder, problem),
    ...(through ? { inheritedFrom: name(through) } : {}),
    ...(license.plans.length > 0 ? { servicePlans: on.sort() } : {}),
  };
};

const memberSeat = (holder: Holder, { group, name }: GroupTarget, licenseName: (sku: string) => string): Seat => {
  const states = holder.licenseAssignmentStates.filter(({ assignedByGroup }) => assignedByGroup === group.id);
  // "Other" only says that another license of the group failed: the cause is worth more.
  const wrong = states.filter(inError).sort((a, b) => Number(a.error === "Other") - Number(b.error === "Other"))[0];
  const problem = wrong && seatProblem(wrong, { license: licenseName(wrong.skuId), through: name });
  return {
    holder: holder.id,
    account: holder.userPrincipalName ?? null,
    since: null,
    ...stateOf(holder, problem),
  };
};

/** Whether their licenses are in order is part of a seat: members without it are no seats, and no empty list. */
const visible = (members: readonly Member[], { name }: GroupTarget, client: Client): readonly Holder[] =>
  members.map((member) => {
    if ("licenseAssignmentStates" in member) return member;
    throw client.problem(
      "denied",
      `Graph shows members of group "${name}" without their licenses (needs User.Read.All)`,
      `Grant the application permission User.Read.All with admin consent to the app of connection "${client.connection}".`,
    );
  });

export const createSeats = ({ client, memo, groups, skus }: Parts): Seats => {
  const read = new Map<string, readonly Seat[]>();
  const indexes = new WeakMap<readonly Seat[], ReadonlyMap<string, Seat>>();

  /** Graph's index trails, so a few may have lost the license already; a list of other people is no answer to the question. */
  const fits = (holders: readonly Holder[], { id, part }: License): void => {
    const strangers = holders.filter(({ licenseAssignmentStates: all }) =>
      all.every(({ skuId }) => skuId !== id),
    ).length;
    if (strangers <= 5 || strangers * 2 < holders.length) return;
    throw client.problem(
      "refused",
      `asked who holds ${part}, Graph lists ${holders.length} people, and ${strangers} of them hold no license of it`,
      "Nothing is planned from such a list: whoever is missing from it could lose a seat. Try again; if it stays, ask Microsoft.",
    );
  };
  const ofLicense = async (license: License, signal: AbortSignal): Promise<readonly Seat[]> => {
    const params = { filter: `assignedLicenses/any(s:s/skuId eq ${license.id})`, top: client.top };
    const holders = await client.list(
      `holders of ${license.part}`,
      { endpoint: api.holders, params, counted: true },
      signal,
    );
    fits(holders, license);
    const through = new Set(
      holders.flatMap(({ licenseAssignmentStates: states }) =>
        states.flatMap(({ skuId, assignedByGroup }) =>
          skuId === license.id && assignedByGroup ? [assignedByGroup] : [],
        ),
      ),
    );
    const names = new Map(
      await Promise.all([...through].map(async (id) => [id, await groups.name(id, signal)] as const)),
    );
    return holders.map((holder) => licenseSeat(holder, license, (id) => names.get(id) ?? id));
  };
  const ofGroup = async (target: GroupTarget, signal: AbortSignal): Promise<readonly Seat[]> => {
    const params = { id: target.group.id, top: client.top };
    const listed = await client.list(
      `members of ${target.name}`,
      { endpoint: api.groupSeats, params, counted: true },
      signal,
    );
    const members = visible(listed, target, client);
    const broken = members.some(({ licenseAssignmentStates: states }) => states.some(inError));
    const names = new Map(broken ? (await skus.licenses(signal)).map(({ id, name }) => [id, name]) : []);
    return members.map((holder) => memberSeat(holder, target, (id) => names.get(id) ?? id));
  };
  return {
    list: (sku, signal) =>
      memo(`seats ${sku}`, signal, async (inner) => {
        const target = await skus.find(sku, inner);
        const seats = await (target.is === "license" ? ofLicense(target, inner) : ofGroup(target, inner));
        read.set(sku, seats);
        return seats;
      }),
    known(sku) {
      const seats = read.get(sku);
      if (!seats) return null;
      const index = indexes.get(seats) ?? new Map(seats.map((seat) => [seat.holder, seat]));
      indexes.set(seats, index);
      return index;
    },
    forget(which) {
      for (const sku of which) {
        memo.forget(`seats ${sku}`);
        read.delete(sku);
      }
      // Licenses that come through a group are seats too.
      memo.forget("everyone ");
      skus.forget();
    },
  };
};
