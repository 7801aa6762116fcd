import type { Random } from "../connectors/simulator/random.ts";

export interface Department {
  readonly name: string;
  /** Of a hundred people, so many. */
  readonly share: number;
  readonly titles: readonly string[];
  /** Names of its first teams; further ones are numbered. */
  readonly teams: readonly string[];
}
export const departments: readonly Department[] = [
  {
    name: "Engineering",
    share: 34,
    titles: ["Engineer", "Senior Engineer", "Staff Engineer", "Data Engineer", "Test Engineer"],
    teams: ["platform", "payments", "mobile", "search", "data", "security", "release", "checkout", "identity", "cloud"],
  },
  {
    name: "Sales",
    share: 20,
    titles: ["Account Executive", "Sales Engineer", "Sales Representative"],
    teams: ["emea", "americas", "apac", "partners", "public-sector"],
  },
  {
    name: "Support",
    share: 14,
    titles: ["Support Engineer", "Support Specialist"],
    teams: ["tier1", "tier2", "tier3", "onboarding"],
  },
  {
    name: "Operations",
    share: 11,
    titles: ["Operator", "Administrator", "Facility Planner"],
    teams: ["logistics", "facilities", "it", "procurement"],
  },
  {
    name: "Marketing",
    share: 9,
    titles: ["Marketer", "Designer", "Web Analyst"],
    teams: ["brand", "web", "events", "product-marketing"],
  },
  { name: "Finance", share: 6, titles: ["Accountant", "Controller", "Analyst"], teams: ["ledger", "planning", "tax"] },
  { name: "People", share: 4, titles: ["Recruiter", "People Partner"], teams: ["recruiting", "payroll"] },
  { name: "Legal", share: 2, titles: ["Counsel", "Paralegal"], teams: ["contracts"] },
];

/** Where people work, how many of a hundred, and how far from UTC. */
const places: readonly (readonly [country: string, share: number, zone: number])[] = [
  ["US", 38, -6],
  ["DE", 16, 1],
  ["GB", 12, 0],
  ["IN", 12, 5.5],
  ["FR", 7, 1],
  ["PL", 5, 1],
  ["BR", 4, -3],
  ["JP", 4, 9],
  ["SE", 2, 1],
];

/** One of a list, as often as its share says. */
const drawn = <T>(all: readonly T[], shareOf: (one: T) => number, random: Random): T => {
  const last = all.at(-1);
  if (last === undefined) throw new Error("drawn from an empty list");
  let lot = random.next() * all.reduce((sum, one) => sum + shareOf(one), 0);
  for (const one of all) {
    lot -= shareOf(one);
    if (lot < 0) return one;
  }
  return last;
};
export const departmentFor = (random: Random): Department => drawn(departments, ({ share }) => share, random);
export const placeFor = (random: Random): { readonly country: string; readonly zone: number } => {
  const [country, , zone] = drawn(places, ([, share]) => share, random);
  return { country, zone };
};

const slug = (name: string): string => name.toLowerCase();
export const departmentGroup = ({ name }: Department): string => slug(name);

/** Groups that cut across departments, or stand for a product. */
export const productGroups: readonly { readonly name: string; readonly description: string }[] = [
  { name: "account-managers", description: "Whoever looks after a customer" },
  { name: "on-call", description: "Whoever carries the pager" },
  { name: "contractors", description: "People of other firms" },
  { name: "sig-release", description: "Whoever may release" },
  { name: "design", description: "Whoever makes what customers see" },
  { name: "subsidiary", description: "The acquired company, still on Google Workspace" },
  { name: "lic-visio", description: "Its members hold Visio (group licensing)" },
  { name: "figma-editors", description: "Assigned to Figma at Okta" },
  { name: "zoom-licensed", description: "Assigned to Zoom at Okta" },
];
export const everyone = "everyone";

/** About so many people to a team. */
const teamSize = 40;

/** The teams of a company of this size, by department: `sales-emea` below `sales` below `everyone`. */
export const teamsOf = (people: number): ReadonlyMap<Department, readonly string[]> =>
  new Map(
    departments.map((one) => {
      const count = Math.max(1, Math.round((people * one.share) / 100 / teamSize));
      const names = Array.from({ length: count }, (_empty, i) => {
        const name = one.teams[i % one.teams.length] ?? "team";
        const round = Math.floor(i / one.teams.length);
        return `${slug(one.name)}-${name}${round === 0 ? "" : `-${round + 1}`}`;
      });
      return [one, names] as const;
    }),
  );
