import type { Worker } from "../connectors/simulator/company.ts";
import { createRandom, type Random } from "../connectors/simulator/random.ts";
import { githubAccount, type Name, namesOf } from "./enterprise-names.ts";
import {
  type Department,
  departmentFor,
  departmentGroup,
  departments,
  everyone,
  placeFor,
  teamsOf,
} from "./enterprise-organisation.ts";
import { type Habit, signInsOf, usualWeek, year } from "./enterprise-signins.ts";

const day = 86_400_000;
const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** What happened to somebody that licenses should follow, and often do not. */
export type Story = "works" | "idle" | "never" | "joiner" | "starts-soon" | "left" | "overdue" | "subsidiary";
export interface Invented {
  readonly worker: Worker;
  readonly story: Story;
  readonly department: Department;
}

/** How many of the acquired company, in a company of this size. */
export const subsidiarySize = (people: number): number => Math.min(40, Math.ceil(people / 12));

/** Every company has each of these, a small one too: so they come by count and not by chance. */
const storyOf = (index: number, people: number, contractor: boolean): Story => {
  if (index >= people - subsidiarySize(people)) return "subsidiary";
  if (contractor) return index % 9 === 2 ? "overdue" : "works";
  if (index % 17 === 9) return "idle";
  if (index % 50 === 23) return "joiner";
  if (index % 70 === 38) return "left";
  if (index % 80 === 45) return "never";
  return index % 400 === 57 ? "starts-soon" : "works";
};
/** A mistake that costs them every Microsoft license: no usage location. */
const lacksCountry = (index: number): boolean => index % 170 === 61;

interface Dates {
  readonly starts: number;
  readonly ends: number | null;
}
const datesOf = (story: Story, contractor: boolean, { random, now }: { random: Random; now: number }): Dates => {
  const within = (days: number): number => Math.ceil(random.next() * days) * day;
  const starts = now - 45 * day - within(9 * 365);
  switch (story) {
    case "joiner":
      return { starts: now - within(28), ends: null };
    case "starts-soon":
      return { starts: now + within(28), ends: null };
    case "left":
      return { starts, ends: now - within(120) };
    case "overdue":
      return { starts, ends: now - within(60) };
    default:
      return {
        starts: contractor ? now - 45 * day - within(500) : starts,
        ends: contractor ? now + within(270) : null,
      };
  }
};

const habitOf = (story: Story, dates: Dates, { random, now }: { random: Random; now: number }): Omit<Habit, "zone"> => {
  const from = Math.max(dates.starts, now - year);
  const week = usualWeek(random);
  if (story === "never" || story === "starts-soon") return { ...week, often: 0, from, until: now };
  // Away since one to eleven months: leave, another job inside, or an account nobody needs.
  const until = story === "idle" ? now - (30 + random.int(300)) * day : story === "left" ? (dates.ends ?? now) : now;
  return { ...week, often: story === "idle" ? 0.8 : week.often, from, until };
};

/** Who leads what, before anybody is written down: the first in a team, and the first in a department. */
interface Seats {
  readonly teams: ReadonlyMap<Department, readonly string[]>;
  readonly leads: Map<string, string>;
  chief: string | null;
}
interface Post {
  readonly title: string;
  readonly manager: string | null;
  readonly team: string;
}
const postOf = (seats: Seats, { login }: Name, { department, random, index }: Draft): Post => {
  const team = random.pick(seats.teams.get(department) ?? []);
  const home = departmentGroup(department);
  if (index === 0) {
    seats.chief = login;
    return { title: "Chief Executive", manager: null, team: home };
  }
  const head = seats.leads.get(home);
  if (head === undefined) {
    seats.leads.set(home, login);
    return { title: `Head of ${department.name}`, manager: seats.chief, team: home };
  }
  const lead = seats.leads.get(team);
  if (lead !== undefined) return { title: random.pick(department.titles), manager: lead, team };
  seats.leads.set(team, login);
  return { title: `${department.name} Lead`, manager: head, team };
};

