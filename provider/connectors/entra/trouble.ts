import type { SeatProblem, SeatStep } from "../../core/connector.ts";
import { Problem } from "../../core/problem.ts";
import type { LicenseState } from "./api.ts";

/** What is wrong, and what helps: "Identify and resolve license assignment problems for a group in Microsoft Entra ID". */
const kinds: Readonly<Record<string, { readonly text: string; readonly next: string; readonly retryable: boolean }>> = {
  CountViolation: {
    text: "no seat was free when Entra processed this person",
    next: "Buy seats or free some; Entra does not try again by itself, so assign anew then",
    retryable: true,
  },
  MutuallyExclusiveViolation: {
    text: "a service plan of this license excludes one that the person has from another license",
    next: "Take the other license away, or switch one of the two plans off",
    retryable: false,
  },
  DependencyViolation: {
    text: "a service plan of this license needs another plan that the person lacks",
    next: "Switch the plan on that it needs, or this one off",
    retryable: false,
  },
  ProhibitedInUsageLocationViolation: {
    text: "a service of this license is not offered at the person's usage location",
    next: "Correct the person's usageLocation, or switch the service off",
    retryable: false,
  },
  UniquenessViolation: {
    text: "a mail address of the person is used twice in the tenant (proxyAddresses)",
    next: "Give one of the two another address, then assign anew",
    retryable: true,
  },
  Other: {
    text: "Entra could not process another license of the same group",
    next: "See the person's licenses in the Entra admin centre: another line names the cause; then assign anew",
    retryable: true,
  },
};

export const inError = ({ state }: LicenseState): boolean => state === "Error" || state === "ActiveWithError";

/** `license` and `through` name it as a person would. */
export const seatProblem = (
  state: LicenseState,
  named: { readonly license: string; readonly through: string | null },
): SeatProblem => {
  const code = state.error && state.error !== "None" ? state.error : "Other";
  const kind = kinds[code] ?? {
    ...kinds.Other,
    text: `Entra says ${code}`,
    next: "See Entra's own message",
    retryable: true,
  };
  const through = named.through === null ? "" : ` (through group ${named.through})`;
  return {
    code,
    text: `${named.license}${through}: ${kind.text}. ${kind.next}.`,
    retryable: kind.retryable ?? true,
  };
};

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
interface About {
  readonly step: SeatStep;
  readonly connection: string;
  /** What the request gives or takes, as a person would call it. */
  readonly what: string;
  readonly scope: string;
}
type Row = readonly [RegExp, Problem["code"], (about: About) => string, string];

/** Graph's sentences for what it refuses (its codes are nearly all Request_BadRequest), and what helps. */
const rows: readonly Row[] = [
  [
    /invalid usage location/i,
    "invalid",
    ({ step }) => `${step.account} has no usageLocation, and Entra licenses nobody without one`,
    "Set the person's usageLocation (two letters, DE or US) in Entra or at its source, then apply again. It is not set from here: it decides which services somebody may use.",
  ],
  [
    /does not have any available licenses/i,
    "no-seats",
    ({ what }) => `no seat of ${what} is free`,
    "Buy seats or free some, then apply again.",
  ],
  [
    /mutually exclusive/i,
    "conflict",
    ({ what, step }) => `${what} and a license that ${step.account} has exclude each other`,
    "Move the person from the other license, or leave the plans out that both have (`servicePlans`).",
  ],
  [
    /depends? on/i,
    "conflict",
    ({ what }) => `a service plan of ${what} needs another plan that would be off`,
    "Add the plan that it needs to `servicePlans`.",
  ],
  [
    /inherited from a group/i,
    "unsupported",
    ({ what, step }) => `${step.account} has ${what} through a group, where it cannot be taken from one person`,
    "Take the person out of the group, or manage the seats of that group (`via`).",
  ],
  [
    /does not correspond to a valid company license/i,
    "not-found",
    ({ what }) => `the tenant no longer has ${what}`,
    "Was the subscription cancelled?",
  ],
];

/** Of the rows above: what is wrong with the person, and not with what was asked. */
const aboutThePerson = /invalid usage location|mutually exclusive/i;

export const refusedStep = ({ status, code, message }: Refused, about: About): Problem => {
  const at = `connection "${about.connection}": `;
  if (status === 403 || code === "Authorization_RequestDenied")
    return new Problem(
      "denied",
      `${at}Entra denied a write about ${about.what} (needs ${about.scope}): ${message.slice(0, 200)}`,
      {
        hint: `Grant the application permission ${about.scope} with admin consent to the app of connection "${about.connection}".`,
      },
    );
  if (status === 404)
    return new Problem("not-found", `${at}Entra does not know ${about.step.account} (${about.step.holder})`, {
      hint: "Was the person deleted? The next plan knows.",
    });
  const row = rows.find(([pattern]) => pattern.test(message));
  if (row) return new Problem(row[1], at + row[2](about), { hint: row[3], lasting: aboutThePerson.test(message) });
  const said = message === "" ? `status ${status}` : message.replace(/\s+/g, " ").slice(0, 200);
  return new Problem(
    status >= 500 ? "unreachable" : status === 409 ? "conflict" : "invalid",
    `${at}Entra refused ${about.what} for ${about.step.account}: ${said}`,
  );
};
