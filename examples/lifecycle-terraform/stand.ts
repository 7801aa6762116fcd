import { mkdtempSync } from "node:fs";
import { cp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompanyPerson } from "../../provider/connectors/keycloak/seed.ts";
import { type Ended, type TerraformCli, terraformCli } from "../../provider/testing/real/terraform-cli.ts";
import {
  type Attributes,
  changeOf,
  resourceIn,
  type TerraformPlan,
} from "../../provider/testing/real/terraform-json.ts";
import {
  block,
  copyMirror,
  raw,
  requiredProviders,
  writeProgram,
} from "../../provider/testing/real/terraform-project.ts";
import { openVendor, type Vendor } from "../lifecycle/vendor.ts";

export { person } from "../lifecycle/vendor.ts";

/** One pool of the program; `args` are its arguments besides name, license and rules. */
export interface PoolShape {
  readonly args?: Readonly<Record<string, unknown>>;
  /** Rules by name that it takes, in order. */
  readonly rules: readonly string[];
  /** `lifecycle` and `timeouts`, as text. */
  readonly nested?: readonly string[];
}
/** What the program declares; a test changes it between two commands as a person would edit the program. */
export interface Shape {
  readonly rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly pools: Readonly<Record<string, PoolShape>>;
  readonly sku?: string;
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Other blocks, as text. */
  readonly more?: string;
}

export const rule = { when: 'user.department == "eng"' };
export const eng: Shape = { rules: { eng: rule }, pools: { crm: { args: { allotment: 50 }, rules: ["eng"] } } };
/** The one pool with other arguments. */
export const engWith = (args: Readonly<Record<string, unknown>>, nested: readonly string[] = []): Shape => ({
  ...eng,
  pools: { crm: { args: { allotment: 50, ...args }, rules: ["eng"], nested } },
});
export const crm = "seatwise_seat_pool.crm";

const variables = `
variable "base_url" { type = string }
variable "client_secret" {
  type      = string
  ephemeral = true
}
`;
const connections = raw(
  '{ people = { keycloak = { base_url = var.base_url, realm = "acme", client_secret = var.client_secret } } }',
);
const commitments = [
  { quantity: 100, type: "flexible", price: { amount: "19.00", currency: "USD", per: "month" } },
] as const;

export const programOf = (shape: Shape): string =>
  [
    requiredProviders(),
    variables,
    block('provider "seatwise"', { directory: "people", connections, ...shape.provider }),
    block('resource "seatwise_license" "crm"', {
      name: "crm",
      connection_name: "people",
      sku: shape.sku ?? "group:crm-users",
      commitments,
    }),
    ...Object.entries(shape.rules).map(([name, args]) =>
      block(`resource "seatwise_assignment_rule" "${name}"`, { name, ...args }),
    ),
    ...Object.entries(shape.pools).map(([name, { args, rules, nested }]) =>
      block(
        `resource "seatwise_seat_pool" "${name}"`,
        {
          name,
          license: raw("seatwise_license.crm.ref"),
          rules: rules.map((r) => ({ claim: raw(`seatwise_assignment_rule.${r}.claim`) })),
          ...args,
        },
        nested,
      ),
    ),
    shape.more ?? "",
  ].join("\n");

export interface Stand extends Vendor {
  readonly cli: TerraformCli;
  readonly home: string;
  /** The program's folder. */
  readonly folder: string;
  /** Edits the program. */
  declare(shape: Shape): Promise<void>;
  /** Attributes of a pool in the state; undefined: it is not there. */
  pool(address?: string): Promise<Attributes | undefined>;
  isTainted(address?: string): Promise<boolean>;
  /** What `plan` would do, people by name; nothing is approved by it. Fails unless it ends with this code. */
  planned(code: 0 | 2, args?: readonly string[]): Promise<TerraformPlan>;
  /** Another folder with the same program and state, as a second checkout has it. */
  copy(env?: Readonly<Record<string, string>>): Promise<TerraformCli>;
}

/** `terraform init` is the same for all tests of a file: once, into a folder that they copy. */
let prepared: Promise<{ readonly folder: string; readonly mirror: string }> | null = null;
const prepare = async (): Promise<{ readonly folder: string; readonly mirror: string }> => {
  const base = mkdtempSync(join(tmpdir(), "seatwise-terraform-mirror-"));
  const mirror = copyMirror(join(base, "mirror"));
  const folder = join(base, "project");
  await writeProgram(folder, requiredProviders());
  const cli = terraformCli({ cwd: folder, home: join(base, "home"), providers: { mirror } });
  expectCode(await cli.init(), 0);
  return { folder, mirror };
};
afterAll(async () => {
  if (prepared) await rm(join((await prepared).folder, ".."), { recursive: true, force: true, maxRetries: 5 });
  prepared = null;
});

/** The folder's program and what `init` left there, with links to providers kept as links. */
const copyFolder = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, verbatimSymlinks: true });

/** The real terraform and the provider from a mirror, before the vendor. */
export const openStand = async (
  people: readonly CompanyPerson[],
  env: Readonly<Record<string, string>> = {},
): Promise<Stand> => {
  prepared ??= prepare();
  const { folder: template, mirror } = await prepared;
  const home = mkdtempSync(join(tmpdir(), "seatwise-lifecycle-"));
  const vendor = await openVendor(people);
  const folder = join(home, "project");
  await copyFolder(template, folder);
  const cli = terraformCli({
    cwd: folder,
    home: join(home, "cli"),
    providers: { mirror },
    env: { TF_VAR_client_secret: vendor.secret, ...env },
  });
  const resource = async (address: string) => resourceIn(await cli.showState(), address);
  return {
    ...vendor,
    cli,
    home,
    folder,
    declare: (shape) => writeProgram(folder, programOf(shape), { base_url: vendor.proxy.url }),
    pool: async (address = crm) => (await resource(address))?.values,
    isTainted: async (address = crm) => (await resource(address))?.tainted === true,
    planned: async (code, args = []) => {
      expectCode(await cli.plan({ args: ["-out=look.plan", ...args] }), code);
      return cli.showPlan("look.plan");
    },
    copy: async (over) => {
      const other = join(mkdtempSync(join(home, "other-")), "project");
      await copyFolder(folder, other);
      return cli.in(other, over);
    },
    stop: async () => {
      await vendor.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** Everything a command said on one line each, for `toMatch`: terraform wraps at 78 columns and draws a frame. */
export const said = ({ stdout, stderr }: Ended): string =>
  `${stdout}\n${stderr}`.replace(/^[│╷╵ ]+/gm, "").replace(/(?<=\S)\n(?=\S)/g, " ");

/** Fails with all that the command printed, unless it ended as expected. */
export const expectCode = (ended: Ended, code: number): Ended => {
  if (ended.code !== code)
    throw new Error(`expected exit ${code}, got ${ended.code ?? ended.signal}\n${ended.stdout}\n${ended.stderr}`);
  return ended;
};

/** People named under one kind of change. */
export const changesIn = (plan: TerraformPlan, kind: string, address = crm): readonly string[] => {
  const changes = changeOf(plan, address)?.after?.changes as Record<string, Record<string, string> | null> | undefined;
  return Object.keys(changes?.[kind] ?? {}).sort();
};

export const actionsOn = (plan: TerraformPlan, address = crm): string =>
  (changeOf(plan, address)?.actions ?? []).join(" ");

export const stateText = (stand: Stand): Promise<string> => readFile(join(stand.folder, "terraform.tfstate"), "utf8");
