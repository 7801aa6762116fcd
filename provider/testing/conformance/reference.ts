import { z } from "zod";
import { del, get, put } from "../../connectors/http/endpoint.ts";
import { createHttp, type Http } from "../../connectors/http/http.ts";
import { memo } from "../../connectors/http/memo.ts";
import { byCursor, byOffset } from "../../connectors/http/pages.ts";
import { AfterTimeout } from "../../connectors/http/problems.ts";
import type { BeforeWrite, Connector, Outcome, PeopleQuery, Seat, SeatStep } from "../../core/connector.ts";
import type { Person } from "../../core/person.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { secretCanary } from "./reference-server.ts";
import type { Opening } from "./subject.ts";

/** Ways to be wrong, each of which the suite must notice. */
export const mistakes = [
  "first page only",
  "denied is empty",
  "unknown sku is empty",
  "no memo",
  "stale memo",
  "asks after writing",
  "does not ask",
  "writes on after a throw",
  "stops at the first failure",
  "takes before it gives",
  "reversed outcomes",
  "case matters",
  "no ancestors",
  "forgets also",
  "unknown usage is old",
  "shows the secret",
  "shows the answer",
  "gone is an error",
  "does not look after a lost answer",
  "uncounted requests",
  "ignores cancelling",
  "total by hand",
  "a short page is the end",
  "an empty page is the end",
  "hopes after a failure",
] as const;
export type Mistake = (typeof mistakes)[number];

const Page = z.object({
  total: z.number(),
  start: z.number(),
  items: z.array(z.custom<Person>((v) => typeof v === "object" && v !== null)),
});
const api = {
  people: get("/people?start={start}&department={department}", Page, { scope: "people:read" }),
  person: get(
    "/people/{id}",
    z.custom<Person>((v) => typeof v === "object" && v !== null),
    { scope: "people:read" },
  ),
  groups: get(
    "/groups",
    z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), path: z.string() })) }),
  ),
  signins: get("/signins", z.object({ items: z.array(z.object({ person: z.string(), at: z.string() })) })),
  skus: get("/skus", z.object({ items: z.array(z.object({ sku: z.string(), name: z.string() })) }), {
    scope: "seats:read",
  }),
  seats: get(
    "/skus/{sku}/seats?cursor={cursor}",
    z.object({ items: z.array(z.string()), next: z.string().nullable(), total: z.number() }),
    { scope: "seats:read" },
  ),
  assign: put("/skus/{sku}/seats/{holder}", null, { scope: "seats:write", idempotent: false }),
  unassign: del("/skus/{sku}/seats/{holder}", null, { scope: "seats:write" }),
};

const openHttp = ({ origin, using, secret }: Opening): Http =>
  createHttp({
    connection: using.connection,
    vendor: "reference",
    baseUrl: origin,
    clock: using.clock,
    log: using.log,
    auth: {
      kind: "oauth2",
      grant: "client_credentials",
      tokenUrl: `${origin}/token`,
      clientId: "me",
      clientSecret: secret === "right" ? secretCanary : "wrong-secret-canary",
    },
  });

