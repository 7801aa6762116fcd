import { Problem } from "../core/problem.ts";
import type { Message, Previous } from "../core/resource.ts";
import { hasUnknown, reveal, same, UNKNOWN, type Values } from "../core/value.ts";
import type { Applied, At, Change, Checked, Diffed, Provider, ReadResult, Removal, Session } from "../engine/verbs.ts";

/** What one call of a verb was given. */
export interface Heard {
  readonly verb: string;
  readonly at?: Pick<At, "type" | "key" | "name">;
  readonly inputs?: Values;
  readonly previous?: Previous | null;
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * A pool without a vendor, for tests of front ends only: `members` are who should hold a seat, `seats` who does. It tells what
 * it was asked, and fails on the people that it is told to fail on.
 */
export class FakeProvider implements Provider {
  readonly version = "1.2.3";
  readonly heard: Heard[] = [];
  readonly configs: Values[] = [];
  readonly sessions: FakeSession[] = [];
  /** Who holds a seat now, by pool. */
  readonly seats = new Map<string, readonly string[]>();
  readonly failing = new Set<string>();
  /** Bytes that every record has at the end. */
  ballast = "";
  /** Runs inside `apply` and `remove`. */
  during: (at: At) => Promise<void> = async () => {};

  checkConfig(config: Values): { config: Values; problems: readonly Problem[] } {
    this.heard.push({ verb: "checkConfig", inputs: config });
    const problems =
      config.directory === undefined
        ? [new Problem("invalid", "says where people are read from", { path: ["directory"] })]
        : [];
    const bad =
      config.people === "wrong"
        ? [new Problem("invalid", "must be account, id or count", { path: ["people"], hint: "Use account." })]
        : [];
    return { config: { people: "account", ...config }, problems: [...problems, ...bad] };
  }
  validate(at: Pick<At, "type" | "name">, inputs: Values): readonly Problem[] {
    this.heard.push({ verb: "validate", at: { ...at, key: at.name }, inputs });
    return [];
  }
  async pure(name: string, args: Values): Promise<Values> {
    this.heard.push({ verb: `pure ${name}`, inputs: args });
    return args;
  }
  configure(config: Values): Session {
    this.configs.push(config);
    const session = new FakeSession(this);
    this.sessions.push(session);
    return session;
  }
}

class FakeSession implements Session {
  readonly #of: FakeProvider;
  readonly #read = new Map<string, readonly string[]>();
  cancelled = false;
  constructor(of: FakeProvider) {
    this.#of = of;
  }
  #hear(verb: string, { type, key, name }: At, inputs?: Values, previous?: Previous | null): void {
    this.#of.heard.push({
      verb,
      at: { type, key, name },
      ...(inputs && { inputs }),
      ...(previous !== undefined && { previous }),
    });
  }
  #held(id: string): readonly string[] {
    return this.#of.seats.get(id) ?? [];
  }
  #changes(inputs: Values): Values | typeof UNKNOWN {
    if (hasUnknown(inputs.members)) return UNKNOWN;
    const wanted = list(reveal(inputs.members));
    const held = this.#held(String(inputs.name));
    const assign = wanted.filter((m) => !held.includes(m)).map((m) => [m, "rule everyone"]);
    const unassign = held.filter((m) => !wanted.includes(m)).map((m) => [m, "no rule claims them"]);
    return { assign: Object.fromEntries(assign), unassign: Object.fromEntries(unassign) };
  }
  async check(at: At, inputs: Values, previous: Previous | null): Promise<Checked> {
    this.#hear("check", at, inputs, previous);
    this.#read.delete(at.key);
    if (inputs.crash) throw new TypeError(`cannot read ${String(reveal(inputs.token) ?? "x")} of undefined`); // as a careless bug would
    const problems =
      typeof reveal(inputs.size) === "string"
        ? [
            new Problem("invalid", "must be a number", { path: ["size"] }),
            new Problem("invalid", "has no claim", { path: ["rules", 0, "claim"], hint: "Give one." }),
          ]
        : [];
    const named = { name: at.name, ...inputs };
    return { inputs: { ...named, changes: this.#changes(named) }, problems, approved: false };
  }
  async planRemoval(at: At, previous: Previous): Promise<Removal> {
    this.#hear("planRemoval", at, undefined, previous);
    return {
      messages: [],
      refusal: null,
      seats: this.#held(previous.id).map((holder) => ({ license: "", holder })),
      walk: null,
    };
  }
  recover(_at: Pick<At, "key">, previous: Previous): Previous {
    return previous;
  }
  async carry(): Promise<string | null> {
    return null;
  }
  async diff(at: At, inputs: Values, previous: Previous): Promise<Diffed> {
    this.#hear("diff", at, inputs, previous);
    const names = [...new Set([...Object.keys(inputs), ...Object.keys(previous.inputs ?? {})])].filter(
      (n) => n !== "changes",
    );
    const changed: Change[] = names
      .filter((n) => !same(inputs[n], previous.inputs?.[n]))
      .map((n) => ({ path: [n], kind: "update", replaces: n === "license", input: true }));
    const changes = this.#changes(inputs);
    const losers = changes === UNKNOWN ? [] : Object.keys(changes.unassign ?? {});
    const leaving: Change[] = losers.map((who) => ({
      path: ["changes", "unassign", who],
      kind: "add",
      replaces: false,
      input: true,
    }));
    return {
      changes: [...changed, ...leaving],
      differs:
        changed.length > 0 ||
        changes === UNKNOWN ||
        Object.values(changes).some((c) => Object.keys(c ?? {}).length > 0),
    };
  }
  async preview(
    at: At,
    inputs: Values,
    previous: Previous | null,
  ): Promise<{ id: string; outputs: Values; record: string | null }> {
    this.#hear("preview", at, inputs, previous);
    const outputs: Values = {
      consumed: UNKNOWN,
      changes: inputs.changes ?? UNKNOWN,
      claim: { for: reveal(inputs.token) ?? null },
    };
    return { id: String(inputs.name), outputs, record: previous?.record ?? null };
  }
  async apply(at: At, inputs: Values, previous: Previous | null): Promise<Applied> {
    this.#hear("apply", at, inputs, previous);
    at.log({ level: "info", text: "assigning", ephemeral: true });
    await this.#of.during(at);
    const id = String(inputs.name);
    const wanted = list(reveal(inputs.members));
    const done = wanted.filter((m) => !this.#of.failing.has(m));
    this.#of.seats.set(id, done);
    const failures = wanted
      .filter((m) => this.#of.failing.has(m))
      .map((m) => new Problem("throttled", `seat ${m}: the vendor answered 429`));
    return {
      id,
      inputs,
      outputs: this.#outputs(id, inputs),
      record: `record of ${done.join(" ")}${this.#of.ballast}`,
      failures,
    };
  }
  #outputs(id: string, inputs: Values): Values {
    return {
      consumed: this.#held(id).length,
      changes: inputs.changes ?? {},
      claim: { for: reveal(inputs.token) ?? null },
    };
  }
  async read(at: At, previous: Previous): Promise<ReadResult> {
    this.#hear("read", at, undefined, previous);
    if (!this.#of.seats.has(previous.id)) return null;
    this.#read.set(at.key, this.#held(previous.id));
    const inputs = previous.inputs ?? { name: previous.id, members: [...this.#held(previous.id)] };
    return {
      id: previous.id,
      inputs,
      outputs: this.#outputs(previous.id, inputs),
      record: previous.record ?? "record",
      failures: [],
    };
  }
  async remove(at: At, previous: Previous): Promise<void> {
    this.#hear("remove", at, undefined, previous);
    await this.#of.during(at);
    this.#of.seats.delete(previous.id);
  }
  async invoke(name: string, args: Values): Promise<Values> {
    this.#of.heard.push({ verb: `invoke ${name}`, inputs: args });
    if (name !== "matches") throw new Problem("not-found", `there is no function "${name}"`);
    if (typeof args.when !== "string" && reveal(args.when) === undefined)
      throw new Problem("invalid", "is missing", { path: ["when"] });
    return { result: true, explanation: `because ${String(reveal(args.when))}` };
  }
  cancel(): void {
    this.cancelled = true;
  }
  async farewell(): Promise<readonly { readonly key: string; readonly message: Message }[]> {
    return [...this.#read].map(([key, held]) => ({
      key,
      message: { level: "warning", text: `If this run deletes the pool, ${held.join(", ")} would lose a seat.` },
    }));
  }
}
