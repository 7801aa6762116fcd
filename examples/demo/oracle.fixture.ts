import type { Company, CompanyPerson } from "../../provider/testing/company.ts";
import { after, type Deed } from "./deeds.ts";
import type { Condition, Story } from "./story.ts";

/**
 * Who should hold what after each step, from the story's rules by plain sets. It is told what the program declares and
 * what was done by hand, and knows nothing of the planner, the engine or the servers.
 */
export interface Expected {
  readonly changes: number;
  readonly assigned: number;
  readonly unassigned: number;
  readonly moved: number;
  readonly waiting: number;
  readonly costDelta: string;
}
export interface Seats {
  readonly crm: readonly string[];
  readonly full: readonly string[];
  readonly standard: readonly string[];
}
type Names = ReadonlySet<string>;
interface World {
  company: Company;
  /** Seats at the vendors, whoever gave them. */
  crm: Names;
  full: Names;
  standard: Names;
  /** Seats that the pools gave. */
  ownCrm: Names;
  ownVpn: Names;
  /** In the order in which the wait began. */
  waiting: Map<string, number>;
  readonly accounts: Set<string>;
  turn: number;
}
interface Planned {
  readonly told: Expected;
  readonly next: Omit<World, "company" | "accounts">;
}

const money = (cents: number): string =>
  `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
const less = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const minus = (a: Iterable<string>, b: Names): Set<string> => new Set([...a].filter((who) => !b.has(who)));
const both = (a: Iterable<string>, b: Names): Set<string> => new Set([...a].filter((who) => b.has(who)));

/** Direct groups and all above them. */
const groups = (company: Company, person: CompanyPerson): Set<string> => {
  const found = new Set(person.groups ?? []);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { name, parent } of company.groups) if (parent !== undefined && found.has(name)) found.add(parent);
  }
  return found;
};
const active = (company: Company, asks: Condition): Set<string> =>
  new Set(
    company.people
      .filter((person) => person.enabled !== false)
      .filter((person) =>
        "group" in asks ? groups(company, person).has(asks.group) : person.attributes?.department === asks.department,
      )
      .map(({ login }) => login),
  );

export const oracle = (story: Story, serviceAccount: string) => {
  const world: World = {
    company: story.company,
    crm: new Set([serviceAccount]),
    full: new Set(),
    standard: new Set(),
    ownCrm: new Set(),
    ownVpn: new Set(),
    waiting: new Map(),
    accounts: new Set(story.company.people.map(({ login }) => login)),
    turn: 0,
  };
  const crmCost = (seats: number): number => story.crm.annual * 2500 + Math.max(0, seats - story.crm.annual) * 3000;
  const vpnCost = (full: number, standard: number): number => full * 1200 + standard * 400;

  /** Rules in their order, each with everybody it claims. */
  const crmRules = (): Set<string>[] => {
    const there = new Set(world.company.people.filter((p) => p.enabled !== false).map(({ login }) => login));
    return [...story.crm.teams.map(({ asks }) => active(world.company, asks)), both(story.crm.trial, there)];
  };

  const planCrm = () => {
    const rules = crmRules();
    const claimed = new Set(rules.flatMap((rule) => [...rule]));
    const firstRule = (who: string): number => rules.findIndex((rule) => rule.has(who));
    const keep = both(world.ownCrm, claimed);
    const restored = minus(keep, world.crm);
    const lose = both(minus(world.ownCrm, claimed), world.crm);
    const heldBefore = both(minus(world.crm, world.ownCrm), claimed);
    let free = story.crm.allotment - keep.size - heldBefore.size;
    const gain = new Set<string>();
    const wait = new Set<string>();
    const used = rules.map((_rule, r) => [...keep, ...heldBefore].filter((who) => firstRule(who) === r).length);
    for (const [r, rule] of rules.entries()) {
      const cap = story.crm.teams[r]?.allotment ?? Number.POSITIVE_INFINITY;
      const since = (who: string): number => world.waiting.get(who) ?? Number.POSITIVE_INFINITY;
      const line = [...rule]
        .filter((who) => firstRule(who) === r && !keep.has(who) && !heldBefore.has(who) && world.accounts.has(who))
        .sort((a, b) => since(a) - since(b) || less(a, b));
      for (const who of line) {
        if (free > 0 && (used[r] ?? 0) < cap) {
          gain.add(who);
          used[r] = (used[r] ?? 0) + 1;
          free -= 1;
        } else wait.add(who);
      }
    }
    return { keep, restored, lose, gain, wait };
  };

  const planVpn = () => {
    const claimed = new Set(story.vpn.teams.flatMap(({ asks }) => [...active(world.company, asks)]));
    const preferred = active(world.company, story.vpn.full);
    const held = new Set([...world.full, ...world.standard]);
    const gain = minus(claimed, held);
    const lose = both(minus(world.ownVpn, claimed), held);
    const up = both(both(world.standard, claimed), preferred);
    const down = minus(both(world.full, claimed), preferred);
    return { claimed, preferred, held, gain, lose, up, down };
  };

  const plan = (): Planned => {
    const [crm, vpn] = [planCrm(), planVpn()];
    const crmNow = new Set([...minus(world.crm, crm.lose), ...crm.restored, ...crm.gain]);
    const stays = minus([...vpn.held, ...vpn.gain], vpn.lose);
    const full = both(stays, vpn.preferred);
    const standard = minus(stays, vpn.preferred);
    const assigned = crm.restored.size + crm.gain.size + vpn.gain.size;
    const unassigned = crm.lose.size + vpn.lose.size;
    const moved = vpn.up.size + vpn.down.size;
    const newlyWaiting = minus(crm.wait, new Set(world.waiting.keys()));
    // Whose seat or wait is over without a step at a vendor is remembered no longer, and that is a step too.
    const forgotten =
      minus(minus(world.waiting.keys(), crm.wait), crm.gain).size +
      minus(minus(world.ownCrm, crm.keep), world.crm).size +
      minus(minus(world.ownVpn, vpn.claimed), vpn.held).size;
    const delta =
      crmCost(crmNow.size) -
      crmCost(world.crm.size) +
      vpnCost(full.size, standard.size) -
      vpnCost(world.full.size, world.standard.size);
    const turn = world.turn + 1;
    return {
      told: {
        changes: assigned + unassigned + moved + newlyWaiting.size + forgotten,
        assigned,
        unassigned,
        moved,
        waiting: crm.wait.size,
        costDelta: money(delta),
      },
      next: {
        crm: crmNow,
        full,
        standard,
        ownCrm: new Set([...crm.keep, ...crm.gain]),
        ownVpn: minus([...vpn.held, ...vpn.gain], vpn.lose),
        waiting: new Map([...crm.wait].map((who) => [who, world.waiting.get(who) ?? turn])),
        turn,
      },
    };
  };

  const edit = (of: "crm" | "full" | "standard", who: string, has: boolean): void => {
    const seats = new Set(world[of]);
    if (has) seats.add(who);
    else seats.delete(who);
    world[of] = seats;
  };
  const tierOf = (group: string): "crm" | "full" | "standard" =>
    group === story.vpn.fullGroup ? "full" : group === story.vpn.standardGroup ? "standard" : "crm";

  return {
    plan: (): Expected => plan().told,
    apply(): Expected {
      const { told, next } = plan();
      Object.assign(world, next);
      return told;
    },
    /** By hand. A person who is deleted from the identity provider loses their groups there, and so those seats. */
    hear(deeds: readonly Deed[]): void {
      world.company = after(world.company, deeds);
      for (const deed of deeds) {
        if (deed.does === "take" || deed.does === "give") edit(tierOf(deed.group), deed.login, deed.does === "give");
        if (deed.does === "hire" && deed.account) world.accounts.add(deed.person.login);
        if (deed.does !== "delete") continue;
        edit("full", deed.login, false);
        edit("standard", deed.login, false);
      }
    },
    quiet: (): Expected => ({
      changes: 0,
      assigned: 0,
      unassigned: 0,
      moved: 0,
      waiting: world.waiting.size,
      costDelta: "0.00",
    }),
    /** The CRM's seats are retained, the VPN's released. */
    destroy(): Expected {
      const gone = both([...world.full, ...world.standard], world.ownVpn).size;
      const before = vpnCost(world.full.size, world.standard.size);
      world.full = minus(world.full, world.ownVpn);
      world.standard = minus(world.standard, world.ownVpn);
      return {
        changes: gone,
        assigned: 0,
        unassigned: gone,
        moved: 0,
        waiting: 0,
        costDelta: money(vpnCost(world.full.size, world.standard.size) - before),
      };
    },
    seats: (): Seats => ({
      crm: [...world.crm].sort(less),
      full: [...world.full].sort(less),
      standard: [...world.standard].sort(less),
    }),
  };
};
export type Oracle = ReturnType<typeof oracle>;
