import type { Deeds, Enterprise, SandboxSystem, Worker } from "../simulator/company.ts";
import { enterpriseUrn, userBody } from "./hands.ts";
import { groupModel, type Model, urns, userModel } from "./server/schema.ts";
import { type Service, unconditional } from "./server/service.ts";
import { memberIds, nameKey, type Resource } from "./server/store.ts";
import { type ScimSimulator, startScimSimulator } from "./simulator.ts";

const token = "sandbox-scim-token";
const crmGroup = "crm-users";
/** An account of no person, which holds a seat: what `exempt` is for. */
const serviceAccount = "svc-reporting";

/** A CRM names its accounts by e-mail and knows little of people. */
const bodyOf = ({ email, firstName, lastName, status, department, title }: Worker) => ({
  ...userBody({
    login: email,
    email,
    firstName,
    lastName,
    active: status === "active",
    ...(department ? { attributes: { [enterpriseUrn]: { department } } } : {}),
  }),
  ...(title ? { title } : {}),
});

const patch = (service: Service, model: Model, id: string, operation: Readonly<Record<string, unknown>>): void => {
  service.patch(model, id, { schemas: [urns.patch], Operations: [operation] }, unconditional);
};

/** Logins of the company are the part of an account's name before the @, which names nobody else. */
const accounts = (service: Service, company: Enterprise) => {
  const emails = new Map(company.people.map(({ login, email }) => [login, email]));
  const accountOf = (login: string): string => {
    const id = service.world.read().names.get(nameKey(emails.get(login) ?? login));
    if (id === undefined) throw new Error(`the CRM has no account of ${login}`);
    return id;
  };
  return { emails, accountOf };
};
const groupOf = (service: Service, sku: string): Resource => {
  const name = /^group:(.+)$/.exec(sku)?.[1];
  const all = [...service.world.read().groups.values()];
  const found = all.find(({ document }) => document.displayName === name);
  if (!found) throw new Error(`the CRM has no seats of ${sku} here: group:${crmGroup}`);
  return found;
};

const deedsAt = (service: Service, company: Enterprise): Deeds => {
  const { emails, accountOf } = accounts(service, company);
  return {
    hire(worker) {
      service.create(userModel, bodyOf(worker));
      emails.set(worker.login, worker.email);
    },
    change(worker) {
      const id = accountOf(worker.login);
      service.replace(userModel, id, bodyOf(worker), unconditional);
      emails.set(worker.login, worker.email);
    },
    leave(login) {
      service.remove(userModel, accountOf(login), unconditional);
      emails.delete(login);
    },
    giveSeat(sku, login) {
      const [group, value] = [groupOf(service, sku), accountOf(login)];
      if (!memberIds(group).includes(value))
        patch(service, groupModel, group.id, { op: "add", path: "members", value: [{ value }] });
    },
    takeSeat(sku, login) {
      const [group, value] = [groupOf(service, sku), accountOf(login)];
      if (!memberIds(group).includes(value)) throw new Error(`${login} holds no seat of ${sku} at the CRM`);
      patch(service, groupModel, group.id, { op: "remove", path: `members[value eq ${JSON.stringify(value)}]` });
    },
  };
};

const seed = ({ service }: ScimSimulator, { people, seats }: Enterprise): number => {
  const ids = new Map(people.map((worker) => [worker.login, service.create(userModel, bodyOf(worker)).id]));
  const account = service.create(userModel, userBody({ login: serviceAccount }));
  const held = seats.filter(({ system, sku }) => system === "scim" && sku === `group:${crmGroup}`);
  const members = [account.id, ...held.flatMap(({ login }) => ids.get(login) ?? [])].map((value) => ({ value }));
  service.create(groupModel, { schemas: [urns.group], displayName: crmGroup, members });
  return members.length;
};

export const sandbox: SandboxSystem = {
  name: "scim",
  title: "a CRM with SCIM",
  async start(company, { port, seed: number, clock }) {
    const simulator = await startScimSimulator({ token, port, seed: number, clock });
    const held = seed(simulator, company);
    return {
      simulator,
      connection: { baseUrl: simulator.baseUrl },
      secrets: { token },
      shows: [
        `${company.people.length} accounts by e-mail, and ${serviceAccount}`,
        `seats: members of the group ${crmGroup} (group:${crmGroup}), ${held} of them`,
      ],
      deeds: deedsAt(simulator.service, company),
    };
  },
};
