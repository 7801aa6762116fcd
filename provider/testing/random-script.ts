import { createRandom, type Random } from "../connectors/simulator/random.ts";

/** One of the two systems that a script is played against. Ids differ between them, so a script names things. */
export interface ScriptSide {
  readonly name: string;
  readonly origin: string;
  /** The Authorization header; null: none is sent. */
  authorization(as: "good" | "wrong" | "none"): Promise<string | null>;
  /** This side's id for each name that a script uses. Grows as the script creates things. */
  readonly ids: Map<string, string>;
}
export interface ScriptRequest {
  readonly method: string;
  /** `/users/«ada»`: each side puts its own id, encoded. */
  readonly path: string;
  /** Sent as JSON, with `«ada»` replaced in its texts. */
  readonly body?: unknown;
  /** Sent as it is: a malformed body. */
  readonly raw?: string;
  readonly contentType?: string;
  /** Default: `good`. */
  readonly as?: "good" | "wrong" | "none";
  /** What this request creates, if it succeeds, and where its id is found. */
  readonly creates?: { readonly name: string; readonly id: (reply: ScriptReply) => string | undefined };
  /** What it deletes, if it succeeds. The name stays usable: to ask for what is gone. */
  readonly compare?: "all" | "status";
}
export interface ScriptReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}
export interface Operation {
  readonly name: string;
  /** Default: 1. */
  readonly weight?: number;
  /** Null: not possible now. `names` are those that both sides know. */
  readonly make: (random: Random, names: readonly string[]) => ScriptRequest | null;
}
/** A difference that is known and harmless. */
export interface Accepted {
  readonly reason: string;
  readonly operation: string;
  /** Matches the difference's own text (`status 404, not 405`; `.meta.version: string, not absent`). */
  readonly difference: RegExp;
}
export interface Script {
  readonly seed: number;
  /** How many requests. */
  readonly length: number;
  readonly operations: readonly Operation[];
  /** The simulator first, the real system second. */
  readonly against: readonly [ScriptSide, ScriptSide];
  readonly accepted?: readonly Accepted[];
}
export interface Played {
  readonly requests: number;
  readonly refusals: number;
  /** How often each operation was played, and each status came. */
  readonly operations: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** How often each accepted difference was met: one that is never met should go. */
  readonly accepted: Readonly<Record<string, number>>;
  /** The first request that differs, told in full; null: none. */
  readonly difference: string | null;
}

export type Shape = string | { readonly [key: string]: Shape } | readonly Shape[];

/** Keys and types. A list keeps its length, and each kind of item that it holds once. */
export const shapeOf = (value: unknown): Shape => {
  if (value === null) return "null";
  if (Array.isArray(value)) return [`${value.length} items`, ...distinct(value.map(shapeOf))];
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, shapeOf(v)]),
  );
};
const distinct = (shapes: readonly Shape[]): Shape[] =>
  [...new Map(shapes.map((s) => [JSON.stringify(s), s])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, s]) => s);

const isObject = (s: Shape | undefined): s is { readonly [key: string]: Shape } =>
  typeof s === "object" && !Array.isArray(s);

/** Where two shapes part: `.meta.version: absent, not string`. */
export const differences = (got: Shape | undefined, want: Shape | undefined, at = ""): string[] => {
  if (JSON.stringify(got) === JSON.stringify(want)) return [];
  if (isObject(got) && isObject(want))
    return [...new Set([...Object.keys(got), ...Object.keys(want)])].flatMap((k) =>
      differences(got[k], want[k], `${at}.${k}`),
    );
  if (Array.isArray(got) && Array.isArray(want) && got.length === 2 && want.length === 2 && got[0] === want[0])
    return differences(got[1] as Shape, want[1] as Shape, `${at}[]`); // one kind of item on each side
  const told = (s: Shape | undefined): string =>
    s === undefined ? "absent" : typeof s === "string" ? s : JSON.stringify(s);
  return [`${at || "the body"}: ${told(got)}, not ${told(want)}`];
};

const hole = /«([^»]+)»/g;
const fillText = (text: string, side: ScriptSide, encode: (s: string) => string): string =>
  text.replace(hole, (_all, name: string) => encode(side.ids.get(name) ?? name));

