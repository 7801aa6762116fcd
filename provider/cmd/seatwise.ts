import { parseArgs } from "node:util";
import { Problem, sentence } from "../core/problem.ts";
import { controlHelp } from "../testing/sandbox-control.ts";
import { runCheck } from "./check-command.ts";
import { homePath } from "./provider.ts";
import { type SandboxCommand, serveSandbox } from "./sandbox-command.ts";
import { version } from "./version.ts";

const help = `seatwise: software licenses, seat pools and assignment rules as infrastructure

  seatwise sandbox [--port 8080] [--people N|FILE] [--seed 1]
  seatwise check FILE|- [--approve OUT]
  seatwise version

seatwise check reads the output of \`pulumi preview --json\`, or of \`terraform show -json PLANFILE\`, and prints who
gains, loses, moves or waits, seats and cost.
Exit code 0: nothing to do, 1: an error or a refused plan, 2: something changes.
  --approve  also write the plans that the last preview on this machine made, for an apply on another one:
             there, SEATWISE_APPROVED names the file, and an up or apply does these steps and no other

seatwise sandbox serves a simulated Keycloak and a simulated SCIM service with one company in both, until Ctrl-C,
and prints how to connect. Nothing is kept.
  --port     Keycloak's port; the SCIM service has the next one, the control endpoint the one after. 0: any free ports
  --people   how many people to invent, or a roster: JSON {"people": [{"login", "groups", …}], "groups": [{"name",
             "parent"}]} or CSV with the columns login, groups (separated by ";") and attributes
  --seed     another number invents another company

The control endpoint (JSON) does what no real system's API can:
${controlHelp}
`;

const number = (name: string, text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Problem("invalid", `--${name} is ${JSON.stringify(text)}, not a whole number`, {
    hint: "See seatwise --help.",
  });
};

interface Flags {
  readonly port?: string | undefined;
  readonly people?: string | undefined;
  readonly seed?: string | undefined;
}
const sandbox = ({ port = "8080", people, seed = "1" }: Flags): SandboxCommand => ({
  port: number("port", port),
  seed: number("seed", seed),
  ...(people === undefined ? {} : /^\d+$/.test(people) ? { size: number("people", people) } : { roster: people }),
});

const run = async (words: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      port: { type: "string" },
      people: { type: "string" },
      seed: { type: "string" },
      approve: { type: "string" },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === "help") return void process.stdout.write(help);
  if (command === "version" && rest.length === 0) return void process.stdout.write(`${version}\n`);
  if (command === "check" && rest[0] !== undefined && rest.length === 1) {
    const approve = values.approve === undefined ? {} : { approve: values.approve };
    const { code, lines } = runCheck(
      { file: rest[0], ...approve },
      homePath((name) => process.env[name]),
    );
    process.stdout.write(`${lines.join("\n")}\n`);
    process.exitCode = code;
    return;
  }
  if (command !== "sandbox" || rest.length > 0)
    throw new Problem("invalid", `there is no command ${JSON.stringify(positionals.join(" "))}`, {
      hint: "See seatwise --help.",
    });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
  const { lines, stop } = await serveSandbox(sandbox(values));
  process.stdout.write(`${lines.join("\n")}\n`);
  await ended;
  await stop();
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
