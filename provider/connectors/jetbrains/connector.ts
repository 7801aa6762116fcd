import { z } from "zod";
import {
  type Account,
  type Capabilities,
  type Connector,
  defineConnector,
  listed,
  type OpenWith,
  type Seat,
} from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { AfterTimeout } from "../http/problems.ts";
import { type Acting, type Did, moved, stepByStep } from "../http/writing.ts";
import {
  api,
  type Client,
  type Config,
  codeOf,
  config,
  createClient,
  holderOf,
  isFree,
  type License,
  revocableAfterDays,
  scopes,
  targetsIn,
} from "./api.ts";

const capabilities: Capabilities = {
  directory: false,
  vendorOfSeats: true,
  purchased: "vendor",
  buysOnAssign: false,
  release: "immediate",
  exclusiveWithinProduct: false,
  batch: null,
  identity: "email",
  activity: {
    signal: "last contact of a product with JetBrains (lastSeenDate); offline use is not seen",
    lagHours: 24,
  },
  settleMs: 0,
  prerequisites: [
    "the JetBrains Account API is enabled (Organization, Administration)",
    `a license can be taken back ${revocableAfterDays} days after it was assigned; sooner by an administrator in the console alone`,
    "JetBrains asks for first and last name: they are made from the address (grace.hopper@…), because a step carries no name",
  ],
  buckets: [{ name: "requests", limit: "not documented; a 429 is obeyed, and writes go one after the other" }],
  pushdown: [],
  fills: [],
  scopes,
  verified: [
    {
      what: "paths, parameters, page sizes, fields, the rule of 30 days",
      against: "JetBrains' OpenAPI description 1.0 (copy of 2023)",
    },
    { what: "codes of refusals", against: "test suites of others against the real API, on GitHub" },
    {
      what: "not verified: rate limits, lag of lists, lag and life of lastSeenDate, suspended licenses, a change of address, invitations of those without an account, too large a page",
      against: "nothing: no account was to be had",
    },
  ],
};

const address = z.email();
/** One per person: two licenses of a product are one seat, and unassigning takes both. */
const seatsOf = (licenses: readonly License[]): readonly Seat[] => {
  const seats = new Map<string, Seat>();
  for (const license of licenses) {
    if (!license.assignee) continue;
    const person = holderOf(license);
    const holder = person ?? `license:${license.licenseId}`;
    const assigned = Date.parse(license.lastSeen?.lastAssignmentDate ?? "");
    seats.set(holder, {
      holder,
      account: license.assignee.email ?? null,
      since: Number.isNaN(assigned) ? null : new Date(assigned).toISOString(),
      state: license.isSuspended ? "suspended" : "active",
      // A license server's, or a key's: nobody's to take.
      ...(person === null ? { inheritedFrom: `${license.assignee.type} ${license.assignee.uid ?? ""}`.trim() } : {}),
    });
  }
  return [...seats.values()];
};

const explained = (error: unknown, { account, sku }: Acting["step"], license: License): unknown => {
  const problem = (code: Problem["code"], text: string, hint: string) =>
    new Problem(code, text, { hint, cause: error });
  const assigned = Date.parse(license.lastSeen?.lastAssignmentDate ?? "");
  const day = Number.isNaN(assigned) ? "then" : new Date(assigned + revocableAfterDays * 86_400_000).toISOString();
  switch (codeOf(error)) {
    case "RECENTLY_ASSIGNED_LICENSE_IS_NOT_AVAILABLE_FOR_REVOKE":
      return problem(
        "unsupported",
        `JetBrains lets nobody take the license of ${sku} from ${account} within ${revocableAfterDays} days of its assignment`,
        `It stays in use; a run from ${day.slice(0, 10)} on takes it. An administrator can do it now, in the JetBrains console.`,
      );
    case "INVALID_CONTACT_EMAIL":
    case "INVALID_CONTACT_NAME":
      return problem(
        "invalid",
        `JetBrains takes no license for ${account}`,
        "It must be an address that lasts, not a throw-away one.",
      );
    case "TEAM_MISMATCH":
      return problem(
        "denied",
        `the token is of another team than license ${license.licenseId} of ${sku} (needs ADMIN there)`,
        "Use a token of the organization, or name the team in the SKU: CODE/TEAM.",
      );
  }
  return error;
};
/** Whether the write was done is open: its answer was lost, or the last of several tries was not answered. */
const isOpen = (error: unknown): boolean =>
  error instanceof Problem && (error.code === "unreachable" || error.code === "throttled");
