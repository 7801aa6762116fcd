import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realmOf } from "../../connectors/keycloak/seed.ts";
import { type KeycloakSimulator, startKeycloakSimulator } from "../../connectors/keycloak/simulator.ts";
import { seedScim } from "../../connectors/scim/hands.ts";
import { type ScimSimulator, startScimSimulator } from "../../connectors/scim/simulator.ts";
import {
  addresses,
  allBlocks,
  blocksOf,
  elsewhere,
  type HclBlock,
  pages,
  programOf,
  unmarked,
} from "./hcl-programs.ts";
import { terraformCli } from "./terraform-cli.ts";
import { repository, toolPath } from "./tool-path.ts";

// Every HCL program that a page shows is planned with the real terraform and the built provider: a reader will paste it.
// Development overrides need no `init`, so a program costs one command: a plan validates first.

jest.setTimeout(600_000);

const clientSecret = "canary-docs-client-91c2";
const token = "canary-docs-token-55aa";
const person = (login: string, department: string, groups: readonly string[], title = "Lead") => ({
  login,
  email: `${login}@acme.test`,
  attributes: { department, title },
  groups: [...groups],
});
const people = [
  person("ada", "Sales", ["sig-release"]),
  person("bob", "Support", ["support"]),
  person("cy", "Marketing", ["design"], "Designer"),
];
const groups = ["sig-release", "support", "design", "contractors", "vpn-full", "vpn-standard"];

