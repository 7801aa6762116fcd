import type { Clock, ConnectorKind } from "../core/connector.ts";
import type { Fn, Message, Resource } from "../core/resource.ts";
import { readApprovals } from "./approval.ts";
import { checkConfig, type Env, settingsOf } from "./config.ts";
import { openJournal } from "./journal.ts";
import { openRunFolder, type Parent } from "./run-folder.ts";
import { openSession } from "./session.ts";
import type { Provider } from "./verbs.ts";
import { openWalk } from "./walk.ts";

export interface ProviderDeps {
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly functions: readonly Fn[];
  readonly connectors: readonly ConnectorKind[];
  readonly env: Env;
  readonly parent: Parent;
  readonly clock: Clock;
  readonly pid: number;
  readonly log: (message: Message) => void;
  /** SEATWISE_HOME, or null where none can be written. */
  readonly home: string | null;
  /** Told when a session opens, so that requests can be shown. */
  readonly onWalk?: (requests: () => number) => void;
}

/** The whole provider, knowing neither protocol. */
export const createProvider = (deps: ProviderDeps): Provider => ({
  version: deps.version,
  checkConfig: (config) => checkConfig(config, deps.connectors, deps.env),
  configure(config) {
    const settings = settingsOf(config, deps.connectors, deps.env);
    const walk = openWalk({ settings, clock: deps.clock, log: deps.log });
    deps.onWalk?.(walk.requests);
    return openSession({
      settings,
      walk,
      resources: deps.resources,
      functions: deps.functions,
      run: openRunFolder(deps.home, deps.parent),
      journal: openJournal(deps.home),
      approvals: readApprovals(deps.env("SEATWISE_APPROVED")),
      parent: deps.parent,
      clock: deps.clock,
      pid: deps.pid,
    });
  },
});
