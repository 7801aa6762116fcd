import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../connectors/catalogue.ts";
import { type Admin, openAdmin } from "../connectors/keycloak/admin.ts";
import { type CompanyPerson, realmOf } from "../connectors/keycloak/seed.ts";
import { startKeycloakSimulator } from "../connectors/keycloak/simulator.ts";
import { addToGroup, groupMembers, removeFromGroup, type ScimAt, seedScim } from "../connectors/scim/hands.ts";
import { startScimSimulator } from "../connectors/scim/simulator.ts";
import { createSimulatorClock } from "../connectors/simulator/clock.ts";
import type { FaultPlan } from "../connectors/simulator/faults.ts";
import type { Served, Simulator } from "../connectors/simulator/server.ts";
import type { Values } from "../core/value.ts";
import { type EngineName, openEngine } from "./parity.ts";
import type { Observed, Program } from "./parity-engine.ts";

const clientSecret = "parity-client-secret";
const token = "parity-scim-token";
export const storyTime = "2026-11-24T12:00:00.000Z";

/** What people do without us: in the directory, at the vendor. */
export interface Hands {
  readonly directory: Admin;
  give(login: string): Promise<void>;
  take(login: string): Promise<void>;
  readonly vendorFaults: FaultPlan;
}
type Hand = (hands: Hands) => void | Promise<void>;
export type StoryStep =
  | { readonly is: "up"; readonly program: Program; readonly between?: Hand }
  | { readonly is: "preview"; readonly program: Program }
  | { readonly is: "refresh" | "destroy" }
  | { readonly is: "hand"; readonly does: Hand };

/** What a story shows of a resource; each resource must have one of every kind that its schema allows. */
export type Shows = "create" | "update" | "replace" | "import" | "remove" | "drift" | "no-change";
export interface Story {
  readonly name: string;
  readonly shows: readonly (readonly [resource: string, what: Shows])[];
  readonly steps: readonly StoryStep[];
  /** Seats of `group:crm-users` after each step that is no hand's. */
  readonly seats: readonly string[];
}
export interface Told extends Observed {
  readonly step: string;
  readonly writes: readonly string[];
  readonly seats: string;
}

const person = (login: string, department: string): CompanyPerson => ({
  login,
  email: `${login}@acme.test`,
  attributes: { department },
});
/** Seven people of whom three are in engineering; one seat was given by hand before. */
const people = [
  ...["ada", "bob", "cy"].map((login) => person(login, "eng")),
  ...["dee", "eve", "fay", "gus"].map((login) => person(login, "sales")),
];

/** Two real protocols, spoken by simulators that are seeded alike: the same requests get the same answers, ids included. */
const openSystems = async () => {
  const clock = createSimulatorClock();
  clock.set(Date.parse(storyTime));
  const realm = realmOf({ people, groups: [{ name: "vpn" }] }, { clientSecret });
  const keycloak = await startKeycloakSimulator({ clock, realms: [realm], seed: 7 });
  const scim = await startScimSimulator({ clock, token, seed: 7 });
  const at: ScimAt = { baseUrl: scim.baseUrl, token };
  await seedScim(at, {
    people: people.map(({ login, email }) => ({ login, ...(email ? { email } : {}) })),
    groups: [
      { name: "crm-users", members: ["gus"] },
      { name: "lite-users", members: [] },
    ],
  });
  const configuration: Values = {
    directory: "people",
    connections: {
      people: { keycloak: { baseUrl: keycloak.url, realm: "acme", clientId: "seatwise", clientSecret } },
      crm: { scim: { baseUrl: scim.baseUrl, token } },
    },
  };
  const hands: Hands = {
    directory: openAdmin(keycloak.url, { ...keycloak, realm: "acme" }),
    give: (login) => addToGroup(at, "crm-users", login),
    take: (login) => removeFromGroup(at, "crm-users", login),
    vendorFaults: scim.faults,
  };
  return { keycloak, scim, at, configuration, hands, clock };
};

/** Two simulators have two ports, which messages name. */
const samePorts = <T>(told: T): T => JSON.parse(JSON.stringify(told).replace(/127\.0\.0\.1:\d+/g, "HOST")) as T; // plain JSON

const shownOf = (name: string, { method, path, status }: Served): string => `${name} ${method} ${path} ${status}`;

/** Requests by phase; those of hands and of looking are nobody's. */
class Watch {
  phase = "hands";
  #marks: { readonly phase: string; readonly at: readonly number[] }[] = [];
  readonly #systems: readonly Simulator[];
  constructor(systems: readonly Simulator[]) {
    this.#systems = systems;
  }
  enter(phase: string): void {
    this.#marks.push({ phase, at: this.#systems.map(({ log }) => log.length) });
  }
  begin(): void {
    this.#marks = [];
    this.enter("hands");
  }
  of(wanted: (phase: string, served: Served) => boolean): readonly string[] {
    const ends = [...this.#marks.slice(1).map(({ at }) => at), this.#systems.map(({ log }) => log.length)];
    return this.#marks.flatMap(({ phase, at }, i) =>
      this.#systems.flatMap(({ name, log }, n) =>
        log
          .slice(at[n], ends[i]?.[n])
          .filter((served) => phase !== "hands" && wanted(phase, served))
          .map((served) => shownOf(name, served)),
      ),
    );
  }
}

export const playStory = async (story: Story, name: EngineName): Promise<readonly Told[]> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-story-"));
  const { keycloak, scim, at, configuration, hands, clock } = await openSystems();
  const watch = new Watch([keycloak, scim]);
  let applying = false;
  const engine = await openEngine(name, {
    configuration,
    connectors: catalogue,
    now: () => clock.now(),
    home,
    env: () => undefined,
    outside: () => (applying ? { when: 'user.attributes["department"] == "eng"' } : {}),
    phase: (phase) => {
      applying = phase === "apply";
      watch.enter(phase);
    },
  });
  const hand = async (does: Hand | undefined): Promise<void> => {
    watch.enter("hands");
    await does?.(hands);
  };
  const told: Told[] = [];
  try {
    for (const step of story.steps) {
      if (step.is === "hand") {
        await hand(step.does);
        continue;
      }
      watch.begin();
      const run =
        step.is === "up"
          ? await engine.up(step.program, () => hand(step.between))
          : step.is === "preview"
            ? await engine.preview(step.program)
            : step.is === "refresh"
              ? await engine.refresh()
              : await engine.destroy();
      watch.enter("hands");
      const reads = (phase: string) => [...new Set(watch.of((p, { write }) => p === phase && !write))].sort();
      const applied = "apply" in run && run.apply !== null;
      told.push({
        step: step.is,
        moved: step.is === "up" && step.between !== undefined,
        run,
        writes: watch.of((_phase, { write }) => write),
        reads: { plan: reads("plan"), ...(applied ? { apply: reads("apply") } : {}) },
        seats: [...(await groupMembers(at, "crm-users"))].sort().join(" "),
      });
    }
    const [bug] = [...keycloak.bugs, ...scim.bugs];
    if (bug) throw bug;
    return samePorts(told);
  } finally {
    engine.close();
    await Promise.all([keycloak.stop(), scim.stop()]);
    rmSync(home, { recursive: true, force: true });
  }
};