interface Draft {
  readonly index: number;
  readonly random: Random;
  readonly department: Department;
}
const groupsOf = (draft: Draft, post: Post, { story, contractor }: { story: Story; contractor: boolean }): string[] => {
  const { random, department } = draft;
  const chance = (share: number): boolean => random.next() < share;
  const is = (...names: readonly string[]): boolean => names.includes(department.name);
  if (story === "subsidiary") return ["subsidiary"];
  return [
    post.team,
    ...(chance(is("Sales", "Marketing", "Finance") ? 0.3 : 0.04) ? ["account-managers"] : []),
    ...(chance(is("Engineering", "Operations", "Support") ? 0.2 : 0) ? ["on-call"] : []),
    ...(contractor ? ["contractors"] : []),
    // By title, without a draw: whatever comes after it stays as it was for each seed.
    ...(["Engineering Lead", "Staff Engineer"].includes(post.title) ? ["sig-release"] : []),
    ...(["Designer", "Web Analyst"].includes(post.title) ? ["design"] : []),
    ...(chance(is("Operations") ? 0.08 : is("Engineering") ? 0.012 : 0) ? ["lic-visio"] : []),
    ...(post.title === "Designer" || chance(is("Marketing") ? 0.2 : 0) ? ["figma-editors"] : []),
    ...(chance(is("Sales") ? 0.6 : is("Support", "People") ? 0.3 : 0.02) ? ["zoom-licensed"] : []),
  ];
};

/** The chief executive counts as one of this department. */
const chiefs = departments.find(({ name }) => name === "Operations") ?? departmentFor(createRandom(0));

const invent = (seed: number, { people, now }: { people: number; now: number }) => {
  const seats: Seats = { teams: teamsOf(people), leads: new Map(), chief: null };
  const name = namesOf(createRandom(seed));
  return (index: number): Invented => {
    // Each person has their own stream: what one field draws moves nobody else.
    const random = createRandom(Math.imul(seed, 0x9e3779b1) + index * 7919);
    const draft = { index, random, department: index === 0 ? chiefs : departmentFor(random) };
    const { department } = draft;
    const called = name();
    const contractor = index > departments.length && random.next() < 0.09;
    const story = storyOf(index, people, contractor);
    const post = postOf(seats, called, draft);
    const dates = datesOf(story, contractor, { random, now });
    const place = placeFor(random);
    const habit = { ...habitOf(story, dates, { random, now }), zone: place.zone };
    const groups = groupsOf(draft, post, { story, contractor });
    const onGithub = story !== "subsidiary" && random.next() < (department.name === "Engineering" ? 0.94 : 0.02);
    const signInSeed = random.int(2 ** 31);
    const worker: Worker = {
      login: called.login,
      email: `${called.login}@acme.test`,
      firstName: called.firstName,
      lastName: called.lastName,
      department: department.name,
      title: post.title,
      manager: post.manager,
      type: contractor ? "contractor" : "employee",
      country: lacksCountry(index) ? null : place.country,
      status: story === "left" ? "suspended" : "active",
      createdAt: time(Math.min(now, dates.starts) - 3 * day),
      startsOn: date(dates.starts),
      endsOn: dates.ends === null ? null : date(dates.ends),
      groups,
      github: onGithub ? githubAccount(random, index) : null,
      get signIns() {
        return signInsOf(signInSeed, habit, now);
      },
    };
    return { worker, story, department };
  };
};

/** Everybody, in the order in which they were invented: heads before their people. */
export const inventPeople = (of: { seed: number; people: number; now: number }): readonly Invented[] =>
  Array.from({ length: of.people }, (_empty, index) => index).map(invent(of.seed, of));

export const enterpriseGroups = (people: number): readonly { readonly name: string; readonly parent?: string }[] => [
  { name: everyone },
  ...[...teamsOf(people)].flatMap(([department, teams]) => [
    { name: departmentGroup(department), parent: everyone },
    ...teams.map((name) => ({ name, parent: departmentGroup(department) })),
  ]),
];
