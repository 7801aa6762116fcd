import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../connectors/catalogue.ts";
import { systemClock } from "../connectors/http/clock.ts";
import type { Message } from "../core/resource.ts";
import { createProvider, type ProviderDeps } from "../engine/provider.ts";
import type { Parent } from "../engine/run-folder.ts";
import type { Provider } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";
import { parentOf } from "./parent.ts";
import { version } from "./version.ts";

export interface MakeWith {
  readonly env: (name: string) => string | undefined;
  readonly log: (message: Message) => void;
  readonly parent?: Parent;
  /** Default: the process's own. */
  readonly pid?: number;
  readonly savedPlans?: ProviderDeps["savedPlans"];
  readonly onWalk?: (requests: () => number) => void;
}

/** SEATWISE_HOME, else a folder in the user's state directory. */
export const homePath = (env: MakeWith["env"]): string =>
  env("SEATWISE_HOME") ?? join(env("XDG_STATE_HOME") ?? join(homedir(), ".local", "state"), "seatwise");

/** null where it cannot be written. */
const homeOf = (env: MakeWith["env"], log: MakeWith["log"]): string | null => {
  const home = homePath(env);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return home;
  } catch {
    log({
      level: "warning",
      text: `${home} cannot be written: plans are made anew at apply, and a killed run forgets which seats it wrote. Set SEATWISE_HOME to a folder that is kept.`,
    });
    return null;
  }
};

/** The provider as the plug-ins and the CLI run it. */
export const makeProvider = ({
  env,
  log,
  parent = parentOf(),
  pid = process.pid,
  savedPlans,
  onWalk,
}: MakeWith): Provider =>
  createProvider({
    version,
    resources,
    functions,
    connectors: catalogue,
    env,
    parent,
    clock: systemClock,
    pid,
    ...(savedPlans ? { savedPlans } : {}),
    log,
    home: homeOf(env, log),
    ...(onWalk ? { onWalk } : {}),
  });
