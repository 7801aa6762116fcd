import type { Company, CompanyGroup, CompanyPerson } from "../connectors/keycloak/seed.ts";
import { createRandom, type Random } from "../connectors/simulator/random.ts";

export type { Company, CompanyGroup, CompanyPerson };

const firstNames =
  "Ada Alan Amira Anil Astrid Ayo Barbara Bjarne Carla Chen Chidi Dana Diego Edsger Elif Emeka Fatima Frances Grace Hedy Hiroshi Ines Ivan Jana João Joan Kamal Katherine Kofi Lars Leila Lin Luca Maja Margaret Mateo Mei Milan Nadia Niklaus Noor Olga Omar Oskar Paula Priya Radia Rafael Rosa Samir Sanna Sofia Tariq Tim Tomoko Ursula Vera Wei Yara Zoë".split(
    " ",
  );
const lastNames =
  "Adeyemi Ahmed Allen Andersson Backus Bauer Costa Dijkstra Diallo Eriksen Fernández Fischer Garcia Goldberg Haddad Hamilton Hopper Ivanova Jansen Johnson Kapoor Kim Kowalski Lamarr Larsen Li Liskov Lovelace Martin Meyer Moreau Müller Nakamura Novak Nowak Okafor Olsen Perlman Petrov Quist Rahman Ribeiro Rossi Sato Schmidt Silva Singh Stroustrup Tanaka Thompson Torres Turing Vogel Wang Weber Wirth Yılmaz Zhang".split(
    " ",
  );

interface Department {
  readonly name: string;
  /** Share of the company. */
  readonly share: number;
  readonly titles: readonly string[];
}
const departments: readonly Department[] = [
  { name: "Sales", share: 22, titles: ["Account Executive", "Sales Engineer", "Sales Lead"] },
  { name: "Support", share: 16, titles: ["Support Engineer", "Support Lead"] },
  { name: "Engineering", share: 32, titles: ["Engineer", "Senior Engineer", "Staff Engineer"] },
  { name: "Marketing", share: 10, titles: ["Marketer", "Designer"] },
  { name: "Finance", share: 8, titles: ["Accountant", "Controller"] },
  { name: "Operations", share: 12, titles: ["Operator", "Administrator"] },
];

/** Teams below a department's group, and cross-cutting ones that anybody may be in. */
const teams: readonly CompanyGroup[] = [
  { name: "support-tier2", parent: "support" },
  { name: "sales-emea", parent: "sales" },
  { name: "sales-americas", parent: "sales" },
  { name: "account-managers" },
  { name: "on-call" },
];

const ascii = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ı/g, "i")
    .toLowerCase();

/** Departments in proportion, no two companies alike: each share is a tenth more or less. */
const departmentOf = (random: Random): (() => Department) => {
  const lots = departments.flatMap((one) =>
    Array.from({ length: Math.round(one.share * (9 + random.next() * 2)) }, () => one),
  );
  return () => random.pick(lots);
};

const groupsOf = (department: Department, random: Random): readonly string[] => {
  const chance = (share: number): boolean => random.next() < share;
  const own = department.name.toLowerCase();
  const home =
    own === "sales"
      ? [random.pick(["sales", "sales-emea", "sales-americas"])]
      : own === "support" && chance(0.4)
        ? ["support-tier2"]
        : [own];
  const manager = chance(["sales", "marketing", "finance"].includes(own) ? 0.3 : 0.04);
  const onCall = chance(["engineering", "operations", "support"].includes(own) ? 0.25 : 0);
  return [...home, ...(manager ? ["account-managers"] : []), ...(onCall ? ["on-call"] : [])];
};

/** A person whom nobody in `taken` is named like; their login is added to it. */
export const inventPerson = (random: Random, taken: Set<string>): Omit<CompanyPerson, "groups" | "attributes"> => {
  for (;;) {
    const [firstName, lastName] = [random.pick(firstNames), random.pick(lastNames)];
    const plain = `${ascii(firstName)}.${ascii(lastName)}`;
    const login = taken.has(plain) ? `${plain}${2 + random.int(98)}` : plain;
    if (taken.has(login)) continue;
    taken.add(login);
    return { login, email: `${login}@acme.test`, firstName, lastName };
  }
};

/** A company that does not exist: the same seed gives the same people, groups and sizes. */
export const inventCompany = (seed: number, size?: number): Company => {
  const random = createRandom(seed);
  const count = size ?? 110 + random.int(25);
  const taken = new Set<string>();
  const choose = departmentOf(random);
  const people = Array.from({ length: count }, (): CompanyPerson => {
    const department = choose();
    const attributes = { department: department.name, title: random.pick(department.titles) };
    return { ...inventPerson(random, taken), attributes, groups: groupsOf(department, random) };
  });
  const groups = [...departments.map(({ name }) => ({ name: name.toLowerCase() })), ...teams];
  return { people: people.sort((a, b) => (a.login < b.login ? -1 : 1)), groups };
};
