import type { Answer, Asked, Handler } from "../../simulator/router.ts";
import { refuse } from "./refusals.ts";
import type { Server } from "./state.ts";

/** Who asks, as `authenticate` told it: an administrator's token, or an application with its scopes. */
export const admin = "admin";
export const readOnlyAdmin = "read-only admin";

/** What a scope for writing lets one read, too. */
const covers = (has: readonly string[], needed: string): boolean =>
  has.includes(needed) || has.includes(needed.replace(/\.read$/, ".manage"));

const refusal = ({ as }: Asked, needed: string): Answer | null => {
  if (as === admin) return null;
  if (as === readOnlyAdmin) return needed.endsWith(".read") ? null : refuse.denied();
  return covers(as.split(" ").slice(1), needed) ? null : refuse.insufficientScope(needed);
};

/** Scope first, then the work; every answer tells the bucket's state. */
export const guarded =
  (server: Server, scope: string, handle: (asked: Asked) => Answer): Handler =>
  (asked) => {
    const answer = refusal(asked, scope) ?? handle(asked);
    return { ...answer, headers: { ...server.limits.headers(asked.method, asked.path), ...answer.headers } };
  };