const isGone = (error: unknown): boolean =>
  ["LICENSE_IS_NOT_AVAILABLE_TO_ASSIGN", "LICENSE_NOT_FOUND"].includes(codeOf(error));

const contactOf = (email: string) => {
  const words = (email.split("@")[0] ?? "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = email, ...rest] = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return { email, firstName: first, lastName: rest.join(" ") || first };
};

/** One write for one license. Until it is known what came of it, it is looked at, and only then written again. */
const settled = async (write: () => Promise<unknown>, is: () => Promise<boolean>, ask: Acting["ask"]): Promise<Did> => {
  for (let nth = 1; ; nth += 1) {
    await ask();
    try {
      await write();
      return "done";
    } catch (error) {
      const open = isOpen(error);
      if (!open && !isGone(error)) throw error;
      // Where it is open, that looking failed too says less than the refusal.
      const so = open ? await is().catch(() => null) : await is();
      if (so) return open ? "done" : "already";
      if (!(error instanceof AfterTimeout) || so === null || nth === 3) throw error;
    }
  }
};

const createWriter = ({ connection, data, look, find }: Client, sendEmail: boolean) => {
  const has = async (id: string, holder: string, signal: AbortSignal): Promise<boolean> => {
    const license = await look(id, signal);
    return license !== null && holderOf(license) === holder;
  };
  /** Always of a named license: sent twice, or by two of us, it still uses one. */
  const give = async (sku: string, book: Map<string, License>, { step, ask, signal }: Acting): Promise<Did> => {
    const target = await find(sku, signal);
    const all = [...book.values()].filter(target.has).sort((a, b) => (a.licenseId < b.licenseId ? -1 : 1));
    if (all.some((license) => holderOf(license) === step.holder)) return "already";
    for (const license of all.filter(isFree)) {
      const { licenseId } = license;
      const body = {
        licenseId,
        contact: contactOf(step.holder),
        sendEmail,
        includeOfflineActivationCode: false,
      };
      const write = () => data(api.assign, {}, signal, body);
      const mine = () => has(licenseId, step.holder, signal);
      try {
        const did = await settled(write, mine, ask);
        book.set(licenseId, { ...license, assignee: { type: "USER", email: step.holder } });
        return did;
      } catch (error) {
        if (!isGone(error)) throw explained(error, step, license);
        book.delete(licenseId); // somebody else was quicker
      }
    }
    throw new Problem(
      "no-seats",
      `connection "${connection}": no license of ${target.name} is left for ${step.account}`,
      {
        hint: "Buy more, or unassign some: the pool's allotment may be above what was bought.",
      },
    );
  };
  const take = async (sku: string, book: Map<string, License>, { step, ask, signal }: Acting): Promise<Did> => {
    const target = await find(sku, signal);
    const held = [...book.values()].filter((license) => target.has(license) && holderOf(license) === step.holder);
    if (step.holder.startsWith("license:"))
      throw new Problem("unsupported", `${step.holder} is no person's: change it in the JetBrains console`);
    for (const license of held) {
      const id = license.licenseId;
      const rid = async () => !(await has(id, step.holder, signal));
      const write = async () => {
        const { licenseIds } = await data(api.revoke, { id }, signal);
        if (!licenseIds?.includes(id) && !(await rid()))
          throw new Problem("refused", `JetBrains accepted to take license ${id} from ${step.account}, and did not`);
      };
      try {
        await settled(write, rid, ask);
      } catch (error) {
        throw explained(error, step, license);
      }
      book.set(id, { ...license, assignee: null, isAvailableToAssign: true });
    }
    return held.length > 0 ? "done" : "already";
  };
  return { give, take };
};

const createApply = (client: Client, sendEmail: boolean): NonNullable<Connector["apply"]> => {
  const { give, take } = createWriter(client, sendEmail);
  return async function* apply(steps, before, signal) {
    client.forget(); // what the plan saw is old
    const book = new Map(await client.licenses(signal));
    const work = (acting: Acting): Promise<Did> => {
      const { act, sku, to = sku } = acting.step;
      if (act === "assign") return give(sku, book, acting);
      if (act === "unassign") return take(sku, book, acting);
      if (to === sku) return Promise.resolve("already"); // no license here has service plans to change
      return moved(
        acting.step,
        () => give(to, book, acting),
        () => take(sku, book, acting),
      );
    };
    try {
      yield* stepByStep(steps, { before, signal, width: 1 }, work);
    } finally {
      client.forget();
    }
  };
};

const open = (given: Config, using: OpenWith): Connector => {
  const client = createClient(given, using);
  const iso = (): string => new Date(using.clock.now()).toISOString();
  const all = async (signal: AbortSignal): Promise<License[]> => [...(await client.licenses(signal)).values()];
  const of = async (sku: string, signal: AbortSignal): Promise<License[]> =>
    (await all(signal)).filter((await client.find(sku, signal)).has);
  return {
    vendor: "JetBrains",
    verify: async (signal) => void (await client.data(api.token, {}, signal)),
    skus: async (signal) => [...targetsIn(await all(signal)).values()].map(({ sku, name }) => ({ sku, name })),
    async sku(wanted, signal) {
      const { sku, name } = await client.find(wanted, signal);
      return { sku, name };
    },
    async counters({ sku }, signal) {
      const licenses = await of(sku, signal);
      const count = (which: (license: License) => unknown) =>
        ({ value: licenses.filter(which).length, source: "vendor", asOf: iso() }) as const;
      // What expired and nobody has is listed on, and can be given to nobody.
      const purchased = count((license) => license.assignee || isFree(license));
      return { purchased, consumed: count(({ assignee }) => assignee), suspended: count((one) => one.isSuspended) };
    },
    seats: ({ sku }, signal) => listed(async () => seatsOf(await of(sku, signal))),
    // Whoever has an address can have a license, with or without an account so far: nobody need be asked.
    accounts: async (names) => {
      const account = (name: string): Account => ({ id: name.toLowerCase(), name: name.toLowerCase(), active: true });
      return new Map(names.filter((name) => address.safeParse(name).success).map((name) => [name, account(name)]));
    },
    apply: createApply(client, given.sendEmail),
    async granted(signal) {
      const told = await client.data(api.token, {}, signal);
      return [(told.type === "TEAM" ? told.team.role : told.role) ?? "none"];
    },
    async usage(people, signal, accountOf = ({ email }) => email) {
      const seen = new Map<string, number>();
      for (const license of await all(signal)) {
        const { lastSeenDate, lastAssignmentDate } = license.lastSeen ?? {};
        const [at, from] = [Date.parse(lastSeenDate ?? ""), Date.parse(lastAssignmentDate ?? "")];
        const holder = holderOf(license);
        // What was seen before the assignment was somebody else.
        if (holder !== null && at >= (Number.isNaN(from) ? 0 : from))
          seen.set(holder, Math.max(at, seen.get(holder) ?? 0));
      }
      const name = "JetBrains product";
      const at = (account: string | null): string | null => {
        const time = seen.get(account?.toLowerCase() ?? "");
        return time === undefined ? null : new Date(time).toISOString();
      };
      const usage = people.map((person) => ({ person: person.id, at: at(accountOf(person)), signal: name }));
      return { signal: name, coverageFrom: new Date(0).toISOString(), asOf: iso(), usage };
    },
    requests: client.requests,
  };
};

export const connector = defineConnector({
  name: "jetbrains",
  doc: "JetBrains: licenses of IDEs and tools that an organization has in JetBrains Account, assigned to people by e-mail.",
  config,
  skus: [
    { form: "II", seat: "a license of the product with this code or name, of any team, that a person has" },
    { form: "II/TEAM", seat: "the same of one team, by its id or name" },
  ],
  capabilities,
  open,
});