let folder = "";
let keycloak: KeycloakSimulator;
let scim: ScimSimulator;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "seatwise-hcl-"));
  const company = { people, groups: groups.map((name) => ({ name })) };
  const realmRoles = ["design-full", "design-light"];
  keycloak = await startKeycloakSimulator({ realms: [realmOf(company, { clientSecret, realmRoles })] });
  scim = await startScimSimulator({ token });
  const accounts = people.map(({ login, email }) => ({ login, email }));
  await seedScim({ baseUrl: scim.baseUrl, token }, { people: accounts, groups: [{ name: "crm-users", members: [] }] });
});
afterAll(async () => {
  await Promise.all([keycloak.stop(), scim.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const secrets = {
  SEATWISE_PEOPLE_CLIENT_SECRET: clientSecret,
  SEATWISE_CRM_TOKEN: token,
  SEATWISE_ACME_CLIENT_SECRET: clientSecret,
  SEATWISE_ACME_TOKEN: token,
  TF_VAR_crm_token: token,
};

interface Planned {
  readonly page: string;
  readonly code: number | null;
  readonly text: string;
  /** What the program declares and its plan does not name. */
  readonly missing: readonly string[];
}
/** 0 and 2 are plans: without and with something to do. */
const plan = async (block: HclBlock, at: number): Promise<Planned> => {
  const cwd = join(folder, `program-${at}`);
  mkdirSync(cwd);
  const program = programOf(block)
    .replaceAll("https://id.example", keycloak.url)
    .replaceAll("https://crm.example/scim/v2", scim.baseUrl);
  writeFileSync(join(cwd, "main.tf"), program);
  const overrides = { "seatwise/seatwise": toolPath("terraform", "build") };
  const cli = terraformCli({ cwd, home: join(folder, `home-${at}`), providers: { overrides }, env: secrets });
  const { code, stdout, stderr } = elsewhere(program) ? await cli.validate() : await cli.plan();
  const text = stdout + stderr;
  const imported = !/^import \{/m.test(block.text) || / 1 to import,/.test(text);
  const missing = elsewhere(program) ? [] : addresses(program).filter((address) => !text.includes(address));
  return { page: block.page, code, text, missing: imported ? missing : [...missing, "the import"] };
};

/** Two at once: the machines have two cores. */
const planAll = async (blocks: readonly HclBlock[]): Promise<readonly Planned[]> => {
  const done: Planned[] = [];
  const waiting = [...blocks.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) done.push(await plan(next[1], next[0]));
  };
  await Promise.all([work(), work()]);
  return done;
};

const license = (line: string): string => `resource "seatwise_license" "crm" {\n  name = "crm"\n${line}\n}\n`;
const wrong = [
  { page: "wrong name", text: license('  connection_name = "crm"\n  skew = "x"') },
  { page: "reserved name", text: license('  connection = "crm"\n  sku = "group:crm-users"') },
  { page: "no such SKU", text: license('  connection_name = "crm"\n  sku = "group:nobody"') },
  {
    page: "no such rule",
    text: 'resource "seatwise_assignment_rule" "x" {\n  name = "x"\n  when = "user.nope == 1"\n}\n',
  },
  { page: "no program", text: 'resource "seatwise_license" {' },
].map((one) => ({ ...one, first: "" }));

test("every HCL program on every page is planned, and wrong ones would not be", async () => {
  const blocks = allBlocks();
  const done = await planAll([...blocks, ...wrong]);
  const isWrong = ({ page }: Planned): boolean => wrong.some((one) => one.page === page);
  const failed = done.filter((one) => !isWrong(one) && (one.code === 1 || one.code === null || one.missing.length > 0));
  expect(failed.map(({ page, text, missing }) => `${page} ${missing}\n${text}`)).toEqual([]);
  expect(done.filter((one) => isWrong(one) && one.code !== 1).map(({ page }) => page)).toEqual([]);
  expect(done.filter(({ text }) => /Check block assertion failed|canary/.test(text)).map(({ page }) => page)).toEqual(
    [],
  );

  const counted = pages().flatMap(
    (page) => readFileSync(join(repository(), page), "utf8").match(/^ *```(terraform|hcl|tf)$/gm) ?? [],
  );
  expect(done.filter((one) => !isWrong(one))).toHaveLength(counted.length);
  const pool = done.filter(({ page }) => page === "docs/resources/seat_pool.md").map(({ text }) => text);
  expect(pool.join("")).toMatch(/ada@?\S* gains a seat/);
  expect(keycloak.bugs.concat(scim.bugs)).toEqual([]);
});

test("every program is formatted as `terraform fmt` does it, and an unformatted one would be found", async () => {
  const cwd = join(folder, "format");
  mkdirSync(cwd);
  const file = (name: string) => `${name.replaceAll(/\W/g, "-")}.tf`;
  for (const [i, { page, text }] of allBlocks().entries()) writeFileSync(join(cwd, file(`${page}-${i}`)), text);
  writeFileSync(join(cwd, file("unformatted")), "locals {\n  a = 1\n  bcd = 2\n}\n");
  const cli = terraformCli({ cwd, home: join(folder, "home-format") });
  const { stdout, code } = await cli.run("fmt", { args: ["-check", "-diff"] });
  expect(code).toBe(3);
  expect(stdout.split("\n").filter((line) => line.endsWith(".tf") && !/^(---|\+\+\+)/.test(line))).toEqual([
    "unformatted.tf",
  ]);
});

describe("the scan", () => {
  test("sees the pages of the Registry, the README and what is written by hand", () => {
    const kinds = ["docs/index.md", "docs/resources/seat_pool.md", "docs/functions/matches.md", "docs/terraform.md"];
    expect(allBlocks().map(({ page }) => page)).toEqual(expect.arrayContaining([...kinds, "README.md"]));
  });
  test("finds no HCL in a block that does not say so, and would find it", () => {
    const text = (page: string) => readFileSync(join(repository(), page), "utf8");
    expect(pages().flatMap((page) => unmarked(text(page)).map((block) => `${page}: ${block}`))).toEqual([]);
    expect(unmarked('```\nresource "a" "b" {\n}\n```\n')).toHaveLength(1);
    expect(unmarked("```sh\nterraform import a b\n```\n")).toEqual([]);
  });
  test("puts an import below the page's first program, and leaves a whole program alone", () => {
    const [program, imported] = blocksOf(
      "p",
      '```terraform\nresource "a" "b" {\n}\n```\n\n```terraform\nimport {\n  to = a.b\n  id = "x"\n}\n```\n',
    );
    expect(program && programOf(program)).not.toContain("import {");
    expect(imported && programOf(imported)).toMatch(/resource "a" "b"[\s\S]*import \{/);
  });
});
