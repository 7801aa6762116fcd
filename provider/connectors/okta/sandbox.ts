import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import type { Hands } from "./server/hands.ts";
import type { Profile } from "./server/state.ts";
import { type OktaSimulator, startOktaSimulator } from "./simulator.ts";

const profileOf = (worker: Worker, domain: string): Profile => ({
  login: worker.email,
  email: worker.email,
  firstName: worker.firstName,
  lastName: worker.lastName,
  displayName: `${worker.firstName} ${worker.lastName}`,
  department: worker.department,
  title: worker.title,
  userType: worker.type,
  ...(worker.manager === null ? {} : { managerId: `${worker.manager}@${domain}` }),
  ...(worker.country === null ? {} : { countryCode: worker.country }),
  ...(worker.startsOn === null ? {} : { startDate: worker.startsOn }),
  ...(worker.endsOn === null ? {} : { endDate: worker.endsOn }),
});
const statusOf = ({ status }: Worker) => (status === "suspended" ? ("SUSPENDED" as const) : ("ACTIVE" as const));

/** `group:NAME` or `app:LABEL`. */
const placeOf = (sku: string): { readonly is: "group" | "app"; readonly name: string } => {
  const found = /^(group|app):(.+)$/.exec(sku);
  if (!found?.[2]) throw new Error(`${sku} is no SKU of Okta: group:NAME or app:LABEL`);
  return { is: found[1] === "group" ? "group" : "app", name: found[2] };
};

/** Okta's groups do not nest: whoever is in a group is put into those above it, too. */
const groupsAbove = ({ groups }: Enterprise): ((names: readonly string[]) => ReadonlySet<string>) => {
  const parents = new Map(groups.map(({ name, parent }) => [name, parent]));
  return (names) => {
    const all = new Set<string>();
    for (const name of names)
      for (let at: string | undefined = name; at !== undefined; at = parents.get(at)) all.add(at);
    return all;
  };
};

/** The login stays when somebody's address changes: Okta's id is what both mean. */
const deedsAt = (hands: Hands, company: Enterprise, ids: Map<string, string>): Deeds => {
  const { domain, people } = company;
  const withAbove = groupsAbove(company);
  // Of those, and no others: a group that is a seat is given and taken by hand.
  const memberships = new Map(people.map(({ login, groups }) => [login, groups]));
  const setGroups = ({ login, groups }: Worker): void => {
    const [before, after] = [withAbove(memberships.get(login) ?? []), withAbove(groups)];
    for (const group of before) if (!after.has(group)) hands.leave(group, idOf(login));
    for (const group of after) if (!before.has(group)) hands.join(group, idOf(login));
    memberships.set(login, groups);
  };
  const idOf = (login: string): string => {
    const id = ids.get(login);
    if (id === undefined) throw new Error(`Okta has no user ${login}`);
    return id;
  };
  return {
    hire(worker) {
      const profile = profileOf(worker, domain);
      ids.set(worker.login, hands.addUser({ login: worker.email, status: statusOf(worker), profile }));
      setGroups(worker);
    },
    change(worker) {
      hands.changeUser(idOf(worker.login), { status: statusOf(worker), profile: profileOf(worker, domain) });
      setGroups(worker);
    },
    // As companies do it: deactivated first, deleted perhaps much later.
    leave: (login) => hands.changeUser(idOf(login), { status: "DEPROVISIONED" }),
    signIn: (login, at) => hands.signIn(idOf(login), at),
    giveSeat(sku, login) {
      const { is, name } = placeOf(sku);
      if (is === "group") hands.join(name, idOf(login));
      else hands.assign(name, idOf(login));
    },
    takeSeat(sku, login) {
      const { is, name } = placeOf(sku);
      if (is === "group") hands.leave(name, idOf(login));
      else hands.unassign(name, idOf(login));
    },
  };
};

const quarter = 90 * 86_400_000;
const seed = (
  { hands, clock }: OktaSimulator,
  company: Enterprise,
): { ids: Map<string, string>; counts: Map<string, number> } => {
  const { domain, people, groups, seats } = company;
  const ids = new Map<string, string>();
  const signIns: { readonly id: string; readonly at: number }[] = [];
  for (const { name, description = "" } of groups) hands.addGroup(name, { description });
  const wanted = new Set(seats.filter(({ system }) => system === "okta").map(({ sku }) => sku));
  for (const sku of new Set([...wanted, "group:figma-editors", "group:zoom-licensed", "app:Figma", "app:Zoom"])) {
    const { is, name } = placeOf(sku);
    if (is === "app") hands.addApp(name);
    else if (!groups.some((group) => group.name === name)) hands.addGroup(name);
  }
  const withAbove = groupsAbove(company);
  for (const worker of people) {
    const created = Date.parse(worker.createdAt);
    const id = hands.addUser({
      login: worker.email,
      status: statusOf(worker),
      profile: profileOf(worker, domain),
      created,
    });
    ids.set(worker.login, id);
    for (const name of withAbove(worker.groups)) hands.join(name, id);
    const recent = worker.signIns.filter((at) => at >= clock.now() - quarter);
    // Older ones are not in the log any more; the person's own last sign-in is kept.
    for (const at of recent.length > 0 ? recent : worker.signIns.slice(-1)) signIns.push({ id, at });
  }
  for (const { id, at } of signIns.sort((one, other) => one.at - other.at)) hands.signIn(id, at);
  const counts = new Map<string, number>();
  for (const { system, sku, login } of seats) {
    if (system !== "okta") continue;
    const { is, name } = placeOf(sku);
    if (is === "group") hands.join(name, ids.get(login) ?? login);
    else hands.assign(name, ids.get(login) ?? login);
    counts.set(sku, (counts.get(sku) ?? 0) + 1);
  }
  return { ids, counts };
};

export const sandbox: SandboxSystem = {
  name: "okta",
  title: "Okta",
  async start(company, { port, seed: number, clock }) {
    const simulator = await startOktaSimulator({ port, seed: number, clock });
    const { ids, counts } = seed(simulator, company);
    return {
      simulator,
      connection: { baseUrl: simulator.url, clientId: simulator.clientId, keyId: simulator.keyId },
      secrets: { privateKey: simulator.privateKey },
      shows: [
        `${company.people.length} people, ${company.groups.length} groups, sign-ins of 90 days in the System Log`,
        ...[...counts].map(([sku, count]) => `seats: ${sku}, ${count} of them`),
        "rate limits of Workforce Identity, half of each for this application, as Okta sets it",
      ],
      deeds: deedsAt(simulator.hands, company, ids),
    };
  },
};
