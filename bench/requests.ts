import { openAdmin } from "../provider/connectors/keycloak/admin.ts";
import { openBench } from "./cli.ts";
import { atMost, type Row } from "./row.ts";
import { type Served, startSimulatorProcess } from "./simulator.ts";

const seats = 10_000;
const drifted = seats / 100;
/** Keycloak refuses no size; above these it gets slower by the page (one full page of 20,000: 73 s). */
const page = { full: 1000, brief: 2000 };
/** Users, members of the one group that the rule reads, seats; a token and one more. */
const limit = Math.ceil(seats / page.full) + 2 * Math.ceil(seats / page.brief) + 2;
/** Keycloak has no request that changes two memberships. */
const batch = 1;

const kinds = (log: readonly Served[]): string => {
  const counts = new Map<string, number>();
  for (const { method, path } of log) {
    const kind = `${method} ${path
      .replace(/\?.*/, "")
      .replace(/[0-9a-f-]{36}/g, "…")
      .replace("/admin/realms/acme", "")}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, n]) => `${n} ${kind}`).join(", ");
};

/** What reaches a Keycloak that is both directory and vendor, counted there. */
export async function rows(): Promise<Row[]> {
  const simulator = await startSimulatorProcess({ people: seats, pools: [seats] });
  const bench = await openBench(simulator.url);
  const counted = async (command: "preview" | "up", args: readonly string[]): Promise<number> => {
    await simulator.reset();
    await bench.run(command, args);
    const log = await simulator.log();
    const failed = log.filter(({ status }) => status >= 400);
    if (failed.length > 0) throw new Error(`refused: ${kinds(failed)}`);
    console.log(`      ${command}: ${kinds(log)}`);
    return log.length;
  };
  try {
    await bench.declare({ size: seats, when: `"team-${seats}" in user.groups`, parts: "pool", allotment: seats });
    await bench.run("up", ["--skip-preview"]);
    const quiet = await counted("preview", ["--expect-no-changes"]);
    const admin = openAdmin(simulator.url, { adminUser: "admin", adminPassword: "admin", realm: "acme" });
    for (let i = 0; i < drifted; i++) await admin.leave(`person-${String(i * 97).padStart(6, "0")}`, `seats-${seats}`);
    const repair = await counted("up", ["--skip-preview"]);
    const after = await admin.members(`seats-${seats}`);
    if (after.length !== seats) throw new Error(`repaired, but ${after.length} hold a seat`);
    return [
      atMost("requests/no-change-10k", quiet, limit, "requests of a preview"),
      atMost(
        "requests/drift-1pc-10k",
        repair,
        limit + drifted / batch,
        `requests of an up that gives ${drifted} seats back`,
      ),
    ];
  } finally {
    await bench.stop();
    await simulator.stop();
  }
}
