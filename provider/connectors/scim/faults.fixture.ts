import type { FaultedSystem } from "../../testing/faulted/faulted-system.ts";
import { connector } from "./connector.ts";
import { unconditional } from "./server/service.ts";
import { memberIds } from "./server/store.ts";
import { dialects, startScimSimulator } from "./simulator.ts";

const token = "faults-token";
const skus = ["group:full", "group:lite"] as const;
const nameOf = (sku: string): string => sku.slice("group:".length);
const core = "urn:ietf:params:scim:schemas:core:2.0";
/** What services differ in: one after the other. */
const manners = [dialects.complete, dialects.likeScim2Server, dialects.modest, dialects.forEntra];

export const faulted: FaultedSystem = {
  async start({ clock, seed, logins }) {
    const dialect = { ...manners[Math.floor(seed / 250) % manners.length], maxPage: 3 };
    const simulator = await startScimSimulator({ clock, seed, token, dialect });
    const { service } = simulator;
    const [users, groups] = service.models;
    if (!users || !groups) throw new Error("the service has no users or no groups");
    const people = new Map(
      logins.map((login) => [
        login,
        service.create(users, { schemas: [`${core}:User`], userName: login, active: true }).id,
      ]),
    );
    const ids = new Map(
      skus.map((sku) => [sku, service.create(groups, { schemas: [`${core}:Group`], displayName: nameOf(sku) }).id]),
    );
    const group = (sku: string): string => [...ids].find(([name]) => name === sku)?.[1] ?? "";
    const holder = (login: string): string => people.get(login) ?? "";
    const members = (sku: string): readonly string[] => memberIds(service.find(groups, group(sku)));
    const set = (sku: string, holders: readonly string[]): void => {
      const document = { ...service.find(groups, group(sku)).document, members: holders.map((value) => ({ value })) };
      service.replace(groups, group(sku), document, unconditional);
    };
    return {
      simulator,
      kind: connector,
      config: { baseUrl: simulator.baseUrl, token },
      skus,
      account: (login) => login,
      holder,
      holders: members,
      give: (sku, login) => set(sku, [...members(sku), holder(login)]),
      take: (sku, login) =>
        set(
          sku,
          members(sku).filter((id) => id !== holder(login)),
        ),
      setLag: simulator.setLag,
      unlimited: true,
      laterPage: /[?&](startIndex=([2-9]|1\d)|cursor=[^&])/,
    };
  },
};
