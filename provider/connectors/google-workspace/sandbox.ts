import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import { licenseSku } from "./products.ts";
import type { Hands, NewUser } from "./server/hands.ts";
import { type GoogleWorkspaceSimulator, startGoogleWorkspaceSimulator } from "./simulator.ts";

const unitOf = ({ department }: Worker): string => `/${department || "People"}`;
const userOf = (worker: Worker, domain: string): NewUser => {
  const last = worker.signIns.at(-1);
  return {
    email: worker.email,
    firstName: worker.firstName,
    lastName: worker.lastName,
    department: worker.department,
    title: worker.title,
    type: worker.type,
    ...(worker.manager === null ? {} : { manager: `${worker.manager}@${domain}` }),
    orgUnitPath: unitOf(worker),
    suspended: worker.status === "suspended",
    createdAt: Date.parse(worker.createdAt),
    ...(last === undefined ? {} : { lastLogin: last }),
    ...(worker.startsOn === null ? {} : { custom: { Employment: { start: worker.startsOn } } }),
  };
};

const deedsAt = (hands: Hands, { people, domain }: Enterprise): Deeds => {
  // The login stays when somebody's address changes: by which address they are known now.
  const addresses = new Map(people.map(({ login, email }) => [login, email]));
  const addressOf = (login: string): string => addresses.get(login) ?? `${login}@${domain}`;
  // Of those, and no others: a group that is a seat is given and taken by hand.
  const memberships = new Map(people.map(({ login, groups }) => [login, groups]));
  const setGroups = ({ login, email, groups }: Worker): void => {
    const before = memberships.get(login) ?? [];
    for (const group of before) if (!groups.includes(group)) hands.leave(`${group}@${domain}`, email);
    for (const group of groups) if (!before.includes(group)) hands.join(`${group}@${domain}`, email);
    memberships.set(login, groups);
  };
  const groupOf = (sku: string): string | undefined => /^group:(.+)$/.exec(sku)?.[1];
  return {
    hire(worker) {
      hands.addUser(userOf(worker, domain));
      addresses.set(worker.login, worker.email);
      setGroups(worker);
    },
    change(worker) {
      hands.changeUser(addressOf(worker.login), userOf(worker, domain));
      addresses.set(worker.login, worker.email);
      setGroups(worker);
    },
    leave(login) {
      hands.deleteUser(addressOf(login));
      addresses.delete(login);
      memberships.delete(login);
    },
    signIn: (login, at) => hands.changeUser(addressOf(login), { lastLogin: at }),
    giveSeat(sku, login) {
      const group = groupOf(sku);
      if (group === undefined) hands.license(sku, addressOf(login));
      else hands.join(group, addressOf(login));
    },
    takeSeat(sku, login) {
      const group = groupOf(sku);
      if (group === undefined) hands.unlicense(sku, addressOf(login));
      else hands.leave(group, addressOf(login));
    },
  };
};

/** How many seats there are of each SKU. */
const seed = (simulator: GoogleWorkspaceSimulator, company: Enterprise): ReadonlyMap<string, number> => {
  const { hands, purchased } = simulator;
  const { domain, people, groups } = company;
  for (const worker of people) hands.addUser(userOf(worker, domain));
  for (const { name } of groups) hands.addGroup(`${name}@${domain}`, name);
  for (const { name, parent } of groups)
    if (parent !== undefined) hands.join(`${parent}@${domain}`, `${name}@${domain}`);
  for (const worker of people) for (const group of worker.groups) hands.join(`${group}@${domain}`, worker.email);
  for (const { system, sku, purchased: bought } of company.contracts) {
    const known = system === "googleWorkspace" ? licenseSku(sku) : null;
    if (known) purchased.set(known.sku, bought);
  }
  const emails = new Map(people.map(({ login, email }) => [login, email]));
  const counts = new Map<string, number>();
  for (const { system, sku, login } of company.seats) {
    if (system !== "googleWorkspace") continue;
    const group = /^group:(.+)$/.exec(sku)?.[1];
    if (group === undefined) hands.license(sku, emails.get(login) ?? login);
    else hands.join(group, emails.get(login) ?? login);
    counts.set(sku, (counts.get(sku) ?? 0) + 1);
  }
  return counts;
};

export const sandbox: SandboxSystem = {
  name: "googleWorkspace",
  title: "Google Workspace",
  async start(company, { port, seed: number, clock }) {
    const simulator = await startGoogleWorkspaceSimulator({ port, seed: number, clock, domain: company.domain });
    const counts = seed(simulator, company);
    const { url, tokenUrl, administrator, credentials } = simulator;
    return {
      simulator,
      connection: { administrator, baseUrl: url, tokenUrl },
      secrets: { credentials },
      shows: [
        `${company.people.length} people in organisational units by department, ${company.groups.length} groups`,
        ...[...counts].map(([sku, count]) => `seats: ${sku}, ${count} of them`),
        "the License Manager allows one request a second, as the real one does",
      ],
      deeds: deedsAt(simulator.hands, company),
    };
  },
};
