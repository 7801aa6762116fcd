import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import type { Fault } from "../connectors/simulator/faults.ts";
import type { Simulator } from "../connectors/simulator/server.ts";
import type { Sandbox } from "./sandbox.ts";

const system = z.enum(["keycloak", "scim"]);
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
const where = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  nth: z.int().positive().optional(),
  times: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
});
const bodies = {
  faults: z.strictObject({ system, where: where.default({}), fault }),
  clock: z.strictObject({ advanceSeconds: z.int().positive() }),
  signIns: z.strictObject({ login: z.string(), at: z.iso.datetime().optional() }),
};

/** For `seatwise sandbox --help`: what the control endpoint answers. */
export const controlHelp = `  GET    /           both systems: address, people's realm, requests so far
  GET    /log        every request that was served, in order (without bodies and headers)
  DELETE /log        forget them
  POST   /faults     {"system": "keycloak"|"scim", "where": {"method", "path", "nth", "times", "probability"},
                      "fault": {"kind": "limit", "status": 429, "retryAfter": 2} | {"kind": "status", "status": 500}
                      | {"kind": "reset"|"silence", "commit": "before"|"after"} | {"kind": "slow", "ms": 900}
                      | {"kind": "expire"} | {"kind": "page", "page": "empty"|"truncated"|"loop"}}
                     path is a regular expression
  DELETE /faults     no faults any more
  POST   /clock      {"advanceSeconds": 86400}: the systems' time moves on; it never goes back
  POST   /sign-ins   {"login": "ada.sato", "at": "2026-11-01T08:00:00Z"}: evidence of use; at is optional`;

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}
const ok = (body?: unknown): Reply => ({ status: body === undefined ? 204 : 200, body });

const about = (one: Simulator): object => ({ url: one.url, requests: one.counts() });
const planFault = (to: Simulator, given: z.infer<typeof bodies.faults>): Reply => {
  const { path, ...rest } = given.where;
  const given_ = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const met = Object.fromEntries(Object.entries(given.fault).filter(([, value]) => value !== undefined));
  // Parsed above; zod's optional fields may hold undefined, which the plan's do not.
  to.faults.on({ ...given_, ...(path === undefined ? {} : { path: new RegExp(path) }) }, met as unknown as Fault);
  return ok();
};

const answer = (sandbox: Sandbox, what: string, body: unknown): Reply => {
  const both = [sandbox.keycloak, sandbox.scim];
  switch (what) {
    case "GET /":
      return ok({ keycloak: about(sandbox.keycloak), scim: about(sandbox.scim), realm: sandbox.realm });
    case "GET /log":
      return ok(
        both.flatMap(({ name, log }) => log.map((served) => ({ system: name, ...served }))).sort((a, b) => a.at - b.at),
      );
    case "DELETE /log":
      for (const one of both) one.resetLog();
      return ok();
    case "POST /faults": {
      const given = bodies.faults.parse(body);
      return planFault(sandbox[given.system], given);
    }
    case "DELETE /faults":
      for (const one of both) one.faults.clear();
      return ok();
    case "POST /clock":
      sandbox.clock.advance(bodies.clock.parse(body).advanceSeconds * 1000);
      return ok({ now: new Date(sandbox.clock.now()).toISOString() });
    case "POST /sign-ins": {
      const { login, at } = bodies.signIns.parse(body);
      sandbox.keycloak.recordSignIn(sandbox.realm, login, at === undefined ? sandbox.clock.now() : Date.parse(at));
      return ok();
    }
    default:
      return { status: 404, body: { error: `there is no ${what}; see seatwise sandbox --help` } };
  }
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text === "" ? undefined : JSON.parse(text);
};
const handle = async (sandbox: Sandbox, request: IncomingMessage): Promise<Reply> => {
  try {
    return answer(sandbox, `${request.method} ${(request.url ?? "/").split("?")[0]}`, await readBody(request));
  } catch (error) {
    const said =
      error instanceof z.ZodError ? z.prettifyError(error) : String(error instanceof Error ? error.message : error);
    return { status: 400, body: { error: said } };
  }
};

/** What no real system's API can do: break, move time, sign people in, tell its log. */
export const startControl = async (
  sandbox: Sandbox,
  port: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const server = createServer(async (request, response) => {
    const { status, body } = await handle(sandbox, request);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : `${JSON.stringify(body, null, 2)}\n`);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
