import type { CompanySeat, Enterprise, Worker } from "../../../provider/connectors/simulator/company.ts";

const products = {
  e5: { system: "entra", sku: "SPE_E5" },
  e3: { system: "entra", sku: "SPE_E3" },
  visio: { system: "entra", sku: "VISIOCLIENT" },
  copilot: { system: "github", sku: "copilot" },
  figma: { system: "okta", sku: "app:Figma" },
  plus: { system: "googleWorkspace", sku: "Google Workspace Enterprise Plus" },
  standard: { system: "googleWorkspace", sku: "Google Workspace Business Standard" },
} as const;
type Product = keyof typeof products;

interface Bought {
  readonly seats: number;
  readonly type: "annual" | "flexible";
  readonly until: string;
}
/** What the program declares: all that the story decides itself. The rest is read. */
export interface Story {
  readonly company: Enterprise;
  readonly bought: Readonly<Record<Product, Bought>>;
  /** What was bought, without the seats that others gave to people whom no rule claims. */
  readonly copilotAllotment: number;
  readonly visioUsers: readonly string[];
  /** Who moves, and who they are afterwards. */
  readonly mover: { readonly before: Worker; readonly after: Worker };
}

export const who = {
  // Nobody without a usage location can hold a Microsoft license: for them the rule is undecided, and says so.
  staff: `user.type == "employee" && user.attributes["usageLocation"] != "" && !("subsidiary" in user.groups)`,
  e5: `user.department in ["Finance", "People", "Legal"] || user.title.endsWith("Lead") || user.title.startsWith("Head")`,
  copilot: `user.department == "Engineering" && user.type == "employee"`,
  figma: `user.title.endsWith("Designer")`,
  workspace: `"subsidiary" in user.groups || user.title == "Integration Designer"`,
};

const holdersOf = (company: Enterprise, product: Product): ReadonlySet<string> => {
  const { system, sku } = products[product];
  const held = (seat: CompanySeat): boolean => seat.system === system && seat.sku === sku;
  return new Set(company.seats.filter(held).map(({ login }) => login));
};

/** A team's lead in Engineering with an E5 and a Copilot seat, who signed in lately: four seats will follow them. */
const moverIn = (company: Enterprise): Worker => {
  const [e5, copilot] = [holdersOf(company, "e5"), holdersOf(company, "copilot")];
  const lately = Date.now() - 20 * 86_400_000;
  const found = company.people.find(
    ({ login, title, department, status, signIns }) =>
      department === "Engineering" &&
      title.endsWith("Lead") &&
      status === "active" &&
      e5.has(login) &&
      copilot.has(login) &&
      (signIns.at(-1) ?? 0) > lately,
  );
  if (found) return found;
  throw new Error("this company has no lead in Engineering with an E5 and Copilot; choose another SEED");
};

export const tell = (company: Enterprise): Story => {
  const before = moverIn(company);
  const bought = (product: Product): Bought => {
    const { system, sku } = products[product];
    const contract = company.contracts.find((one) => one.system === system && one.sku === sku);
    if (!contract) throw new Error(`this company has no contract about ${product}`);
    return { seats: contract.purchased, type: contract.type, until: contract.endsOn };
  };
  const members = company.people.filter(({ groups, status }) => groups.includes("lic-visio") && status === "active");
  const people = new Map(company.people.map((worker) => [worker.login, worker]));
  const others = [...holdersOf(company, "copilot")].filter((login) => {
    const worker = people.get(login);
    return worker?.department !== "Engineering" || worker.type !== "employee";
  });
  return {
    company,
    bought: Object.fromEntries(
      Object.keys(products).map((name) => [name, bought(name as Product)]), // its own keys
    ) as Story["bought"],
    copilotAllotment: bought("copilot").seats - others.length,
    visioUsers: members.map(({ email }) => email),
    mover: {
      before,
      after: {
        ...before,
        signIns: before.signIns,
        department: "Marketing",
        title: "Integration Designer",
        groups: ["marketing-brand"],
      },
    },
  };
};

/** What somebody who uses the program would set. */
export const settings = ({ bought, copilotAllotment, visioUsers }: Story): Readonly<Record<string, unknown>> => ({
  bought,
  copilotAllotment,
  who,
  visioUsers,
});

/** By name of the license in the program, for the summary. */
export const licenseNames = Object.keys(products) as readonly Product[]; // its own keys
export const placeOf = (product: Product): { readonly system: string; readonly sku: string } => products[product];
