/** For tests only: one pool from plan to plan, through the engine and a vendor's own requests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../connectors/catalogue.ts";
import type { Clock } from "../core/connector.ts";
import type { Message } from "../core/resource.ts";
import type { Value, Values } from "../core/value.ts";
import { createProvider } from "../engine/provider.ts";
import type { Applied, At, Session } from "../engine/verbs.ts";
import { functions, resources } from "../resources/index.ts";

export interface PoolPlan {
  readonly session: Session;
  readonly inputs: Values;
  readonly differs: boolean;
  /** As it was read before; empty where nothing was there. */
  readonly state: Values;
  readonly changes: Value;
}
interface PoolRuns {
  readonly name: string;
  readonly clock: Clock;
  readonly configuration: Values;
}

export const poolRuns = ({ name, clock, configuration }: PoolRuns) => {
  const home = mkdtempSync(join(tmpdir(), `seatwise-${name}-`));
  const said: Message[] = [];
  const log = (message: Message): void => void said.push(message);
  const at: At = { type: "SeatPool", key: `urn::${name}`, name, signal: new AbortController().signal, log };
  let last: Applied | null = null;
  let run = 0;
  const open = (): Session => {
    run += 1;
    return createProvider({
      version: "test",
      resources,
      functions,
      connectors: catalogue,
      env: () => undefined,
      parent: { pid: run, started: "1", alive: () => true, living: () => true },
      clock,
      pid: run,
      log,
      home,
    }).configure(configuration);
  };
  const plan = async (inputs: Values): Promise<PoolPlan> => {
    const session = open();
    const read = last && (await session.read(at, last));
    const checked = await session.check(at, inputs, read);
    if (checked.problems[0]) throw checked.problems[0];
    const differs = read ? (await session.diff(at, checked.inputs, read)).differs : true;
    const { inputs: planned } = checked;
    return { session, inputs: planned, differs, state: read?.outputs ?? {}, changes: planned.changes ?? null };
  };
  const up = async (inputs: Values): Promise<Applied> => {
    const { session, inputs: checked } = await plan(inputs);
    last = await session.apply(at, checked, last && (await session.read(at, last)));
    return last;
  };
  return { said, plan, up, close: () => rmSync(home, { recursive: true, force: true }) };
};
