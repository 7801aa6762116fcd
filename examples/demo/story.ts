import { createRandom } from "../../provider/connectors/simulator/random.ts";
import type { Company, CompanyPerson } from "../../provider/testing/company.ts";

/** What a rule asks for, in a form that gives both the rule's text and, to a test, the set of people. */
export type Condition = { readonly department: string } | { readonly group: string };
export interface Team {
  readonly name: string;
  readonly asks: Condition;
  readonly allotment?: number;
}
/** What the program declares and what the company is: all that the demo decides itself. The rest is read. */
export interface Story {
  readonly company: Company;
  readonly roster: boolean;
  readonly crm: {
    readonly teams: readonly Team[];
    readonly trial: readonly string[];
    readonly allotment: number;
    /** Bought for the year, paid whether used or not. */
    readonly annual: number;
    readonly flexible: number;
  };
  readonly vpn: {
    readonly teams: readonly Team[];
    readonly full: Condition;
    readonly allotment: number;
    readonly fullGroup: string;
    readonly standardGroup: string;
  };
}

export const text = (asks: Condition): string =>
  "group" in asks
    ? `${JSON.stringify(asks.group)} in user.groups`
    : `user.department == ${JSON.stringify(asks.department)}`;

const memberships = new WeakMap<Company, ReadonlyMap<string, ReadonlySet<string>>>();
/** Groups by login, with those above them. Looked up often while a story is chosen, so made once. */
const groupsIn = (company: Company): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = memberships.get(company);
  if (known) return known;
  const parents = new Map(company.groups.map(({ name, parent }) => [name, parent]));
  const made = new Map(
    company.people.map(({ login, groups = [] }) => {
      const all = new Set<string>();
      for (const name of groups)
        for (let at: string | undefined = name; at !== undefined && !all.has(at); at = parents.get(at)) all.add(at);
      return [login, all];
    }),
  );
  memberships.set(company, made);
  return made;
};
const groupsOf = (company: Company, person: CompanyPerson): ReadonlySet<string> =>
  groupsIn(company).get(person.login) ?? new Set();
const matches = (company: Company, asks: Condition, person: CompanyPerson): boolean =>
  "group" in asks ? groupsOf(company, person).has(asks.group) : person.attributes?.department === asks.department;

export const peopleOf = (company: Company, asks: Condition): readonly CompanyPerson[] =>
  company.people.filter((person) => person.enabled !== false && matches(company, asks, person));

const together = (company: Company, teams: readonly Condition[]): Set<string> =>
  new Set(teams.flatMap((asks) => peopleOf(company, asks).map(({ login }) => login)));

/** The biggest groups first; only those that fit the story, neither nobody nor nearly everybody. */
const biggest = (company: Company): readonly string[] => {
  const sizes = new Map<string, number>();
  for (const person of company.people)
    for (const name of groupsOf(company, person)) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return [...sizes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
};

interface Chosen {
  readonly crm: readonly Condition[];
  readonly vpn: readonly Condition[];
  readonly full: Condition;
}
const invented: Chosen = {
  crm: [{ department: "Sales" }, { group: "account-managers" }, { group: "support" }],
  vpn: [{ department: "Engineering" }, { group: "on-call" }],
  full: { group: "on-call" },
};
/** The biggest groups are the rules; the full license is for the group that shares most people with the first ones. */
const fromRoster = (company: Company): Chosen => {
  const names = biggest(company);
  const asks = (from: number, to: number): Condition[] => names.slice(from, to).map((group) => ({ group }));
  const vpn = asks(2, 4);
  const claimed = together(company, vpn);
  const shared = (group: string): number =>
    peopleOf(company, { group }).filter(({ login }) => claimed.has(login)).length;
  const [full] = names
    .filter((group) => shared(group) * 2 <= claimed.size)
    .sort((a, b) => shared(b) - shared(a) || (a < b ? -1 : 1));
  return { crm: asks(0, 4), vpn, full: { group: full ?? names[0] ?? "" } };
};

const nameOf = (asks: Condition): string => ("group" in asks ? asks.group : asks.department.toLowerCase());
const unused = (company: Company, name: string): string =>
  company.groups.some((group) => group.name === name) ? unused(company, `${name}-seats`) : name;

export const tell = (company: Company, seed: number, roster: boolean): Story => {
  const random = createRandom(seed + 7919);
  const chosen = roster ? fromRoster(company) : invented;
  const claimed = together(company, chosen.crm);
  const others = company.people.map(({ login }) => login).filter((login) => !claimed.has(login));
  const trial = random.shuffle(others).slice(0, 2).sort();
  const last = chosen.crm.at(-1);
  // The last team may have two thirds of its people; the pool a tenth less than all who ask.
  const cap = last ? Math.max(1, Math.floor((peopleOf(company, last).length * 2) / 3)) : 0;
  const allotment = Math.max(1, Math.floor((claimed.size + trial.length) * (0.84 + random.next() * 0.06)));
  const [fullGroup, standardGroup] = [unused(company, "vpn-full"), unused(company, "vpn-standard")];
  return {
    company: { ...company, groups: [...company.groups, { name: fullGroup }, { name: standardGroup }] },
    roster,
    crm: {
      teams: chosen.crm.map((asks) => ({ name: nameOf(asks), asks, ...(asks === last ? { allotment: cap } : {}) })),
      trial,
      allotment,
      annual: Math.floor(allotment / 2),
      flexible: allotment - Math.floor(allotment / 2) + 10,
    },
    vpn: {
      teams: chosen.vpn.map((asks) => ({ name: `vpn-${nameOf(asks)}`, asks })),
      full: chosen.full,
      allotment: together(company, chosen.vpn).size + 10,
      fullGroup,
      standardGroup,
    },
  };
};

/** What somebody who uses the program would set: the stack's configuration, or the variables. */
export const settings = ({ crm, vpn }: Story): Readonly<Record<string, unknown>> => {
  const teams = (all: readonly Team[]) =>
    all.map(({ name, asks, allotment }) => ({ name, when: text(asks), allotment }));
  return {
    crmTeams: teams(crm.teams),
    trial: crm.trial,
    crmAllotment: crm.allotment,
    crmAnnual: crm.annual,
    crmFlexible: crm.flexible,
    vpnTeams: teams(vpn.teams),
    vpnFullWhen: text(vpn.full),
    vpnAllotment: vpn.allotment,
    vpnFullSku: `group:${vpn.fullGroup}`,
    vpnStandardSku: `group:${vpn.standardGroup}`,
  };
};
