import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import type { Fault } from "../connectors/simulator/faults.ts";
import { configurationOf, exports } from "./sandbox-connect.ts";
import { bodies, createOffice, type Office, Refused, shownPerson } from "./sandbox-deeds.ts";
import { pageOf } from "./sandbox-page.ts";
import type { RunningSystem, Systems } from "./sandbox-systems.ts";

const commit = z.enum(["before", "after"]);
const fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("limit"), status: z.literal([429, 403, 503]), retryAfter: z.int().optional() }),
  z.strictObject({ kind: z.literal("status"), status: z.int().min(400).max(599) }),
  z.strictObject({ kind: z.literal("reset"), commit }),
  z.strictObject({ kind: z.literal("silence"), commit }),
  z.strictObject({ kind: z.literal("slow"), ms: z.int().positive() }),
  z.strictObject({ kind: z.literal("expire") }),
  z.strictObject({ kind: z.literal("page"), page: z.enum(["empty", "truncated", "loop"]) }),
]);
const pattern = z.string().refine(
  (text) => {
    try {
      return new RegExp(text) instanceof RegExp;
    } catch {
      return false;
    }
  },
  { error: "is no regular expression" },
);
const where = z.strictObject({
  method: z.string().optional(),
  path: pattern.optional(),
  nth: z.int().positive().optional(),
  times: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
});
const faults = z.strictObject({ system: z.string(), where: where.default({}), fault });
const clock = z.strictObject({ advanceSeconds: z.int().positive() });

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of JSON. */
  readonly text?: string;
  readonly type?: string;
}
const ok = (body?: unknown): Reply => ({ status: body === undefined ? 204 : 200, body });

const given = <T extends object>(values: T): T =>
  // zod's optional fields may hold undefined, which the plan's do not.
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
const planFault = (to: readonly RunningSystem[], { where: at, fault: met }: z.infer<typeof faults>): Reply => {
  const { path, ...rest } = given(at);
  for (const { simulator } of to)
    simulator.faults.on(
      { ...(rest as object), ...(path === undefined ? {} : { path: new RegExp(path) }) },
      given(met) as Fault,
    );
  return ok();
};

const about = ({ systems, company, clock: time }: Systems, office: Office): object => ({
  company: {
    name: company.name,
    domain: company.domain,
    people: office.people().length,
    groups: company.groups.length,
    now: new Date(time.now()).toISOString(),
  },
  systems: Object.fromEntries(
    systems.map(({ name, title, connectionName, simulator, shows }) => [
      name,
      { title, url: simulator.url, connection: connectionName, requests: simulator.counts(), shows },
    ]),
  ),
});
const logOf = ({ systems }: Systems) =>
  systems
    .flatMap(({ name, simulator }) => simulator.log.map((served) => ({ system: name, ...served })))
    .sort((a, b) => a.at - b.at);

interface Asked {
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly html: boolean;
  readonly url: string;
}
type Answers = Readonly<Record<string, (asked: Asked) => Reply>>;

const limitOf = (query: URLSearchParams): number =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .parse(query.get("limit") ?? 20);
const reads = (sandbox: Systems, office: Office): Answers => ({
  "GET /": ({ html, url }) =>
    html
      ? { status: 200, type: "text/html; charset=utf-8", text: pageOf({ sandbox, office, url }) }
      : ok(about(sandbox, office)),
  "GET /log": () => ok(logOf(sandbox)),
  "GET /company": () => ok({ groups: sandbox.company.groups, contracts: sandbox.company.contracts }),
  "GET /people": ({ query }) => {
    const [login, search] = [query.get("login"), query.get("search")?.toLowerCase() ?? ""];
    if (login !== null) return ok(shownPerson(office.find(login)));
    const text = ({
      login: name,
      department,
      title,
      groups,
    }: {
      login: string;
      department: string;
      title: string;
      groups: readonly string[];
    }) => `${name} ${department} ${title} ${groups.join(" ")}`.toLowerCase();
    const found = office.people().filter((one) => text(one).includes(search));
    return ok({ total: found.length, people: found.slice(0, limitOf(query)).map(shownPerson) });
  },
  "GET /connections": () => ok(configurationOf(sandbox.systems)),
  "GET /env": () => ({
    status: 200,
    type: "text/plain; charset=utf-8",
    text: `${exports(sandbox.systems).join("\n")}\n`,
  }),
});
const writes = (sandbox: Systems, office: Office): Answers => ({
  "DELETE /log": () => {
    for (const { simulator } of sandbox.systems) simulator.resetLog();
    return ok();
  },
  "POST /faults": ({ body }) => {
    const planned = faults.parse(body);
    return planFault(planned.system === "all" ? sandbox.systems : [office.system(planned.system)], planned);
  },
  "DELETE /faults": () => {
    for (const { simulator } of sandbox.systems) simulator.faults.clear();
    return ok();
  },
  "POST /clock": ({ body }) => {
    sandbox.clock.advance(clock.parse(body).advanceSeconds * 1000);
    return ok({ now: new Date(sandbox.clock.now()).toISOString() });
  },
  "POST /sign-ins": ({ body }) => ok(office.signIn(bodies.signIn.parse(body))),
  "POST /hire": ({ body }) => ok(office.hire(bodies.hire.parse(body))),
  "POST /move": ({ body }) => ok(office.move(bodies.move.parse(body))),
  "POST /suspend": ({ body }) => ok(office.suspend(bodies.who.parse(body).login)),
  "POST /resume": ({ body }) => ok(office.resume(bodies.who.parse(body).login)),
  "POST /leave": ({ body }) => ok(office.leave(bodies.who.parse(body).login)),
  "POST /give": ({ body }) => ok(office.seat("giveSeat", bodies.seat.parse(body))),
  "POST /take": ({ body }) => ok(office.seat("takeSeat", bodies.seat.parse(body))),
});

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text === "" ? undefined : JSON.parse(text);
};
const refusal = (error: unknown): Reply => {
  if (error instanceof Refused) return { status: error.status, body: { error: error.message, ...error.more } };
  const said =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  return { status: 400, body: { error: said } };
};

/** What no real system's API can do: hire and fire, break, move time, sign people in, tell its log. */
export const startControl = async (
  sandbox: Systems,
  port: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const office = createOffice(sandbox);
  const answers: Answers = { ...reads(sandbox, office), ...writes(sandbox, office) };
  let url = "";
  const handle = async (request: IncomingMessage): Promise<Reply> => {
    const at = new URL(request.url ?? "/", "http://control");
    const what = `${request.method} ${at.pathname}`;
    try {
      const body = await readBody(request);
      const answer = answers[what];
      if (!answer) throw new Refused(404, `there is no ${what}; GET / tells what there is`);
      return answer({ what, query: at.searchParams, body, html: /text\/html/.test(request.headers.accept ?? ""), url });
    } catch (error) {
      return refusal(error);
    }
  };
  const server = createServer(async (request, response) => {
    const { status, body, text, type = "application/json" } = await handle(request);
    // Nothing on the page runs or is fetched.
    const policy = {
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    };
    response.writeHead(status, { "content-type": type, ...policy });
    response.end(text ?? (body === undefined ? undefined : `${JSON.stringify(body, null, 2)}\n`));
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
