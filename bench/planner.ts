import type { Person } from "../provider/core/person.ts";
import { affected, compileRule, indexPeople, matchAll, type Rule } from "../provider/rules/index.ts";
import { departments, people, teams, titles } from "./people.ts";
import { atMost, median, quantile, type Row } from "./row.ts";

const now = Date.parse("2026-11-24T12:00:00Z");
const size = 100_000;

/** 200 rules as companies write them: most name a team, many add a field, some hold what no index can look up. */
const sources: readonly string[] = Array.from({ length: 200 }, (_, i) => {
  const team = `"team-${(i * 7) % teams}" in user.groups`;
  const department = `user.department == "${departments[i % departments.length]}"`;
  const title = `user.title == "${titles[i % titles.length]}"`;
  return (
    [
      team,
      `${department} && ${team}`,
      `${department} && ${title} && "vpn" in user.groups`,
      `${team} && user.title.startsWith("Senior")`,
      `(${team} || "team-${(i * 11) % teams}" in user.groups) && !user.title.startsWith("Intern")`,
    ][i % 5] ?? team
  );
});

/** By the process's own clock: what other processes take is not counted. */
const cpuMicros = (work: () => unknown): number => {
  const start = process.cpuUsage();
  work();
  const used = process.cpuUsage(start);
  return used.user + used.system;
};

/** Every rule asked for everybody, from people just read: the index is built anew each time. */
function fullPass(rules: readonly Rule[], all: readonly Person[]): Row {
  const times: number[] = [];
  for (let round = 0; round < 7; round++)
    times.push(
      cpuMicros(() => {
        const matched = matchAll(rules, indexPeople(all), now);
        if (matched.reduce((sum, { yes }) => sum + yes.length, 0) < size) throw new Error("the rules match too few");
      }),
    );
  return atMost(
    "planner/200x100k",
    median(times) / 1000,
    250,
    "ms CPU: index built and 200 rules asked for 100,000 people",
  );
}

/** One person moves: another title, team or department. Which of the 200 rules answer differently now? */
function oneEvent(rules: readonly Rule[], all: readonly Person[]): Row {
  const moved = (p: Person, i: number): Person =>
    i % 3 === 0
      ? { ...p, title: titles[i % titles.length] ?? null }
      : i % 3 === 1
        ? { ...p, department: departments[i % departments.length] ?? null }
        : { ...p, groups: [...(p.groups ?? []).slice(1), `team-${i % teams}`].sort() };
  const events = all.slice(0, 30_000).map((before, i) => ({ before, after: moved(before, i) }));
  let changed = 0;
  const micros = events.map(({ before, after }) => {
    return cpuMicros(() => {
      changed += affected(rules, before, after, now).length;
    });
  });
  if (changed === 0) throw new Error("no event changed any rule's answer");
  return atMost("planner/one-event-p99", quantile(micros.slice(5000), 0.99), 50, "µs CPU, of 25,000 events");
}

export async function rows(): Promise<Row[]> {
  const all = people(size);
  const rules = sources.map((source) => compileRule(source));
  return [fullPass(rules, all), oneEvent(rules, all)];
}
