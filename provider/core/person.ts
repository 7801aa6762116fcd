export type PersonId = string;
export const statuses = ["active", "staged", "suspended", "deleted"] as const;
export type Status = (typeof statuses)[number];

/**
 * A person as the identity provider knows them. `null` means that the directory has no
 * value: a rule that needs it is undecided for this person. Times are RFC 3339 in UTC.
 */
export interface Person {
  /** The directory's stable id; survives a rename. */
  readonly id: PersonId;
  readonly login: string | null;
  readonly email: string | null;
  readonly status: Status;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly department: string | null;
  readonly title: string | null;
  readonly manager: string | null;
  readonly type: string | null;
  readonly createdAt: string | null;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  /** Names of groups, ancestors included; a path (`/a/b`) where the name is ambiguous. Sorted. `null`: not read. */
  readonly groups: readonly string[] | null;
  /** One value: a string. Several: a list of strings. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  /** Path from the root, `/sig/release`. */
  readonly path: string;
}

/** How a message names a person: login, else e-mail, else id. */
export const label = (p: Pick<Person, "id" | "login" | "email">): string => p.login ?? p.email ?? p.id;
