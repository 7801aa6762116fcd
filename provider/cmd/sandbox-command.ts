import { Problem } from "../core/problem.ts";
import { inventEnterprise } from "../testing/enterprise.ts";
import { enterpriseOf } from "../testing/enterprise-roster.ts";
import { readRoster } from "../testing/roster.ts";
import { environmentLines, pulumiLines, terraformLines } from "../testing/sandbox-connect.ts";
import { startControl } from "../testing/sandbox-control.ts";
import { chosenSystems, controlPlace, isTaken, type Systems, startSystems } from "../testing/sandbox-systems.ts";

export interface SandboxCommand {
  /** 0: any free ports. */
  readonly port: number;
  readonly seed: number;
  readonly size?: number;
  /** A file with people. */
  readonly roster?: string;
  /** Names of systems, separated by commas. Default: all. */
  readonly systems?: string;
}
export interface Serving {
  /** How to connect, for a person who reads and copies. */
  readonly lines: readonly string[];
  readonly control: string;
  readonly sandbox: Systems;
  stop(): Promise<void>;
}

const taken = (error: unknown, port: number): unknown =>
  isTaken(error)
    ? new Problem("conflict", `port ${port} for the control endpoint is in use`, {
        hint: "Choose another with --port, or --port 0 for any free ones.",
      })
    : error;

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
const listing = ({ systems, company }: Systems, control: string): readonly string[] => {
  const all = [...systems.map(({ title }) => title), "control"];
  const width = Math.max(...all.map((title) => title.length)) + " (simulated)".length;
  const row = (title: string, text: string): string => `${title.padEnd(width)}  ${text}`;
  const blank = " ".repeat(width + 2);
  return [
    `${company.name}: ${company.people.length} people, ${company.groups.length} groups, in every system as far as it can show them.`,
    "",
    ...systems.flatMap(({ title, connection, simulator, shows }) => [
      row(`${title} (simulated)`, typeof connection.baseUrl === "string" ? connection.baseUrl : simulator.url),
      ...shows.map((line) => blank + line),
    ]),
    row("control", `${control}   a page for browsers; see seatwise sandbox --help`),
    "",
    "In a Pulumi project:",
    ...indented(pulumiLines(systems)),
    "In a Terraform program:",
    ...indented(terraformLines(systems)),
    "For both:",
    ...indented(environmentLines(systems, control)),
    "",
    "Ctrl-C ends it; nothing is kept.",
  ];
};

export const serveSandbox = async (asked: SandboxCommand): Promise<Serving> => {
  const { port, seed, size, roster } = asked;
  const names = chosenSystems(asked.systems);
  const now = Date.now();
  const company =
    roster === undefined
      ? inventEnterprise({ seed, now, ...(size === undefined ? {} : { people: size }) })
      : enterpriseOf(readRoster(roster), now);
  const sandbox = await startSystems({ company, names, seed, port });
  const at = port === 0 ? 0 : port + controlPlace;
  const control = await startControl(sandbox, at).catch(async (error: unknown) => {
    await sandbox.stop();
    throw taken(error, at);
  });
  return {
    lines: listing(sandbox, control.url),
    control: control.url,
    sandbox,
    stop: async () => void (await Promise.all([control.stop(), sandbox.stop()])),
  };
};
