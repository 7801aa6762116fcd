import { timingSafeEqual } from "node:crypto";
import type { SimulatorClock } from "./clock.ts";
import type { Random } from "./random.ts";

/** Bearer tokens that a simulated system gave out. */
export interface TokenBook {
  /** `form`: what it looks like, where a client may read it; given letters that nobody can guess. */
  issue(as: string, lifeMs: number, form?: (word: string) => string): string;
  /** A token that never expires and that the test chose. */
  accept(token: string, as: string): void;
  /** Who the header speaks for; null: nobody known, or expired. */
  who(authorization: string | undefined): string | null;
  revoke(authorization: string | undefined): void;
  revokeAll(): void;
}

/** Equal without telling where they differ. */
export const sameSecret = (a: string, b: string): boolean => {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length === two.length && timingSafeEqual(one, two);
};

const bearer = (authorization: string | undefined): string | null =>
  /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? null;

export const createTokenBook = (clock: SimulatorClock, random: Random): TokenBook => {
  const known = new Map<string, { as: string; until: number }>();
  return {
    issue(as, lifeMs, form = (word) => `sim-${word}`) {
      const token = form(random.word(40));
      known.set(token, { as, until: clock.now() + lifeMs });
      return token;
    },
    accept(token, as) {
      known.set(token, { as, until: Number.POSITIVE_INFINITY });
    },
    who(authorization) {
      const token = bearer(authorization);
      const found = token === null ? undefined : known.get(token);
      return found && found.until > clock.now() ? found.as : null;
    },
    revoke(authorization) {
      const token = bearer(authorization);
      if (token !== null) known.delete(token);
    },
    revokeAll() {
      known.clear();
    },
  };
};
