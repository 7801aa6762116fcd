import type { Enterprise, Worker } from "../../simulator/company.ts";
import type { EntraGroup, EntraPerson, EntraSku, Seed } from "./seed.ts";
import { knownSku } from "./skus.ts";

const me = "entra";

export const propertiesOf = (worker: Worker): Readonly<Record<string, unknown>> => ({
  userPrincipalName: worker.email,
  mail: worker.email,
  displayName: `${worker.firstName} ${worker.lastName}`,
  givenName: worker.firstName,
  surname: worker.lastName,
  department: worker.department,
  jobTitle: worker.title,
  employeeType: worker.type,
  employeeId: worker.login,
  companyName: "Acme",
  country: worker.country,
  usageLocation: worker.country,
  accountEnabled: worker.status === "active",
  createdDateTime: worker.createdAt,
  employeeHireDate: worker.startsOn === null ? null : `${worker.startsOn}T00:00:00Z`,
  onPremisesExtensionAttributes: { extensionAttribute1: worker.type === "employee" ? "FTE" : "EXT" },
});

/** The company's people, groups, contracts and seats as Entra shows them. */
export const seedOf = (company: Enterprise): Seed => {
  const mine = company.seats.filter(({ system }) => system === me);
  const direct = new Map<string, string[]>();
  const since = new Map<string, string>();
  const joined = new Map<string, string[]>();
  const licensed = new Map<string, string>();
  const push = (to: Map<string, string[]>, login: string, what: string): void => {
    to.set(login, [...(to.get(login) ?? []), what]);
  };
  for (const { sku, login, via, since: given } of mine) {
    const group = via ?? (sku.startsWith("group:") ? sku.slice(6) : undefined);
    if (group === undefined) {
      push(direct, login, sku);
      if (given > (since.get(login) ?? "")) since.set(login, given);
    } else {
      push(joined, login, group);
      if (knownSku(sku)) licensed.set(group, sku);
    }
  }
  // In the company's story Visio comes through this group, whoever is in it.
  if (company.contracts.some(({ system, sku }) => system === me && sku === "VISIOCLIENT"))
    licensed.set("lic-visio", "VISIOCLIENT");
  const names = new Set(company.groups.map(({ name }) => name));
  const groups: EntraGroup[] = [
    ...company.groups.map(({ name, parent }) => ({ name, ...(parent === undefined ? {} : { parent }) })),
    ...[...licensed.keys()].filter((name) => !names.has(name)).map((name) => ({ name })),
  ].map((group) => (licensed.has(group.name) ? { ...group, licenses: [licensed.get(group.name) ?? ""] } : group));
  const emails = new Map(company.people.map(({ login, email }) => [login, email]));
  const people: EntraPerson[] = company.people.map((worker) => {
    const last = worker.signIns.at(-1);
    return {
      login: worker.email,
      properties: propertiesOf(worker),
      manager: worker.manager === null ? null : (emails.get(worker.manager) ?? null),
      groups: [...new Set([...worker.groups, ...(joined.get(worker.login) ?? [])])],
      licenses: direct.get(worker.login) ?? [],
      ...(since.has(worker.login) ? { licensedAt: since.get(worker.login) ?? "" } : {}),
      ...(last === undefined ? {} : { signedIn: last }),
    };
  });
  const contracts = company.contracts.filter(({ system, sku }) => system === me && knownSku(sku));
  const skus: EntraSku[] = [...new Set(contracts.map(({ sku }) => sku))].map((sku) => ({
    sku,
    enabled: contracts.filter((c) => c.sku === sku).reduce((sum, { purchased }) => sum + purchased, 0),
  }));
  return { people, groups, skus };
};
