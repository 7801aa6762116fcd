import type { CompanyContract, CompanySeat } from "../connectors/simulator/company.ts";
import { createRandom, type Random } from "../connectors/simulator/random.ts";
import type { Invented } from "./enterprise-people.ts";

const day = 86_400_000;
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** A product that the company pays for. */
interface Product {
  readonly system: string;
  readonly sku: string;
  readonly amount: string;
  readonly per: "month" | "year";
  readonly type: "annual" | "flexible";
  /** Bought for each seat that is held. Below 1: too few, which is the company's mistake. */
  readonly bought: number;
  /** Bought besides, for each person of the company. */
  readonly unused?: number;
  /** When the contract ends, in days from now; it runs for a year. */
  readonly endsIn: number;
  /** Who holds a seat, and how they came to it; null: nobody's business. */
  readonly holds: (one: Invented, random: Random) => Held | null;
}
type Held = Pick<CompanySeat, "via" | "lastUsed">;

const direct: Held = {};
const either = (yes: boolean): Held | null => (yes ? direct : null);
const inDepartment = ({ department }: Invented, ...names: readonly string[]): boolean =>
  names.includes(department.name);
const leads = ({ worker }: Invented): boolean => /Lead$|^Head|^Chief/.test(worker.title);

/** E5 for whoever leads or handles what must not leak; and a few to whom somebody gave it by hand. */
const shouldHoldE5 = (one: Invented): boolean => inDepartment(one, "Finance", "People", "Legal") || leads(one);
const byHand = (random: Random): boolean => random.next() < 0.008;
/** Nobody without a usage location can hold a Microsoft license that is given directly. */
const onMicrosoft = ({ worker, story }: Invented): boolean =>
  worker.country !== null && story !== "subsidiary" && story !== "starts-soon";
const leftWithSeat = (one: Invented, random: Random, share: number): boolean =>
  one.story !== "left" || random.next() < share;

const holdsE5 = (one: Invented, random: Random): Held | null => {
  const { worker, story } = one;
  if (!onMicrosoft(one) || worker.type === "contractor") return null;
  // Left: the license stayed with the account.
  return either((shouldHoldE5(one) || byHand(random)) && (story !== "left" || random.next() < 0.5));
};
/** Everybody else's. One in sixty of those with E5 kept it when they moved up: paid twice. */
const holdsE3 = (one: Invented, random: Random): Held | null => {
  if (!onMicrosoft(one)) return null;
  const twice = random.next() < 1 / 60;
  const contractor = one.worker.type === "contractor" && random.next() < 0.4;
  if (shouldHoldE5(one) && one.worker.type !== "contractor" ? !twice : contractor) return null;
  return either(leftWithSeat(one, random, 0.5) && one.story !== "joiner");
};

/** Copilot tells for a tenth of its seats nothing about their last use: unknown, and not idle. */
const lastPrompt = ({ worker }: Invented, random: Random): Held => {
  const [lot, lag] = [random.next(), random.int(4)];
  if (lot < 0.1) return { lastUsed: null };
  const last = worker.signIns.at(-1);
  if (last === undefined) return { lastUsed: null };
  // One in seven has the seat and does not use it.
  return { lastUsed: time(lot < 0.24 ? last - (60 + random.int(120)) * day : last - lag * day) };
};
const holdsCopilot = (one: Invented, random: Random): Held | null => {
  if (one.worker.github === null || one.story === "starts-soon" || one.story === "never") return null;
  const lot = random.next();
  if (lot > (inDepartment(one, "Engineering") ? 0.62 : 0.3)) return null;
  // Leavers keep it: nobody told GitHub.
  return { ...lastPrompt(one, random), ...(lot < 0.04 ? { via: "copilot-pilots" } : {}) };
};

const throughGroup =
  (group: string, share: number) =>
  (one: Invented, random: Random): Held | null => {
    if (one.worker.groups.includes(group)) return { via: group };
    return either(one.story === "works" && random.next() < share);
  };

