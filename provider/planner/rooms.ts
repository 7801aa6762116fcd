import type { Claim } from "./situation.ts";

/** Free seats. The planner owns this value while it plans; nothing outside sees it change. */
export interface Rooms {
  /** Under the pool's allotment. */
  pool: number;
  readonly tier: number[];
  readonly rule: number[];
  /** Still to be kept free for people whom the rule claims, and all of that together. */
  readonly reserve: number[];
  reserved: number;
  /** Reserves that a seat used besides the first: free for others from the next round on. */
  spared: number;
  readonly seated: number[];
  /** From a rule to another one: people whose seat counts against the first and could count against the other. */
  readonly movable: Map<number, Seated[]>[];
  /** Rules that nobody can leave for a rule with room: once found, it stays so. */
  readonly closed: boolean[];
}
/** Somebody whose seat counts against a rule, and who is told when that changes. */
export interface Seated {
  readonly claims: readonly number[];
  at: number;
  readonly to: (rule: number) => void;
}

export function roomsOf(rules: readonly Claim[], pool: number, tier: readonly number[]): Rooms {
  const reserve = rules.map((rule) => Math.min(rule.reserve, rule.allotment ?? rule.reserve)); // more could never be used
  return {
    pool,
    tier: [...tier],
    rule: rules.map((rule) => rule.allotment ?? Number.POSITIVE_INFINITY),
    reserve,
    reserved: reserve.reduce((sum, seats) => sum + seats, 0),
    spared: 0,
    seated: rules.map(() => 0),
    movable: rules.map(() => new Map()),
    closed: rules.map(() => false),
  };
}

export const has = (room: number | undefined): boolean => (room ?? 0) > 0;

const count = (rooms: Rooms, rule: number, by: 1 | -1): void => {
  rooms.rule[rule] = (rooms.rule[rule] ?? 0) - by;
  rooms.seated[rule] = (rooms.seated[rule] ?? 0) + by;
};

function place(rooms: Rooms, rule: number, person: Seated): void {
  count(rooms, rule, 1);
  person.at = rule;
  person.to(rule);
  const from = rooms.movable[rule];
  if (!from || person.claims.length < 2) return;
  for (const other of person.claims) {
    if (other === rule) continue;
    const people = from.get(other);
    if (people) people.push(person);
    else from.set(other, [person]);
  }
}

/** A seat that counts against a rule, and always will. */
export function sit(rooms: Rooms, rule: number, claims: readonly number[]): void {
  count(rooms, rule, 1);
  useReserves(rooms, claims);
}

/** A seat that may come to count against another rule. */
export function seat(rooms: Rooms, rule: number, person: Seated): void {
  place(rooms, rule, person);
  useReserves(rooms, person.claims);
}

/** A reserve is for the rule's people, whichever of their rules their seat counts against. */
function useReserves(rooms: Rooms, claims: readonly number[]): void {
  let used = 0;
  for (const claim of claims) {
    if (!has(rooms.reserve[claim])) continue;
    rooms.reserve[claim] = (rooms.reserve[claim] ?? 0) - 1;
    used += 1;
  }
  if (used === 0) return;
  rooms.reserved -= 1;
  rooms.spared += used - 1;
}

/** The next round: what one seat spared of several reserves is free now. Says whether there is any. */
export function nextRound(rooms: Rooms): boolean {
  const spared = rooms.spared > 0;
  rooms.reserved -= rooms.spared;
  rooms.spared = 0;
  return spared;
}

/**
 * Room in a full rule: its people count against another of their rules, whose people do the same, until one has room.
 * The shortest such chain; each failure closes the rules it saw, so that all searches together stay cheap.
 */
export function madeRoom(rooms: Rooms, rule: number): boolean {
  while (!has(rooms.rule[rule])) if (!shift(rooms, rule)) return false; // a rule over its allotment needs several
  return true;
}

export function shift(rooms: Rooms, rule: number): boolean {
  if (rooms.closed[rule]) return false;
  const came = new Map<number, { from: number; person: Seated } | null>([[rule, null]]);
  for (const from of came.keys())
    for (const [to, people] of rooms.movable[from] ?? []) {
      while (people.length > 0 && people.at(-1)?.at !== from) people.pop(); // moved on since
      const person = people.at(-1);
      if (!person || came.has(to) || rooms.closed[to]) continue;
      came.set(to, { from, person });
      if (has(rooms.rule[to])) return chain(rooms, came, to);
    }
  for (const seen of came.keys()) rooms.closed[seen] = true;
  return false;
}

function chain(rooms: Rooms, came: ReadonlyMap<number, { from: number; person: Seated } | null>, end: number): true {
  for (let to = end, step = came.get(to); step; to = step.from, step = came.get(to)) {
    count(rooms, step.from, -1);
    place(rooms, to, step.person);
  }
  return true;
}

/** Seats kept free for other rules' people are not there. For a reserve's own people any free seat is. */
export function roomInPool(rooms: Rooms, claims: readonly number[]): boolean {
  const free = Math.min(
    rooms.pool,
    rooms.tier.reduce((sum, seats) => sum + Math.max(0, seats), 0),
  );
  return free > (claims.some((rule) => has(rooms.reserve[rule])) ? 0 : rooms.reserved);
}
