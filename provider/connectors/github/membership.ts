import type { Counters, Outcome, Seat, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import { type Batch, labelOf, Stopped, type Told } from "../http/writing.ts";
import type { Invitation, Membership } from "./api.ts";
import { said, statusOf } from "./client.ts";
import { announce, failed, isOpen, noAccount, rethrow } from "./write.ts";

/** Being a member of something, one request a person: the organization, or a team of it. */
export interface Circle {
  readonly connection: string;
  readonly name: string;
  readonly signal: AbortSignal;
  read(login: string): Promise<Membership | null>;
  add(login: string): Promise<Membership>;
  remove(login: string): Promise<void>;
}

/** An invitation names no id; who has none on GitHub yet is known by e-mail only. */
export const invited = ({ id, login, email, created_at }: Invitation, idOf: ReadonlyMap<string, string>): Seat => ({
  holder: idOf.get(login?.toLowerCase() ?? "") ?? `invitation ${id}`,
  account: login ?? email ?? null,
  since: created_at,
  state: "invited",
});

/**
 * Organizations of managed users have no invitations, and GitHub answers 404 then. Whoever should be in the list and is
 * not would be invited again, and is found invited then: nobody loses anything by it.
 */
export const orNone = async <T>(invitations: Promise<readonly T[]>): Promise<readonly T[]> =>
  invitations.catch((error: unknown) => {
    if (statusOf(error) === 404) return [];
    throw error;
  });

const explained = (circle: Circle, step: SeatStep, error: unknown): unknown => {
  const text = said(error);
  const codes = /no_seat|purchase at least one more seat/i;
  if (statusOf(error) === 422 && codes.test(text))
    return new Problem(
      "no-seats",
      `connection "${circle.connection}": ${circle.name} has no license left for ${labelOf(step)}`,
      {
        hint: "Buy one more license, or take a seat from somebody first.",
        cause: error,
      },
    );
  if (statusOf(error) === 403 && /externally managed|identity provider|team sync/i.test(text))
    return new Problem(
      "unsupported",
      `connection "${circle.connection}": ${circle.name} is managed by the identity provider`,
      {
        hint: "Assign through the group there that the team is connected to (`via`), or disconnect the team from it.",
        cause: error,
      },
    );
  return error;
};

const indirect = (
  circle: Circle,
  step: SeatStep,
  { enterprise_teams_providing_indirect_membership: teams }: Membership,
) =>
  new Problem(
    "unsupported",
    `connection "${circle.connection}": ${labelOf(step)} is in ${circle.name} through an enterprise team (${(teams ?? []).join(", ")})`,
    {
      hint: "Take them out of that team.",
    },
  );

/**
 * Looks first: to add somebody who is there already would make a maintainer or an owner an ordinary member. The
 * Problem of a person is their outcome.
 */
const writeOne = async (circle: Circle, batch: Batch, step: SeatStep, login: string): Promise<Outcome> => {
  const now = await circle.read(login);
  if (batch.act === "give") {
    if (now !== null) return { step, result: now.state === "active" ? "already" : "accepted" };
    await announce(batch, [step]);
    const { state } = await circle.add(login);
    return { step, result: state === "active" ? "done" : "accepted" };
  }
  if (now === null) return { step, result: "already" };
  if (now.direct_membership === false) return failed(step, indirect(circle, step, now));
  await announce(batch, [step]);
  await circle.remove(login);
  return { step, result: "done" };
};

/** A failed write may have been done: only a failure that the look confirms is one. */
const confirmed = async (
  circle: Circle,
  batch: Batch,
  step: SeatStep,
  login: string,
  error: unknown,
): Promise<Outcome> => {
  // A removal whose answer was lost is sent again, and then nobody is there to remove.
  const gone = batch.act === "take" && statusOf(error) === 404;
  if (gone || isOpen(error)) {
    const now = await circle.read(login).catch(() => undefined);
    if (now !== undefined && (now !== null) === (batch.act === "give")) return { step, result: "done" };
  }
  return failed(step, explained(circle, step, error));
};

/** One after the other: GitHub asks not to write side by side, and its limit is 500 an hour anyway. */
export async function* writeMemberships(circle: Circle, batch: Batch, logins: ReadonlyMap<string, string>): Told {
  for (const step of batch.steps) {
    const login = logins.get(step.holder);
    if (login === undefined) {
      yield failed(step, noAccount(circle.connection, step));
      continue;
    }
    try {
      yield await writeOne(circle, batch, step, login);
    } catch (error) {
      if (error instanceof Stopped) throw error.reason;
      rethrow(error, batch.signal);
      yield await confirmed(circle, batch, step, login, error);
    }
  }
}

export const countersOf = (purchased: number | null, consumed: number): Counters => ({
  purchased: purchased === null ? null : { value: purchased, source: "vendor", asOf: null },
  consumed: { value: consumed, source: "vendor", asOf: null },
  suspended: null,
});
