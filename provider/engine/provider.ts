import type { Clock, ConnectorKind } from "../core/connector.ts";
import { Problem } from "../core/problem.ts";
import type { Ctx, Fn, Message, Resource } from "../core/resource.ts";
import { readApprovals } from "./approval.ts";
import { noCache, openCacheFolder } from "./cache-folder.ts";
import { checkConfig, type Env, settingsOf } from "./config.ts";
import { callFunction, complete, deeperProblems, resourceOf } from "./definitions.ts";
import { betweenPhases, betweenPlans } from "./hand-over.ts";
import { problemsOf } from "./inputs.ts";
import { openJournal } from "./journal.ts";
import { openPlanFolder } from "./plan-folder.ts";
import { openRecordFolder } from "./record-folder.ts";
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
  /** Tells this process from the others of a run; from all others where plans are saved. */
  readonly pid: number;
  /** Where the program stands, for an engine that saves plans and plans again before it applies them (Terraform). */
  readonly savedPlans?: { readonly place: string };
  readonly log: (message: Message) => void;
  /** SEATWISE_HOME, or null where none can be written. */
  readonly home: string | null;
  /** Told when a session opens, so that requests can be shown. */
  readonly onWalk?: (requests: () => number) => void;
}

/** The whole provider, knowing neither protocol. */
export const createProvider = (deps: ProviderDeps): Provider => {
  const run = openRunFolder(deps.home, deps.parent);
  const engine = `${deps.parent.pid}-${deps.parent.started}`;
  const { savedPlans, pid, clock } = deps;
  let configured = false;
  const configure: Provider["configure"] = (config) => {
    configured = true;
    const settings = settingsOf(config, deps.connectors, deps.env);
    const caches = deps.env("SEATWISE_CACHE") === "off" ? noCache : openCacheFolder(deps.home, clock.now);
    const walk = openWalk({ settings, clock, log: deps.log, caches });
    deps.onWalk?.(walk.requests);
    const approvals = readApprovals(deps.env("SEATWISE_APPROVED"));
    const shared = { approvals, run, pid };
    return openSession({
      ...shared,
      settings,
      walk,
      resources: deps.resources,
      functions: deps.functions,
      journal: openJournal(deps.home),
      handOvers: savedPlans
        ? betweenPlans({ ...shared, engine, plans: openPlanFolder(deps.home, savedPlans.place, clock.now) })
        : betweenPhases(shared),
      // Pulumi's state keeps the old record when an update is killed.
      records: openRecordFolder(savedPlans ? deps.home : null),
      place: savedPlans ? `${savedPlans.place}::` : "",
      refuseBlind: savedPlans !== undefined,
      parent: deps.parent,
      clock,
    });
  };
  return {
    version: deps.version,
    checkConfig: (config) => checkConfig(config, deps.connectors, deps.env),
    validate(at, raw) {
      // The mark of a walk that only validates: who plans after it shows its plan, who plans without it applies a saved one.
      if (savedPlans && !configured) run.write("validated", String(pid), { pid });
      const r = resourceOf(deps.resources, at.type);
      const inputs = complete(r, at, raw);
      const problems = problemsOf(r.inputs, inputs);
      return problems.length > 0 ? problems : deeperProblems(r, inputs, clock.now());
    },
    // Terraform calls it without a configured provider: whatever it asks for but its arguments is a mistake of ours.
    pure: (name, args) =>
      callFunction(
        deps.functions.filter((fn) => fn.pure),
        { name, args },
        () =>
          new Proxy({} as Ctx, {
            get(_nothing, asked) {
              throw new Problem("bug", `function "${name}" is said to read nothing, and asked for ${String(asked)}`);
            },
          }),
      ),
    configure,
  };
};