/** A connector for the reference system; with a mistake, one that the suite must refuse. */
export const openReference = (at: Opening, mistake: Mistake | null = null): Connector => {
  const http = openHttp(at);
  const is = (m: Mistake): boolean => mistake === m;
  const once = memo();
  const keep = <T>(key: string, signal: AbortSignal, read: (s: AbortSignal) => Promise<T>): Promise<T> =>
    is("no memo") ? read(signal) : once(key, signal, read);
  const what = (list: string): string => `connection "${at.using.connection}": ${list}`;

  const allPeople = (department: string | undefined, signal: AbortSignal): Promise<readonly Person[]> =>
    keep(`people ${department ?? ""}`, signal, async (s) => {
      const page = (start: number) => http.call(api.people, { start, department }, { signal: s });
      if (is("a short page is the end") || is("an empty page is the end")) {
        const least = is("an empty page is the end") ? 1 : 5;
        const all: Person[] = [];
        for (let items: readonly Person[] = []; all.length === 0 || items.length >= least; all.push(...items))
          items = (await page(all.length)).items;
        return all;
      }
      return byOffset({ what: what("people"), key: (p: Person) => p.id, first: 0, size: 5, page });
    });
  const person = async (id: string, signal: AbortSignal): Promise<Person | null> => {
    const found = await http.call(api.person, { id }, { signal, okStatus: is("gone is an error") ? [] : [404] });
    return found;
  };
  const holders = (sku: string, signal: AbortSignal): Promise<readonly string[]> =>
    keep(`seats ${sku}`, signal, (s) => {
      const page = async (cursor: string | null) => {
        const one = await http.call(api.seats, { sku, cursor }, { signal: s });
        return is("first page only") ? { items: one.items, next: null } : one;
      };
      return byCursor({ what: what(`seats of ${sku}`), key: (h: string) => h, page });
    }).catch((error: unknown) => {
      const problem = asProblem(error);
      if (is("denied is empty") && problem.code === "denied") return [];
      if (is("unknown sku is empty") && problem.code === "not-found") return [];
      if (is("shows the answer") && problem.code === "bug") throw new Problem("bug", `${problem.message} body-canary`);
      throw error;
    });

  const write = async (act: "assign" | "unassign", sku: string, holder: string, signal: AbortSignal): Promise<void> => {
    try {
      await http.call(
        api[act],
        { sku, holder },
        { signal: is("ignores cancelling") ? new AbortController().signal : signal },
      );
    } catch (error) {
      if (!(error instanceof AfterTimeout) || is("does not look after a lost answer")) throw error;
      once.forget("seats ");
      if ((await holders(sku, signal)).includes(holder) === (act === "assign")) return;
      await http.call(api[act], { sku, holder }, { signal });
    }
  };
  const requestsOf = (step: SeatStep): ["assign" | "unassign", string][] => {
    if (step.act !== "move") return [[step.act, step.sku]];
    const both: ["assign" | "unassign", string][] = [
      ["assign", step.to ?? ""],
      ["unassign", step.sku],
    ];
    return is("takes before it gives") ? both.reverse() : both;
  };
  async function* apply(steps: readonly SeatStep[], before: BeforeWrite, signal: AbortSignal): AsyncIterable<Outcome> {
    const outcomes: Outcome[] = [];
    for (const step of steps) {
      let stopping = false;
      try {
        for (const [act, sku] of requestsOf(step)) {
          if (!is("ignores cancelling")) signal.throwIfAborted();
          stopping = true;
          const ask = (): Promise<void> =>
            is("does not ask")
              ? Promise.resolve()
              : before([step]).catch((e: unknown) => (is("writes on after a throw") ? undefined : Promise.reject(e)));
          if (is("asks after writing")) await write(act, sku, step.holder, signal);
          await ask();
          stopping = false;
          if (!is("asks after writing")) await write(act, sku, step.holder, signal);
        }
        outcomes.push({ step, result: "done" });
      } catch (error) {
        if (stopping || signal.aborted) throw error;
        const hopes = is("hopes after a failure") && asProblem(error).code === "unreachable";
        outcomes.push(hopes ? { step, result: "done" } : { step, result: "failed", problem: asProblem(error) });
        if (is("stops at the first failure")) throw error;
      } finally {
        if (!is("stale memo")) once.forget("seats ");
      }
      if (!is("reversed outcomes")) yield outcomes.at(-1) ?? { step, result: "failed" };
    }
    if (is("reversed outcomes")) yield* outcomes.reverse();
  }

  const seen = (p: Person): Person =>
    is("no ancestors")
      ? { ...p, groups: (p.groups ?? []).filter((g) => g !== "sig" || (p.groups ?? []).length < 2) }
      : p;
  return {
    vendor: "reference",
    verify: async (signal) => {
      if (is("shows the secret")) at.using.log("info", `asking with ${secretCanary}`);
      await http.call(api.skus, {}, { signal });
    },
    async people(query: PeopleQuery, signal) {
      const all = await allPeople(query.match === null ? undefined : "engineering", signal);
      const missing = is("forgets also") ? [] : query.also.filter((id) => !all.some((p) => p.id === id));
      const extra = (await Promise.all(missing.map((id) => person(id, signal)))).filter((p) => p !== null);
      const people = [...all, ...extra].map(seen);
      return {
        people,
        everybody: query.match === null,
        total: query.match === null ? people.length - (is("total by hand") ? 1 : 0) : null,
      };
    },
    person: async (id, signal) => {
      const one = await person(id, signal);
      return one === null ? null : seen(one);
    },
    groups: async (signal) => (await http.call(api.groups, {}, { signal })).items,
    skus: async (signal) => (await keep("skus", signal, (s) => http.call(api.skus, {}, { signal: s }))).items,
    async sku(name, signal) {
      const { items } = await keep("skus", signal, (s) => http.call(api.skus, {}, { signal: s }));
      const found = items.find((s) => s.name === name);
      if (!found)
        throw new Problem("not-found", `${what("skus")}: no ${name}`, {
          hint: `There are: ${items.map((s) => s.name).join(", ")}`,
        });
      return found;
    },
    counters: async ({ sku }, signal) => ({
      purchased: null,
      suspended: null,
      consumed: { value: (await holders(sku, signal)).length, source: "vendor", asOf: null },
    }),
    async *seats({ sku }, signal) {
      for (const holder of await holders(sku, signal))
        yield { holder, account: null, since: null, state: "active" } satisfies Seat;
    },
    async accounts(names, signal) {
      const fold = (s: string): string => (is("case matters") ? s : s.toLowerCase());
      const byLogin = new Map((await allPeople(undefined, signal)).map((p) => [fold(p.login ?? ""), p]));
      return new Map(
        names.flatMap((name) => {
          const p = byLogin.get(fold(name));
          return p ? [[name, { id: p.id, name: p.login ?? "", active: p.status === "active" }]] : [];
        }),
      );
    },
    apply,
    async usage(people, signal) {
      const { items } = await http.call(api.signins, {}, { signal });
      const at = new Map(items.map((i) => [i.person, i.at]));
      const none = is("unknown usage is old") ? "2020-01-01T00:00:00Z" : null;
      return {
        signal: "sign-in",
        coverageFrom: "2026-01-01T00:00:00Z",
        asOf: "2026-03-01T00:00:00Z",
        usage: people.map((p) => ({ person: p.id, at: at.get(p.id) ?? none, signal: "sign-in" })),
      };
    },
    requests: () => (is("uncounted requests") ? http.counts().writes : http.requests()),
  };
};
