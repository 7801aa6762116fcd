import type { Connector, OpenWith } from "../../core/connector.ts";
import { createVirtualClock } from "../../testing/virtual-clock.ts";
import { connector } from "./connector.ts";
import { type OktaSimulator, type OktaSimulatorConfig, startOktaSimulator } from "./simulator.ts";

const number = (i: number): string => String(i).padStart(2, "0");
export const loginOf = (i: number): string => `person${number(i)}@acme.test`;

export interface World {
  readonly simulator: OktaSimulator;
  readonly ids: readonly string[];
  readonly logs: string[];
  readonly clock: ReturnType<typeof createVirtualClock>;
  /** With the administrator's token unless told otherwise; in this process. */
  open(more?: object): Connector;
}

/** Twenty-six people, the first twelve in `figma-editors` and with `Figma`. */
export const seeded = async (config: OktaSimulatorConfig = {}, time?: "machine time"): Promise<World> => {
  const clock = createVirtualClock(1, time ? Date.now() : Date.UTC(2026, 10, 24, 12));
  const simulatorClock = {
    now: clock.now,
    advance: clock.advance,
    set: (ms: number) => clock.advance(ms - clock.now()),
  };
  const simulator = await startOktaSimulator({ ...(time ? {} : { clock: simulatorClock }), ...config });
  const { hands } = simulator;
  for (const name of ["figma-editors", "zoom-licensed", "sig-release"]) hands.addGroup(name);
  hands.addApp("Figma");
  hands.addApp("Zoom");
  const ids = Array.from({ length: 26 }, (_x, i) =>
    hands.addUser({
      login: loginOf(i),
      status: i === 4 ? "SUSPENDED" : "ACTIVE",
      profile: {
        firstName: i === 3 ? "Zoë" : "Given",
        lastName: i === 3 ? "Åström-李" : `Family${i}`,
        department: i % 5 === 0 ? "Research" : "Sales",
        ...(i === 3 ? { title: "Engineer", skills: ["go", "sql"], managerId: loginOf(0) } : {}),
      },
    }),
  );
  for (const id of ids.slice(0, 12)) {
    hands.join("figma-editors", id);
    hands.assign("Figma", id);
  }
  hands.join("sig-release", loginOf(3));
  hands.signIn(loginOf(3), clock.now() - 86_400_000);
  const logs: string[] = [];
  const using: OpenWith = {
    connection: "people",
    clock,
    log: (level, message) => {
      if (level !== "debug") logs.push(`${level} ${message}`);
    },
    transport: simulator.transport,
  };
  const open = (more: object = {}): Connector =>
    connector.open(connector.config.parse({ baseUrl: simulator.url, apiToken: simulator.apiToken, ...more }), using);
  return { simulator, ids, logs, clock, open };
};
