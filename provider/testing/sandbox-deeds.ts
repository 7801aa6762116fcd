import { z } from "zod";
import type { Deeds, Worker } from "../connectors/simulator/company.ts";
import { nearest } from "../core/nearest.ts";
import type { RunningSystem, Systems } from "./sandbox-systems.ts";

/** What cannot be done, in words for whoever asked. `status`: as HTTP says it. */
export class Refused extends Error {
  readonly status: number;
  readonly more: Readonly<Record<string, unknown>>;
  constructor(status: number, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

const day = z.iso.date("a date such as 2026-12-31");
const person = {
  firstName: z.string().min(1),
  lastName: z.string().min(1),
  email: z.email(),
  department: z.string(),
  title: z.string(),
  manager: z.string().nullable(),
  type: z.enum(["employee", "contractor"]),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "two capital letters, such as DE")
    .nullable(),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  groups: z.array(z.string()),
  github: z.string().nullable(),
};
const change = z.strictObject(person).partial();
export const bodies = {
  hire: change.required({ firstName: true, lastName: true }).extend({ login: z.string().optional() }),
  move: change.extend({
    login: z.string(),
    join: z.array(z.string()).optional(),
    quit: z.array(z.string()).optional(),
  }),
  who: z.strictObject({ login: z.string() }),
  signIn: z.strictObject({ login: z.string(), at: z.iso.datetime().optional(), system: z.string().optional() }),
  seat: z.strictObject({ system: z.string(), sku: z.string(), login: z.string() }),
};

/** What came of one deed, system by system. */
export interface Told {
  readonly done: readonly string[];
  /** By system: why it refused, in its words. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Systems where this cannot happen. */
  readonly without?: readonly string[];
}
type Act = (deeds: Deeds) => (() => void) | undefined;

/** Tells every system, whatever the others say; that all of them refuse is an error. */
const broadcast = (systems: readonly RunningSystem[], act: Act): Told => {
  const done: string[] = [];
  const without: string[] = [];
  const refused: Record<string, string> = {};
  for (const { name, deeds } of systems) {
    const does = act(deeds);
    if (does === undefined) {
      without.push(name);
      continue;
    }
    try {
      does();
      done.push(name);
    } catch (error) {
      refused[name] = error instanceof Error ? error.message : String(error);
    }
  }
  const reasons = Object.entries(refused).map(([name, why]) => `${name}: ${why}`);
  if (done.length === 0)
    throw new Refused(
      409,
      reasons.length > 0 ? reasons.join("; ") : `this cannot be done at ${without.join(", ")}`,
      reasons.length > 0 ? { refused } : {},
    );
  return {
    done,
    ...(reasons.length > 0 ? { refused } : {}),
    ...(without.length > 0 ? { without } : {}),
  };
};

/** A person as the control endpoint shows them: of a year's sign-ins, the last. */
export const shownPerson = ({ signIns, ...rest }: Worker): object => ({
  ...rest,
  lastSignIn: signIns.length === 0 ? null : new Date(signIns.at(-1) ?? 0).toISOString(),
  signIns: signIns.length,
});

const unknown = (what: string, name: string, names: readonly string[]): Refused => {
  const near = nearest(name, names);
  return new Refused(404, `there is no ${what} ${name}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`);
};

/** The company as it stands now, and what happens to it: told to every system that can show it. */
export const createOffice = ({ company, clock, systems }: Systems) => {
  const people = new Map(company.people.map((worker) => [worker.login, worker]));
  const groups = new Set(company.groups.map(({ name }) => name));
  const find = (login: string): Worker => {
    const found = people.get(login);
    if (!found) throw unknown("person", login, [...people.keys()]);
    return found;
  };
  const system = (name: string): RunningSystem => {
    const found = systems.find((one) => one.name === name || one.connectionName === name);
    if (!found)
      throw unknown(
        "system",
        name,
        systems.map((one) => one.name),
      );
    return found;
  };
  const checked = (worker: Worker): Worker => {
    for (const name of worker.groups) if (!groups.has(name)) throw unknown("group", name, [...groups]);
    if (worker.manager !== null) find(worker.manager);
    return worker;
  };
  const today = (): string => new Date(clock.now()).toISOString();
  const put = (worker: Worker): Told & { readonly person: object } => {
    checked(worker);
    const told = broadcast(systems, ({ change: act }) => act && (() => act(worker)));
    people.set(worker.login, worker);
    return { person: shownPerson(worker), ...told };
  };
  return {
    find,
    system,
    people: () => [...people.values()],
    hire(given: z.infer<typeof bodies.hire>) {
      const made = newcomer(given, today(), people);
      const worker = checked(made);
      const told = broadcast(systems, ({ hire }) => hire && (() => hire(worker)));
      people.set(worker.login, worker);
      return { person: shownPerson(worker), ...told };
    },
    move({ login, join = [], quit = [], ...rest }: z.infer<typeof bodies.move>) {
      const before = find(login);
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const base = rest.groups ?? before.groups;
      const after = [...new Set([...base.filter((name) => !quit.includes(name)), ...join])];
      // `before` may make its sign-ins when asked; a copy holds them.
      return put({ ...before, ...given, groups: after });
    },
    suspend: (login: string) => put({ ...find(login), status: "suspended" }),
    resume: (login: string) => put({ ...find(login), status: "active" }),
    leave(login: string) {
      find(login);
      const told = broadcast(systems, ({ leave }) => leave && (() => leave(login)));
      people.delete(login);
      return told;
    },
    signIn({ login, at, system: where }: z.infer<typeof bodies.signIn>) {
      const worker = find(login);
      const time = at === undefined ? clock.now() : Date.parse(at);
      const at_ = where === undefined ? systems : [system(where)];
      const told = broadcast(at_, ({ signIn }) => signIn && (() => signIn(login, time)));
      const signIns = [...worker.signIns, time].sort((a, b) => a - b);
      people.set(login, { ...worker, signIns });
      return told;
    },
    seat(act: "giveSeat" | "takeSeat", { system: name, sku, login }: z.infer<typeof bodies.seat>) {
      find(login);
      return broadcast([system(name)], (deeds) => {
        const does = deeds[act];
        return does && (() => does(sku, login));
      });
    },
  };
};
export type Office = ReturnType<typeof createOffice>;

const newcomer = (given: z.infer<typeof bodies.hire>, now: string, taken: ReadonlyMap<string, Worker>): Worker => {
  const plain = `${given.firstName}.${given.lastName}`
    .normalize("NFD")
    .replace(/[^A-Za-z.-]/g, "")
    .toLowerCase();
  const login = (given.login ?? plain).toLowerCase();
  if (login === "" || login === ".") throw new Refused(400, "login: none could be made from the name; give one");
  if (taken.has(login)) throw new Refused(409, `there is a ${login} already; give another login`);
  return {
    login,
    email: given.email ?? `${login}@acme.test`,
    firstName: given.firstName,
    lastName: given.lastName,
    department: given.department ?? "Operations",
    title: given.title ?? "Employee",
    manager: given.manager ?? null,
    type: given.type ?? "employee",
    country: given.country === undefined ? "US" : given.country,
    status: "active",
    createdAt: `${now.slice(0, 19)}Z`,
    startsOn: given.startsOn === undefined ? now.slice(0, 10) : given.startsOn,
    endsOn: given.endsOn ?? null,
    groups: given.groups ?? [],
    github: given.github ?? null,
    signIns: [],
  };
};
