import { createRandom, type Random } from "../connectors/simulator/random.ts";

const { floor, round } = Math; // in Jest a global is slow

const day = 86_400_000;
const hour = 3_600_000;
export const year = 365 * day;

/** How somebody works, as far as sign-ins tell. */
export interface Habit {
  /** The chance of a sign-in on a working day; 0: never signed in. */
  readonly often: number;
  /** Working days of the week, 1 (Monday) to 7. */
  readonly week: readonly number[];
  /** Milliseconds since the epoch: not before, and not from then on. */
  readonly from: number;
  readonly until: number;
  /** Hours from UTC to the place where they work. */
  readonly zone: number;
}

const everyDay = [1, 2, 3, 4, 5];
const habits: readonly (readonly [share: number, often: number, week: readonly number[]])[] = [
  [0.7, 0.9, everyDay],
  [0.14, 0.85, [1, 2, 3]],
  [0.05, 0.7, [3, 4, 5, 6, 7]],
  [0.11, 0.12, everyDay],
];
/** Most work from Monday to Friday, some part of the week or on weekends, and some are rarely seen. */
export const usualWeek = (random: Random): Pick<Habit, "often" | "week"> => {
  let lot = random.next();
  for (const [share, often, week] of habits) {
    if (lot < share) return { often, week };
    lot -= share;
  }
  return { often: 0.9, week: everyDay };
};

/**
 * Sign-ins of the year before `now`, ascending. The same seed gives the same, so they are made when somebody asks for
 * them and never kept: a year of 10,000 people is two million numbers.
 */
export const signInsOf = (seed: number, habit: Habit, now: number): readonly number[] => {
  if (habit.often === 0) return [];
  const random = createRandom(seed);
  const first = floor((now - year) / day);
  // A fortnight off, at any time of the year.
  const away = first + random.int(350);
  const made: number[] = [];
  for (let date = first; date * day < now; date += 1) {
    const weekday = ((date + 3) % 7) + 1; // day 0, 1 January 1970, was a Thursday
    const [chance, minute] = [random.next(), random.next()];
    const at = date * day + round((8 - habit.zone + minute * 2.5) * hour);
    if (chance >= habit.often || !habit.week.includes(weekday) || (date >= away && date < away + 14)) continue;
    if (at >= habit.from && at < habit.until && at <= now && at > now - year) made.push(at);
  }
  return made;
};
