import type { Random } from "../../provider/connectors/simulator/random.ts";
import { type Company, type CompanyPerson, inventPerson } from "../../provider/testing/company.ts";
import { accountOf } from "../../provider/testing/sandbox.ts";
import { crmGroup, type Servers } from "./servers.ts";
import { type Condition, peopleOf, type Story } from "./story.ts";

/** What people do at the systems by hand while the story runs. A test's oracle is told these, and nothing else. */
export type Deed =
  | { readonly does: "take" | "give"; readonly group: string; readonly login: string }
  | { readonly does: "hire"; readonly person: CompanyPerson; readonly account: boolean }
  | {
      readonly does: "transfer";
      readonly login: string;
      readonly department?: string;
      readonly leaves: readonly string[];
      readonly joins: readonly string[];
    }
  | { readonly does: "suspend" | "reinstate" | "delete"; readonly login: string };

/** What is true in the directory after these deeds. */
export const after = (company: Company, deeds: readonly Deed[]): Company => {
  const people = new Map(company.people.map((person) => [person.login, person]));
  for (const deed of deeds) {
    if (deed.does === "hire") people.set(deed.person.login, deed.person);
    if (deed.does === "hire" || deed.does === "take" || deed.does === "give") continue;
    const person = people.get(deed.login);
    if (!person) continue;
    if (deed.does === "delete") people.delete(deed.login);
    if (deed.does === "suspend") people.set(deed.login, { ...person, enabled: false });
    if (deed.does === "reinstate") people.set(deed.login, { ...person, enabled: true });
    if (deed.does !== "transfer") continue;
    const groups = [...(person.groups ?? []).filter((name) => !deed.leaves.includes(name)), ...deed.joins];
    const attributes = deed.department ? { ...person.attributes, department: deed.department } : person.attributes;
    people.set(deed.login, { ...person, groups, ...(attributes ? { attributes } : {}) });
  }
  return { ...company, people: [...people.values()] };
};

export const perform = async (deeds: readonly Deed[], servers: Servers, company: Company): Promise<void> => {
  const { admin } = servers;
  const account = (login: string): string => {
    const person = company.people.find((one) => one.login === login);
    return person ? accountOf(company, person) : login;
  };
  for (const deed of deeds) {
    if (deed.does === "give")
      await (deed.group === crmGroup ? servers.give(account(deed.login)) : admin.join(deed.login, deed.group));
    if (deed.does === "take")
      await (deed.group === crmGroup ? servers.take(account(deed.login)) : admin.leave(deed.login, deed.group));
    if (deed.does === "hire") {
      await admin.createUser(deed.person);
      if (deed.account) await servers.createAccount(accountOf(company, deed.person));
    }
    if (deed.does === "suspend" || deed.does === "reinstate")
      await admin.setEnabled(deed.login, deed.does === "reinstate");
    if (deed.does === "delete") await admin.deleteUser(deed.login);
    if (deed.does !== "transfer") continue;
    if (deed.department) await admin.setAttribute(deed.login, "department", deed.department);
    for (const group of deed.leaves) await admin.leave(deed.login, group);
    for (const group of deed.joins) await admin.join(deed.login, group);
  }
};

/** Who has a seat, by login, as the vendors said. */
export interface Holders {
  readonly crm: readonly string[];
  readonly full: readonly string[];
  readonly standard: readonly string[];
}

/** At the vendors: seats are taken from three people and one, and given to two whom no rule claims. */
export const vendorDrift = ({ company, crm, vpn }: Story, holders: Holders, random: Random): Deed[] => {
  const claimed = new Set([
    ...crm.trial,
    ...crm.teams.flatMap(({ asks }) => peopleOf(company, asks).map((p) => p.login)),
  ]);
  const known = new Set(company.people.map(({ login }) => login));
  const strangers = company.people.map(({ login }) => login).filter((login) => !claimed.has(login));
  const some = (of: readonly string[], count: number): string[] => random.shuffle(of).slice(0, count).sort();
  return [
    ...some(
      holders.crm.filter((login) => known.has(login)),
      3,
    ).map((login): Deed => ({ does: "take", group: crmGroup, login })),
    ...some(strangers, 2).map((login): Deed => ({ does: "give", group: crmGroup, login })),
    ...some(holders.standard, 1).map((login): Deed => ({ does: "take", group: vpn.standardGroup, login })),
  ];
};

/** In the directory: two join (and a third without an account at the vendor), three move, one is suspended, one leaves. */
export const directoryChange = (story: Story, holders: Holders, random: Random): Deed[] => {
  const { company, crm, vpn, roster } = story;
  const first = crm.teams[0]?.asks ?? { group: "" };
  const inTeam = new Set(peopleOf(company, first).map(({ login }) => login));
  const taken = new Set(company.people.map(({ login }) => login));
  const hire = (account: boolean): Deed => {
    const invented = inventPerson(random, taken);
    const { email: _email, ...nameless } = invented;
    const person = { ...(roster && company.people[0]?.email === undefined ? nameless : invented), ...placeIn(first) };
    return { does: "hire", person, account };
  };
  const [mover, suspended, leaver] = random.shuffle(holders.crm.filter((login) => inTeam.has(login)));
  const [promoted] = random.shuffle(holders.standard.filter((login) => ![mover, suspended, leaver].includes(login)));
  const full = "group" in vpn.full ? vpn.full.group : "";
  return [
    hire(true),
    hire(true),
    hire(false),
    ...(mover ? [awayFrom(company, mover)] : []),
    ...(promoted ? [{ does: "transfer", login: promoted, leaves: [], joins: [full] } as const] : []),
    ...(suspended ? [{ does: "suspend", login: suspended } as const] : []),
    ...(leaver ? [{ does: "delete", login: leaver } as const] : []),
  ];
};

const placeIn = (asks: Condition): Pick<CompanyPerson, "groups" | "attributes"> =>
  "group" in asks
    ? { groups: [asks.group], attributes: {} }
    : { groups: [asks.department.toLowerCase()], attributes: { department: asks.department, title: "Newcomer" } };

/** To a department that no rule asks for, out of every group. */
const awayFrom = (company: Company, login: string): Deed => {
  const person = company.people.find((one) => one.login === login);
  const department = person?.attributes?.department === undefined ? {} : { department: "Finance" };
  return { does: "transfer", login, ...department, leaves: [...new Set(person?.groups ?? [])], joins: [] };
};

/** A faulty import switches off half of the first team and one more. */
export const halfVanishes = ({ company, crm }: Story, random: Random): Deed[] => {
  const team = peopleOf(company, crm.teams[0]?.asks ?? { group: "" }).map(({ login }) => login);
  return random
    .shuffle(team)
    .slice(0, Math.floor(team.length / 2) + 1)
    .sort()
    .map((login) => ({ does: "suspend", login }));
};
