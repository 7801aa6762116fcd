import { asProblem } from "../core/problem.ts";
import type { Ctx } from "../core/resource.ts";

/**
 * A refresh reads what the state names, and the program may name another by now: a connection or a group that was renamed. An
 * error here would stop the very plan that says so, so the state stays as it is; what the program names is judged by its plan.
 */
export const keptFrom = (error: unknown, what: string, ctx: Pick<Ctx, "log">): "unknown" => {
  const { code, message } = asProblem(error);
  if (code !== "not-found") throw error;
  ctx.log({ level: "warning", text: `${what} is not refreshed, and keeps what its state has: ${message}` });
  return "unknown";
};
