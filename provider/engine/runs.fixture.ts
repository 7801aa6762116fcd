/** For tests only: runs of an engine over a world in memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, Previous } from "../core/resource.ts";
import { isRecord, type Values } from "../core/value.ts";
import { functions, resources } from "../resources/index.ts";
import { decodeRecord } from "../resources/pool-record.ts";
import { memoryKind, type World } from "../testing/memory-world.ts";
import { createProvider } from "./provider.ts";
import type { Applied, At, Session } from "./verbs.ts";

/** One engine run after another over one world, as a CLI would drive them. */
export const harness = (of: World, people = "account", others: Readonly<Record<string, World>> = {}) => {
  const home = mkdtempSync(join(tmpdir(), "seatwise-engine-"));
  const messages: Message[] = [];
  let runs = 0;
  let time = Date.parse("2026-11-24T12:00:00Z");
  const state = new Map<string, Previous>();
  let connections: Values = {
    people: { memory: {} },
    ...Object.fromEntries(Object.keys(others).map((name) => [name, { [name]: {} }])),
  };
  /** A process of a run: `run` is the CLI's pid, `pid` the plug-in's. */
  const open = (run: number, pid: number, env: Readonly<Record<string, string>> = {}): Session =>
    createProvider({
      version: "test",
      resources,
      functions,
      connectors: [memoryKind(of), ...Object.entries(others).map(([name, world]) => memoryKind(world, name))],
      env: (name) => env[name],
      parent: { pid: run, started: "1", alive: () => true, living: (other) => other >= run },
      clock: { now: () => time, sleep: async () => {}, random: () => 0.5 },
      pid,
      log: (m) => messages.push(m),
      home,
    }).configure({
      directory: "people",
      people,
      connections,
    });
  const nextRun = (): number => {
    runs += 10;
    return runs;
  };
  const at = (name: string): At => ({
    type: "SeatPool",
    key: `urn::${name}`,
    name,
    signal: new AbortController().signal,
    log: (m) => messages.push(m),
  });
  const keep = (name: string, done: Applied): Applied => {
    state.set(name, { id: done.id, inputs: done.inputs, outputs: done.outputs, record: done.record });
    return done;
  };
  const previous = (name: string): Previous | null => state.get(name) ?? null;
  const enter = async (session: Session, name: string, inputs: Values) => {
    const before = previous(name);
    // A preview keeps nothing of what it reads.
    const read = before ? await session.read(at(name), before) : null;
    const now: Previous | null = read && {
      id: read.id,
      inputs: read.inputs,
      outputs: read.outputs,
      record: read.record,
    };
    const checked = await session.check(at(name), inputs, now);
    if (checked.problems[0]) throw checked.problems[0];
    const differs = now ? (await session.diff(at(name), checked.inputs, now)).differs : true;
    return { checked, differs, now };
  };
  return {
    home,
    messages,
    state,
    previous,
    at,
    open,
    keep,
    advance: (ms: number) => {
      time += ms;
    },
    close: () => rmSync(home, { recursive: true, force: true }),
    preview: async (inputs: Values, name = "crm") => {
      const run = nextRun();
      return { ...(await enter(open(run, run + 1), name, inputs)), run };
    },
    /** Preview, then (after `between`) the update of the same run, in another process. */
    up: async (inputs: Values, between: () => void = () => {}, name = "crm"): Promise<Applied | null> => {
      const run = nextRun();
      await enter(open(run, run + 1), name, inputs);
      between();
      const session = open(run, run + 2);
      const { checked, differs, now } = await enter(session, name, inputs);
      return differs ? keep(name, await session.apply(at(name), checked.inputs, now)) : null;
    },
    nextRun,
    /** From the next process on the program has these. */
    connect: (all: Values) => {
      connections = all;
    },
  };
};

export const rule = (name: string, when: string): Values => ({ name, when });
export const pool = (over: Values = {}): Values => ({
  license: {
    connection: "people",
    sku: "crm",
    commitments: [{ quantity: 40, type: "flexible", price: { amount: "19.00", currency: "USD", per: "month" } }],
  },
  allotment: 10,
  rules: [{ claim: rule("eng", 'user.department == "eng"') }],
  ...over,
});
export const changesOf = (inputs: Values): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(isRecord(inputs.changes) ? inputs.changes : {}).flatMap(([k, v]) =>
      isRecord(v) && k !== "more" ? [[k, Object.keys(v)]] : [],
    ),
  );
export const holders = (of: World): string[] => [...(of.seats.get("crm")?.keys() ?? [])].sort();
export const owned = (record: string | null): string[] => [...decodeRecord(record ?? "").memory.owned.keys()].sort();