const products: readonly Product[] = [
  {
    system: "entra",
    sku: "SPE_E5",
    amount: "57.00",
    per: "month",
    type: "annual",
    bought: 1.03,
    endsIn: 143,
    holds: holdsE5,
  },
  {
    system: "entra",
    sku: "SPE_E3",
    amount: "36.00",
    per: "month",
    type: "annual",
    bought: 1.05,
    endsIn: 143,
    holds: holdsE3,
  },
  {
    system: "entra",
    sku: "VISIOCLIENT",
    amount: "15.00",
    per: "month",
    type: "annual",
    bought: 0.93,
    endsIn: 38,
    holds: (one) => (one.worker.groups.includes("lic-visio") ? { via: "lic-visio" } : null),
  },
  {
    system: "entra",
    sku: "POWER_BI_PRO",
    amount: "14.00",
    per: "month",
    type: "flexible",
    bought: 1.1,
    endsIn: 300,
    holds: (one, random) =>
      either(onMicrosoft(one) && random.next() < (inDepartment(one, "Finance", "Marketing") ? 0.55 : 0.01)),
  },
  {
    system: "github",
    sku: "copilot",
    amount: "19.00",
    per: "month",
    type: "flexible",
    bought: 1,
    endsIn: 19,
    holds: holdsCopilot,
  },
  {
    system: "github",
    sku: "enterprise",
    amount: "252.00",
    per: "year",
    type: "annual",
    bought: 1.04,
    endsIn: 201,
    holds: ({ worker }) => either(worker.github !== null),
  },
  {
    system: "okta",
    sku: "app:Figma",
    amount: "55.00",
    per: "month",
    type: "annual",
    bought: 1.1,
    endsIn: 90,
    holds: throughGroup("figma-editors", 0.01),
  },
  {
    system: "okta",
    sku: "app:Zoom",
    amount: "219.90",
    per: "year",
    type: "annual",
    bought: 1.06,
    endsIn: 250,
    holds: throughGroup("zoom-licensed", 0.015),
  },
  {
    system: "googleWorkspace",
    sku: "Google Workspace Enterprise Plus",
    amount: "30.00",
    per: "month",
    type: "annual",
    bought: 1.2,
    endsIn: 77,
    holds: (one, random) => (one.story === "subsidiary" ? either(random.next() < 0.7) : null),
  },
  {
    system: "googleWorkspace",
    sku: "Google Workspace Business Standard",
    amount: "14.00",
    per: "month",
    type: "flexible",
    bought: 1.4,
    endsIn: 77,
    holds: () => null,
  },
  {
    system: "scim",
    sku: "group:crm-users",
    amount: "25.00",
    per: "month",
    type: "annual",
    bought: 1,
    endsIn: 112,
    // New: bought for one in four, and nobody has a seat yet.
    holds: () => null,
    unused: 0.25,
  },
];

/** Since when: after they came, at most three years back. */
const since = ({ worker }: Invented, { random, now }: { random: Random; now: number }): string => {
  const came = Math.max(Date.parse(worker.createdAt), now - 3 * 365 * day);
  return time(came + random.next() * Math.max(0, now - day - came));
};

const seatsOf = (product: Product, people: readonly Invented[], from: { random: Random; now: number }): CompanySeat[] =>
  people.flatMap((one) => {
    const held = product.holds(one, from.random);
    if (held === null) return [];
    const { system, sku } = product;
    return [{ system, sku, login: one.worker.login, since: since(one, from), ...held }];
  });

const googlePlus = "Google Workspace Enterprise Plus";
/** Whoever of the subsidiary has no Enterprise Plus has Business Standard: Google holds one of a product per person. */
const standardSeats = (seats: readonly CompanySeat[], people: readonly Invented[]): CompanySeat[] => {
  const plus = new Map(seats.filter(({ sku }) => sku === googlePlus).map((seat) => [seat.login, seat]));
  const rest = people.filter(({ story, worker }) => story === "subsidiary" && !plus.has(worker.login));
  return rest.map(({ worker }) => ({
    system: "googleWorkspace",
    sku: "Google Workspace Business Standard",
    login: worker.login,
    since: worker.createdAt,
  }));
};

/** Where too few are bought, the last ones of the group hold nothing: Entra shows a CountViolation for them. */
const within = (product: Product, seats: readonly CompanySeat[]): readonly CompanySeat[] =>
  product.bought < 1 ? seats.slice(0, Math.max(1, Math.floor(seats.length * product.bought))) : seats;

interface Bought {
  readonly held: number;
  readonly people: number;
  readonly now: number;
}
const contractOf = (product: Product, { held, people, now }: Bought): CompanyContract => {
  const date = (days: number): string => new Date(now + days * day).toISOString().slice(0, 10);
  const { system, sku, type, amount, per, endsIn, bought } = product;
  return {
    system,
    sku,
    type,
    purchased: Math.max(1, (bought < 1 ? held : Math.ceil(held * bought)) + Math.ceil(people * (product.unused ?? 0))),
    price: { amount, currency: "USD", per },
    startsOn: date(endsIn - 364),
    endsOn: date(endsIn),
  };
};

export const inventSeats = (
  people: readonly Invented[],
  { seed, now }: { seed: number; now: number },
): { readonly seats: readonly CompanySeat[]; readonly contracts: readonly CompanyContract[] } => {
  const all: CompanySeat[] = [];
  const contracts = products.map((product, index) => {
    const random = createRandom(seed * 31 + index);
    const found =
      product.sku === "Google Workspace Business Standard"
        ? standardSeats(all, people)
        : seatsOf(product, people, { random, now });
    const seats = within(product, found);
    all.push(...seats);
    return contractOf(product, { held: seats.length, people: people.length, now });
  });
  return { seats: all, contracts };
};

/** For people who are real: enough of everything for each, and nobody holds a seat yet. */
export const freshContracts = (people: number, now: number): readonly CompanyContract[] =>
  products.map((product) => contractOf(product, { held: people, people: 0, now }));
