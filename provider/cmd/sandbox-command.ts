import { Problem } from "../core/problem.ts";
import { inventCompany } from "../testing/company.ts";
import { readRoster } from "../testing/roster.ts";
import { accountBy, startSandbox } from "../testing/sandbox.ts";
import { startControl } from "../testing/sandbox-control.ts";

export interface SandboxCommand {
  /** 0: any free ports. */
  readonly port: number;
  readonly seed: number;
  readonly size?: number;
  /** A file with people. */
  readonly roster?: string;
}
export interface Serving {
  /** How to connect, for a person who reads and copies. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

const clientSecret = "sandbox-client-secret";
const token = "sandbox-scim-token";

const taken = (error: unknown, port: number): unknown =>
  error instanceof Error && "code" in error && error.code === "EADDRINUSE"
    ? new Problem("conflict", `a port of ${port} to ${port + 2} is in use`, {
        hint: "Choose another with --port, or --port 0 for any free ones.",
      })
    : error;

const providerBlock = (
  keycloak: string,
  realm: string,
  crm: { readonly baseUrl: string; readonly account?: string },
): readonly string[] => [
  '  provider "seatwise" {',
  '    directory = "people"',
  "    connections = {",
  `      people = { keycloak = { base_url = "${keycloak}", realm = "${realm}" } }`,
  `      crm    = { scim = { base_url = "${crm.baseUrl}"${crm.account ? `, account = "${crm.account}"` : ""} } }`,
  "    }",
  "  }",
];

export const serveSandbox = async ({ port, seed, size, roster }: SandboxCommand): Promise<Serving> => {
  const company = roster === undefined ? inventCompany(seed, size) : readRoster(roster);
  const licensed = ["vpn-full", "vpn-standard"].filter((name) => company.groups.every((group) => group.name !== name));
  const sandbox = await startSandbox({
    company: { ...company, groups: [...company.groups, ...licensed.map((name) => ({ name }))] },
    clientSecret,
    token,
    vendor: { people: [], groups: [{ name: "crm-users", members: [] }] },
    seed,
    ports: port === 0 ? { keycloak: 0, scim: 0 } : { keycloak: port, scim: port + 1 },
  }).catch((error: unknown) => Promise.reject(taken(error, port)));
  const control = await startControl(sandbox, port === 0 ? 0 : port + 2).catch(async (error: unknown) => {
    await sandbox.stop();
    throw taken(error, port);
  });
  const { keycloak, scim, realm } = sandbox;
  const crm = { baseUrl: scim.baseUrl, ...(accountBy(company) === "login" ? { account: "user.login" } : {}) };
  const connections = { people: { keycloak: { baseUrl: keycloak.url, realm } }, crm: { scim: crm } };
  const lines = [
    `Keycloak (simulated)      ${keycloak.url}   realm ${realm}, ${company.people.length} people, ${company.groups.length} groups; administrator admin, password admin`,
    `SCIM service (simulated)  ${scim.baseUrl}   the same people by ${accountBy(company)}, group crm-users`,
    `control                   ${control.url}   see seatwise sandbox --help`,
    "",
    "In a Pulumi project:",
    "  pulumi config set seatwise:directory people",
    `  pulumi config set seatwise:connections '${JSON.stringify(connections)}'`,
    "In a Terraform program:",
    ...providerBlock(keycloak.url, realm, crm),
    "For both:",
    `  export SEATWISE_PEOPLE_CLIENT_SECRET=${clientSecret} SEATWISE_CRM_TOKEN=${token}`,
    "",
    "Ctrl-C ends it; nothing is kept.",
  ];
  return { lines, stop: async () => void (await Promise.all([control.stop(), sandbox.stop()])) };
};
