import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Message } from "../core/resource.ts";
import type { Provider } from "../engine/verbs.ts";
import { endWithEngine } from "../frontends/pulumi/process.ts";
import { type Serving, serve } from "../frontends/pulumi/server.ts";
import { parentOf } from "./parent.ts";
import { isRefresh, wordsOf } from "./pulumi-command.ts";
import { version } from "./version.ts";

/** What a plugin writes to stderr stands in the command's output: a developer's lines only when asked for. */
const debugging = Boolean(process.env.SEATWISE_DEBUG);
const debug = (line: string): void => {
  if (debugging) process.stderr.write(`${line}\n`);
};

/** Beside the bundle; in the repository at its root. */
const schema = (): string => {
  const places = ["./schema.json", "../../schema.json"].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`the package schema is missing: ${places.join(" and ")} do not exist`);
  return readFileSync(found, "utf8");
};

let serving: Serving | null = null;
const early: Message[] = [];
const log = (message: Message): void => {
  if (serving) serving.say(message);
  else early.push(message);
};

/** A promise that nobody awaited failed: said aloud, but no reason to leave an apply half-way. */
process.on("unhandledRejection", (reason) => {
  log({
    level: "error",
    text: `A bug in Seatwise: ${reason instanceof Error ? reason.message : String(reason)}. Please report it.`,
  });
  debug(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
});

// The engine's address is the last argument, after flags of its own; `pulumi package get-schema` gives one too.
const address = process.argv.slice(2).findLast((word) => /^[^-].*:\d+$/.test(word)) ?? null;
const parent = parentOf(); // now: later it may be gone, and we another's child
// Rules, planner and connectors are read when a configuration comes: of two providers of a command, one gets none.
let provider: Promise<Provider> | null = null;
const load = (): Promise<Provider> => {
  provider ??= import("./provider.ts").then(({ makeProvider }) =>
    makeProvider({ env: (name) => process.env[name], log, parent }),
  );
  return provider;
};
const late = { version, load };
serving = await serve(late, {
  schema,
  engineAddress: address,
  debug,
  mayDelete: () => !isRefresh(wordsOf(process.ppid)),
});
early.forEach(log);
endWithEngine(serving, {
  parent: () => process.ppid,
  on: (signal, act) => process.on(signal, act),
  exit: (code) => process.exit(code),
});
process.stdout.write(`${serving.port}\n`);
