import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompanyPerson } from "../../provider/connectors/keycloak/seed.ts";
import { diagnostics } from "../../provider/testing/real/engine-event.ts";
import { type Ended, type PulumiCli, pulumiCli, type RunOptions } from "../../provider/testing/real/pulumi-cli.ts";
import { writeProject } from "../../provider/testing/real/pulumi-project.ts";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { openVendor, type Vendor } from "./vendor.ts";

export { person } from "./vendor.ts";

/** One pool of the program; `args` are its inputs besides license and rules. */
export interface PoolShape {
  readonly args: Readonly<Record<string, unknown>>;
  /** Rules by name that it takes, in order. */
  readonly rules: readonly string[];
  /** Resource options as the program gives them. */
  readonly options?: Readonly<Record<string, unknown>>;
}
/** What the program declares; a test changes it between two commands as a person would edit the program. */
export interface Shape {
  readonly rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly pools: Readonly<Record<string, PoolShape>>;
  readonly sku?: string;
  readonly provider?: Readonly<Record<string, unknown>>;
  /** The rules' names come from a resource that does not exist yet: claims are unknown in a preview. */
  readonly late?: boolean;
}

/** Reads its shape from a file, so that one program serves all tests; otherwise as a user would write it. */
const program = `
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as seatwise from "@seatwise/pulumi";

const shape = JSON.parse(readFileSync(new URL("./shape.json", import.meta.url), "utf8"));
const secret = new pulumi.Config().requireSecret("clientSecret");
const provider = new seatwise.Provider("sw", {
  directory: "people",
  connections: { people: { keycloak: { baseUrl: shape.baseUrl, realm: "acme", clientSecret: secret } } },
  ...shape.provider,
});
const late = shape.late ? new seatwise.License("late", { connection: "people", sku: "group:late" }, { provider }).consumed.apply(() => undefined) : undefined;
const crm = new seatwise.License("crm", {
  connection: "people",
  sku: shape.sku ?? "group:crm-users",
  commitments: [{ quantity: 100, type: "flexible", price: { amount: "19.00", currency: "USD", per: "month" } }],
}, { provider });
const rules = Object.fromEntries(Object.entries(shape.rules).map(([name, args]) => [name, new seatwise.AssignmentRule(name, args, { provider })]));
const claimOf = (name) => (late ? late.apply(() => rules[name].claim) : rules[name].claim);
export const pools = Object.fromEntries(Object.entries(shape.pools).map(([name, pool]) => {
  const made = new seatwise.SeatPool(name, { license: crm.ref, rules: pool.rules.map((rule) => ({ claim: claimOf(rule) })), ...pool.args }, { provider, ...pool.options });
  return [name, { waiting: made.waiting, failed: made.failed, owned: made.owned, consumed: made.consumed, monthlyCost: made.monthlyCost }];
}));
`;

export const eng = {
  rules: { eng: { when: 'user.department == "eng"' } },
  pools: { crm: { args: { allotment: 50 }, rules: ["eng"] } },
};

export interface PoolState {
  readonly id: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

export interface Stand extends Vendor {
  readonly cli: PulumiCli;
  readonly home: string;
  /** Edits the program. */
  declare(shape: Shape): Promise<void>;
  pools(): Promise<readonly PoolState[]>;
}

/** The real CLI and the spawned plugin before a Keycloak simulator behind a proxy that counts, breaks and kills. */
export const openStand = async (
  people: readonly CompanyPerson[],
  env: Readonly<Record<string, string>> = {},
): Promise<Stand> => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-lifecycle-"));
  const vendor = await openVendor(people);
  const project = join(home, "project");
  await writeProject(project, {
    name: "lifecycle",
    program,
    plugins: { seatwise: join(repository(), "build/plugin") },
  });
  const cli = pulumiCli({ cwd: project, home: join(home, "cli"), env });
  await cli.init({}, { clientSecret: vendor.secret });
  return {
    ...vendor,
    cli,
    home,
    declare: (shape) => writeFile(join(project, "shape.json"), JSON.stringify({ baseUrl: vendor.proxy.url, ...shape })),
    pools: async () => {
      const state = (await cli.state()) as { deployment?: { resources?: (PoolState & { type: string })[] } };
      return (state.deployment?.resources ?? []).filter((r) => r.type === "seatwise:index:SeatPool");
    },
    stop: async () => {
      await vendor.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** Everything a command said, for `toMatch`. */
export const said = (ended: Ended): string =>
  [...diagnostics(ended.events).map((d) => d.message), ended.stdout, ended.stderr].join("\n");

/** Fails with all that the command printed, unless it ended as expected. */
export const expectCode = (ended: Ended, code: number): Ended => {
  if (ended.code !== code) throw new Error(`expected exit ${code}, got ${ended.code ?? ended.signal}\n${said(ended)}`);
  return ended;
};

export const quiet: RunOptions = { args: ["--suppress-outputs"] };
export const noChanges: RunOptions = { args: ["--suppress-outputs", "--expect-no-changes"] };

/** People named under one kind of change by the step of this pool. */
export const changesIn = (ended: Ended, kind: string, name = "crm"): readonly string[] => {
  const steps = ended.events.flatMap((e) => e.resourcePreEvent ?? []);
  const step = steps.findLast(
    (s) => s.metadata.urn.endsWith(`SeatPool::${name}`) && s.metadata.op !== "refresh",
  )?.metadata;
  const changes = step?.new?.inputs.changes as Record<string, Record<string, string>> | undefined;
  return Object.keys(changes?.[kind] ?? {});
};
