import type { Ast } from "../../core/ast.ts";
import type { Account, Connector, ConnectorKind, OpenWith } from "../../core/connector.ts";
import type { Person, PersonId } from "../../core/person.ts";

/** What the seeded directory holds. */
export interface DirectoryFacts {
  /** Every person, more of them than two of the connector's pages hold. */
  readonly everyone: readonly PersonId[];
  /**
   * One person known field by field, as the connector must give them: names beyond ASCII, groups with the ancestors of
   * a nested one, an attribute with one value and one with several (where the system has attributes).
   */
  readonly known: Partial<Person> & Pick<Person, "id">;
  readonly suspended: PersonId;
  /** A well-formed id of nobody. */
  readonly unknown: PersonId;
  /** Paths of all groups. */
  readonly groups: readonly string[];
  /** A rule that the connector can hand to the system, who it is for, and somebody else who must come along. */
  readonly pushdown: {
    readonly match: readonly Ast[];
    readonly matching: readonly PersonId[];
    readonly also: PersonId;
  };
  /** Somebody whom the system saw, and somebody of whom it knows nothing. */
  readonly usage?: { readonly seen: PersonId; readonly unknown: PersonId };
}

/** Of a system that is no directory: nothing asks. */
export const noDirectory: DirectoryFacts = {
  everyone: [],
  known: { id: "" },
  suspended: "",
  unknown: "",
  groups: [],
  pushdown: { match: [], matching: [], also: "" },
};

/** What the seeded vendor holds. */
export interface VendorFacts {
  /** A friendly name of the SKU that has `holders`, more of them than two pages hold. */
  readonly sku: string;
  readonly holders: readonly string[];
  /** Nobody holds it; a move may go to it. */
  readonly empty: string;
  /** Nearly `sku`. */
  readonly misspelt: string;
  /** At least eight accounts that hold neither `sku` nor `empty`. */
  readonly free: readonly Account[];
  /** What a write names a holder by, where that is not the id (an address). */
  readonly written?: (holder: string) => string;
  /** Well-formed, nobody's. */
  readonly nobody: { readonly id: string; readonly name: string };
}

/** One seeded system, simulated or real. Every `make` gives a fresh one (a realm, a process). */
export interface Subject {
  /** Origin, without a path: a proxy is put before it. */
  readonly origin: string;
  /** The connector, talking to the system at this origin. */
  open(at: Opening): Connector;
  readonly directory: DirectoryFacts;
  readonly vendor: VendorFacts;
  /** Which requests are what, by path with query. */
  readonly paths: {
    readonly seats: RegExp;
    readonly people: RegExp;
    /** A write of a seat; a token request or a search by POST is none. */
    readonly write: RegExp;
  };
  /** Values that must appear in no message and no log. */
  readonly canaries: readonly string[];
  stop(): Promise<void>;
}
export interface Opening {
  readonly origin: string;
  readonly using: OpenWith;
  /** `wrong`: a secret that the system does not accept. */
  readonly secret: "right" | "wrong";
}

export interface Suite {
  /** `keycloak on its simulator`. */
  readonly name: string;
  readonly kind: Pick<ConnectorKind, "capabilities" | "name">;
  readonly make: () => Promise<Subject>;
  readonly skip?: readonly Skip[];
  /** Milliseconds per test. Default: 120,000 (a real Keycloak on a busy machine). */
  readonly timeout?: number;
}
export interface Skip {
  readonly reason: string;
  readonly tests: readonly string[];
}

/** What one test gets. */
export interface Bench {
  readonly subject: Subject;
  readonly kind: Suite["kind"];
  readonly proxy: import("../fault-proxy.ts").FaultProxy;
  readonly clock: import("../virtual-clock.ts").VirtualClock;
  /** A new walk: a new connector. */
  open(secret?: Opening["secret"]): Connector;
  /** Everything that the connector logged. */
  readonly logged: readonly string[];
  readonly signal: AbortSignal;
}
export interface Test {
  readonly name: string;
  /** Writes or breaks something: it gets a system of its own. */
  readonly fresh: boolean;
  /** A duty of directories only. */
  readonly directory?: true;
  readonly run: (bench: Bench) => Promise<void>;
}
export const reads = (name: string, run: Test["run"]): Test => ({ name, fresh: false, run });
export const writes = (name: string, run: Test["run"]): Test => ({ name, fresh: true, run });
export const ofDirectory = (test: Test): Test => ({ ...test, directory: true });
/** Breaks something; only resets are needed afterwards, unless it writes. */
export const breaks = reads;