const ask = async (side: ScriptSide, request: ScriptRequest): Promise<ScriptReply> => {
  const authorization = await side.authorization(request.as ?? "good");
  const json =
    request.body === undefined
      ? undefined
      : fillText(JSON.stringify(request.body), side, (s) => JSON.stringify(s).slice(1, -1));
  const body = request.raw ?? json;
  const reply = await fetch(side.origin + fillText(request.path, side, encodeURIComponent), {
    method: request.method,
    redirect: "manual",
    headers: {
      accept: request.contentType ?? "application/json",
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": request.contentType ?? "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: parsed(text) };
};
const parsed = (text: string): unknown => {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const mediaOf = (reply: ScriptReply): string =>
  reply.body === undefined ? "" : (reply.headers.get("content-type")?.split(";")[0]?.trim() ?? "");

const compare = (request: ScriptRequest, got: ScriptReply, want: ScriptReply): string[] => {
  const status = got.status === want.status ? [] : [`status ${got.status}, not ${want.status}`];
  if (request.compare === "status") return status;
  const media =
    mediaOf(got) === mediaOf(want) ? [] : [`content type ${mediaOf(got) || "none"}, not ${mediaOf(want) || "none"}`];
  const shape = (r: ScriptReply): Shape | undefined => (r.body === undefined ? undefined : shapeOf(r.body));
  return [...status, ...media, ...differences(shape(got), shape(want))];
};

const learn = (side: ScriptSide, request: ScriptRequest, reply: ScriptReply): void => {
  if (!request.creates || reply.status >= 300) return;
  const id = request.creates.id(reply);
  if (id !== undefined) side.ids.set(request.creates.name, id);
};

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "no body";
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
};
const told = (nth: number, operation: string, request: ScriptRequest): string =>
  `request ${nth} (${operation}${request.as && request.as !== "good" ? `, ${request.as} credentials` : ""}): ${request.method} ${request.path} ${request.raw ?? short(request.body)}`;

const choose = (operations: readonly Operation[], random: Random): Operation => {
  let left = random.next() * operations.reduce((sum, o) => sum + (o.weight ?? 1), 0);
  for (const operation of operations) {
    left -= operation.weight ?? 1;
    if (left < 0) return operation;
  }
  return random.pick(operations);
};

/** Plays the same seeded requests to both; stops at the first that is answered differently. */
export const randomScript = async ({ seed, length, operations, against, accepted = [] }: Script): Promise<Played> => {
  const random = createRandom(seed);
  const [simulator, real] = against;
  const count: {
    operations: Record<string, number>;
    statuses: Record<string, number>;
    accepted: Record<string, number>;
  } = { operations: {}, statuses: {}, accepted: {} };
  const bump = (in_: Record<string, number>, key: string): void => {
    in_[key] = (in_[key] ?? 0) + 1;
  };
  let refusals = 0;
  for (let nth = 1; nth <= length; nth += 1) {
    const operation = choose(operations, random);
    const names = [...real.ids.keys()].filter((name) => simulator.ids.has(name));
    const request = operation.make(random, names);
    if (request === null) continue;
    // One after the other: the simulator must not gain from the real one's answer, nor race it.
    const [got, want] = [await ask(simulator, request), await ask(real, request)];
    learn(simulator, request, got);
    learn(real, request, want);
    bump(count.operations, operation.name);
    bump(count.statuses, String(want.status));
    if (want.status >= 400) refusals += 1;
    const unexpected = compare(request, got, want).filter((difference) => {
      const known = accepted.find((a) => a.operation === operation.name && a.difference.test(difference));
      if (known) bump(count.accepted, `${known.operation}: ${known.reason}`);
      return known === undefined;
    });
    if (unexpected.length > 0) {
      const answers = [simulator, real].map(
        (s, i) => `${s.name}: ${i === 0 ? got.status : want.status} ${short(i === 0 ? got.body : want.body)}`,
      );
      const difference = [told(nth, operation.name, request), ...unexpected.map((d) => `  ${d}`), ...answers].join(
        "\n",
      );
      return { ...count, refusals, requests: nth, difference };
    }
  }
  return { ...count, refusals, requests: length, difference: null };
};

/** A script that says something: no difference, every operation played, and a fair share of refusals. */
export const expectSame = (script: Script, played: Played): void => {
  if (played.difference !== null) throw new Error(`seed ${script.seed}: ${played.difference}`);
  const never = script.operations.filter((o) => !played.operations[o.name]).map((o) => o.name);
  if (never.length > 0) throw new Error(`seed ${script.seed}: never played: ${never.join(", ")}`);
  if (played.refusals * 10 < played.requests)
    throw new Error(`seed ${script.seed}: only ${played.refusals} of ${played.requests} requests were refused`);
};
