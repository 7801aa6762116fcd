import type { Company, CompanyPerson } from "../connectors/keycloak/seed.ts";
import type { Enterprise, Worker } from "../connectors/simulator/company.ts";
import { productGroups } from "./enterprise-organisation.ts";
import { freshContracts } from "./enterprise-seats.ts";

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const day = /^\d{4}-\d\d-\d\d$/;

/** What a roster does not say is made up from the login, so that every system can show everybody. */
const workerOf = (person: CompanyPerson, createdAt: string): Worker => {
  const { login, email, firstName, lastName, enabled, attributes = {}, groups = [] } = person;
  const text = (name: string): string | null => {
    const value = attributes[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const date = (name: string): string | null => (day.test(text(name) ?? "") ? text(name) : null);
  const [first = login, ...rest] = login.split("@")[0]?.split(/[._-]/).filter(Boolean) ?? [];
  return {
    login,
    email: email ?? (login.includes("@") ? login : `${login}@acme.test`),
    firstName: firstName ?? capital(first),
    lastName: lastName ?? (rest.length > 0 ? rest.map(capital).join(" ") : capital(first)),
    department: text("department") ?? "",
    title: text("title") ?? "",
    manager: text("manager"),
    type: text("type") === "contractor" ? "contractor" : "employee",
    country: text("country"),
    status: enabled === false ? "suspended" : "active",
    createdAt,
    startsOn: date("startsOn"),
    endsOn: date("endsOn"),
    groups,
    github: text("github_login") ?? text("github"),
    signIns: [],
    attributes,
  };
};

/** A roster's people as the company: their groups and attributes, a contract for each product, and no seat yet. */
export const enterpriseOf = ({ people, groups }: Company, now: number): Enterprise => {
  const known = new Set(groups.map(({ name }) => name));
  const createdAt = `${new Date(now - 30 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
  return {
    name: "Acme",
    domain: "acme.test",
    people: people.map((person) => workerOf(person, createdAt)),
    groups: [...groups, ...productGroups.filter(({ name }) => !known.has(name))],
    seats: [],
    contracts: freshContracts(people.length, now),
  };
};
