import { parseArgs } from "node:util";
import { Problem, sentence } from "../core/problem.ts";
import { homePath } from "./provider.ts";
import { version } from "./version.ts";

const help = `seatwise: software licenses, seat pools and assignment rules as infrastructure

  seatwise sandbox [--systems NAME,…] [--people N|FILE] [--seed 1] [--port 8080]
  seatwise check FILE|- [--approve OUT]
  seatwise doctor FILE|- [--read-only] [--json]
  seatwise version

seatwise check reads the output of \`pulumi preview --json\`, or of \`terraform show -json PLANFILE\`, and prints who
gains, loses, moves or waits, seats and cost.
Exit code 0: nothing to do, 1: an error or a refused plan, 2: something changes.
  --approve  also write the plans that the last preview on this machine made, for an apply on another one:
             there, SEATWISE_APPROVED names the file, and an up or apply does these steps and no other

seatwise doctor reads the provider's configuration as JSON (\`pulumi config get seatwise:connections\`, or
{"directory", "connections"}), asks each system whether the credentials work, and compares the rights they have with
those that are needed. Secrets are the environment's, as the provider takes them. It writes nothing anywhere.
Exit code 0: all is well, 1: an error or a right is missing, 2: there are more rights than needed.
  --read-only  only what planning needs: rights to write are surplus
  --json       the same as JSON

seatwise sandbox serves simulated systems with one invented company in all of them, until Ctrl-C, and prints how to
connect. Nothing is kept.
  --systems  which ones, such as entra,github; default: all there are
  --people   how many people to invent (10,000), or a roster: JSON {"people": [{"login", "groups", …}], "groups":
             [{"name", "parent"}]} or CSV with the columns login, groups (separated by ";") and attributes
  --seed     another number invents another company
  --port     Keycloak's port; the SCIM service has the next one, the control endpoint the one after, then the others.
             0: any free ports
`;

const sandboxHelp = async (): Promise<string> => {
  const { controlHelp } = await import("../testing/sandbox-manual.ts");
  const { systemNames } = await import("../testing/sandbox-systems.ts");
  return `${help}
Systems: ${systemNames.join(", ")}.
The control endpoint (JSON; a page for browsers) does what no real system's API can:
${controlHelp}
`;
};

const number = (name: string, text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Problem("invalid", `--${name} is ${JSON.stringify(text)}, not a whole number`, {
    hint: "See seatwise --help.",
  });
};
const count = (name: string, text: string, most: number): number => {
  const value = number(name, text);
  if (value >= 1 && value <= most) return value;
  throw new Problem("invalid", `--${name} is ${text}, not a number from 1 to ${most}`, {
    hint: "See seatwise --help.",
  });
};

interface Flags {
  readonly help?: boolean | undefined;
  readonly port?: string | undefined;
  readonly people?: string | undefined;
  readonly seed?: string | undefined;
  readonly systems?: string | undefined;
  readonly approve?: string | undefined;
  readonly "read-only"?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const check = async (file: string, { approve }: Flags): Promise<void> => {
  const { runCheck } = await import("./check-command.ts");
  const { code, lines } = runCheck(
    { file, ...(approve === undefined ? {} : { approve }) },
    homePath((name) => process.env[name]),
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = code;
};

const doctor = async (file: string, flags: Flags): Promise<void> => {
  const { runDoctor } = await import("./doctor-command.ts");
  const { code, lines } = await runDoctor(
    { file, readOnly: flags["read-only"] === true, json: flags.json === true },
    (name) => process.env[name],
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = code;
};

const sandbox = async ({ port = "8080", people, seed = "1", systems }: Flags): Promise<void> => {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
  const { serveSandbox } = await import("./sandbox-command.ts");
  const roster = people !== undefined && !/^\d+$/.test(people);
  const { lines, stop } = await serveSandbox({
    port: number("port", port),
    seed: number("seed", seed),
    ...(people === undefined ? {} : roster ? { roster: people } : { size: count("people", people, 1_000_000) }),
    ...(systems === undefined ? {} : { systems }),
  });
  process.stdout.write(`${lines.join("\n")}\n`);
  await ended;
  await stop();
};

const run = async (words: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      port: { type: "string" },
      people: { type: "string" },
      seed: { type: "string" },
      systems: { type: "string" },
      approve: { type: "string" },
      "read-only": { type: "boolean" },
      json: { type: "boolean" },
    },
  });
  const [command, first, ...rest] = positionals;
  if (values.help && command === "sandbox") return void process.stdout.write(await sandboxHelp());
  if (values.help || command === undefined || command === "help") return void process.stdout.write(help);
  if (command === "version" && first === undefined) return void process.stdout.write(`${version}\n`);
  if (command === "check" && first !== undefined && rest.length === 0) return check(first, values);
  if (command === "doctor" && first !== undefined && rest.length === 0) return doctor(first, values);
  if (command === "sandbox" && first === undefined) return sandbox(values);
  throw new Problem("invalid", `there is no command ${JSON.stringify(positionals.join(" "))}`, {
    hint: "See seatwise --help.",
  });
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  const badFlag = error instanceof TypeError && "code" in error; // parseArgs
  if (!badFlag && !(error instanceof Problem)) throw error;
  const text = error instanceof Problem ? sentence(error) : `${error.message}. See seatwise --help.`;
  process.stderr.write(`seatwise: ${text}\n`);
  process.exitCode = 1;
}
