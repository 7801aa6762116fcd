import { openAdmin } from "../provider/connectors/keycloak/admin.ts";
import { type CompanyPerson, realmOf } from "../provider/connectors/keycloak/seed.ts";
import { startFaultProxy } from "../provider/testing/fault-proxy.ts";
import { startKeycloak } from "../provider/testing/real/keycloak.ts";
import { atMost, type Row } from "./row.ts";
import { secret } from "./simulator.ts";
import { openTerraformBench } from "./terraform-stand.ts";

const seats = Number(process.env.BENCH_SEATS ?? 10_000);
const drifted = seats / 100;
const atOnce = 16;

const person = (_: unknown, i: number): CompanyPerson => {
  const login = `person-${String(i).padStart(6, "0")}`;
  return {
    login,
    email: `${login}@acme.test`,
    firstName: "Ada",
    lastName: `Person ${i}`,
    attributes: { department: "Sales" },
  };
};

interface Work {
  readonly url: string;
  readonly group: string;
  readonly users: readonly string[];
}
/** What somebody in a hurry would write: all ids at hand, as many writes at once as a server bears, no question asked. */
const minimalScript = async ({ url, group, users }: Work): Promise<void> => {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "seatwise", client_secret: secret });
  const token = async (): Promise<string> => {
    const reply = await fetch(`${url}/realms/acme/protocol/openid-connect/token`, { method: "POST", body: form });
    return ((await reply.json()) as { access_token: string }).access_token;
  };
  const rest = [...users];
  let bearer = await token();
  let until = Date.now() + 30_000;
  const worker = async (): Promise<void> => {
    for (let user = rest.pop(); user !== undefined; user = rest.pop()) {
      if (Date.now() > until) {
        until = Date.now() + 30_000;
        bearer = await token();
      }
      const path = `${url}/admin/realms/acme/users/${user}/groups/${group}`;
      const reply = await fetch(path, { method: "PUT", headers: { authorization: `Bearer ${bearer}` } });
      await reply.arrayBuffer();
      if (reply.status !== 204) throw new Error(`PUT ${path}: ${reply.status}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

/** The same 10,000 people into a group of a real Keycloak, by a script and by Terraform, through the same counting proxy. */
export async function rows(): Promise<Row[]> {
  const keycloak = await startKeycloak();
  const proxy = await startFaultProxy(keycloak.url);
  const bench = await openTerraformBench({ url: proxy.url });
  const admin = openAdmin(keycloak.url, { ...keycloak, realm: "acme" });
  const timed = async (what: string, work: () => Promise<unknown>): Promise<{ seconds: number; requests: number }> => {
    proxy.reset();
    const from = performance.now();
    await work();
    const cost = { seconds: (performance.now() - from) / 1000, requests: proxy.passed.length };
    console.log(`      ${what.padEnd(20)} ${cost.seconds.toFixed(1)} s, ${cost.requests} requests`);
    return cost;
  };
  try {
    const groups = ["script", "terraform"].map((name) => ({ name }));
    const people = Array.from({ length: seats }, person);
    await admin.replaceRealm(
      realmOf({ people, groups }, { clientSecret: secret }) as Readonly<Record<string, unknown>>,
    );
    const users = (
      (await admin.ask("GET", `/users?briefRepresentation=true&max=${seats}`)).body as { id: string }[]
    ).map(({ id }) => id);
    const group = await admin.groupId("script");
    await minimalScript({ url: keycloak.url, group, users: users.slice(0, 500) }); // the server warms up
    const script = await timed("a minimal script", () => minimalScript({ url: proxy.url, group, users }));
    await bench.declare([{ name: "all", group: "terraform", when: 'user.department == "Sales"', allotment: seats }]);
    const ours = await timed("terraform apply", () => bench.apply());
    const held = (await admin.members("terraform")).length;
    if (held !== seats) throw new Error(`${held} of ${seats} hold a seat after the apply`);
    for (let i = 0; i < drifted; i++) await admin.leave(`person-${String(i * 97).padStart(6, "0")}`, "terraform");
    const repair = await timed("plan + apply of 1 %", () => bench.planAndApply());
    const after = (await admin.members("terraform")).length;
    if (after !== seats) throw new Error(`repaired, but ${after} hold a seat`);
    return [
      atMost(
        "terraform/first-apply-10k",
        ours.seconds / script.seconds,
        3,
        `x the time of a minimal script (ours: ${ours.seconds.toFixed(1)} s)`,
      ),
      atMost(
        "terraform/first-apply-10k-requests",
        ours.requests / script.requests,
        3,
        `x the requests of a minimal script (ours: ${ours.requests})`,
      ),
      atMost("terraform/drift-1pc-10k", repair.seconds, 15, "seconds for plan and apply"),
    ];
  } finally {
    await bench.stop();
    await proxy.stop();
    await keycloak.stop();
  }
}
