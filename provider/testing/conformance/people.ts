import { duty, problemOf, textOf } from "./ask.ts";
import { type Bench, ofDirectory, reads, type Test } from "./subject.ts";

const everybody = { match: null, groups: null, also: [] };
const read = (bench: Bench) => duty(bench.open(), "people")(everybody, bench.signal);

const credentials: readonly Test[] = [
  reads("verify accepts the right credentials", async (bench) => {
    await bench.open().verify(bench.signal);
  }),
  reads("verify refuses a wrong secret and names the connection", async (bench) => {
    const problem = await problemOf(bench.open("wrong").verify(bench.signal));
    expect(problem.code).toBe("denied");
    expect(textOf(problem)).toContain("bench");
  }),
];

const duties: readonly Test[] = [
  reads("people gives everybody, once", async (bench) => {
    const { people, everybody } = await read(bench);
    expect(everybody).toBe(true);
    expect(people.map((p) => p.id).sort()).toEqual([...bench.subject.directory.everyone].sort());
  }),
  reads("people's total agrees with the list", async (bench) => {
    const { people, total } = await read(bench);
    if (total !== null) expect(total).toBe(people.length);
  }),
  reads("a person has the fields, groups with ancestors and attributes that the directory holds", async (bench) => {
    const { people } = await read(bench);
    const { known } = bench.subject.directory;
    expect(people.find((p) => p.id === known.id)).toMatchObject(known);
  }),
  reads("the known person tries names beyond ASCII, nested groups, one value and several", async (bench) => {
    // Guards the suite itself: a seed without these would let the test above pass for nothing.
    const { known } = bench.subject.directory;
    expect(`${known.firstName ?? ""}${known.lastName ?? ""}`).toMatch(/[^\u0020-\u007e]/);
    expect((known.groups ?? []).length).toBeGreaterThan(1);
    expect(Object.values(known.attributes ?? {}).some((v) => typeof v === "string")).toBe(true);
  }),
  reads("a suspended person is told apart", async (bench) => {
    const { people } = await read(bench);
    const status = new Map(people.map((p) => [p.id, p.status]));
    expect(status.get(bench.subject.directory.suspended)).toBe("suspended");
    expect(status.get(bench.subject.directory.known.id)).toBe("active");
  }),
  reads("person gives the same as people does", async (bench) => {
    const connector = bench.open();
    const { people } = await duty(connector, "people")(everybody, bench.signal);
    const { known } = bench.subject.directory;
    const one = await duty(bench.open(), "person")(known.id, bench.signal);
    expect(one).toEqual(people.find((p) => p.id === known.id));
  }),
  reads("person is null for somebody the directory does not have", async (bench) => {
    expect(await duty(bench.open(), "person")(bench.subject.directory.unknown, bench.signal)).toBeNull();
  }),
  reads("groups gives every group with its path", async (bench) => {
    const groups = await duty(bench.open(), "groups")(bench.signal);
    expect(groups.map((g) => g.path).sort()).toEqual([...bench.subject.directory.groups].sort());
  }),
  reads("push-down gives all who match and all who must come along, each as in the full list", async (bench) => {
    const { match, matching, also } = bench.subject.directory.pushdown;
    const asked = await duty(bench.open(), "people")({ match, groups: null, also: [also] }, bench.signal);
    const ids = asked.people.map((p) => p.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...matching, also]));
    if (!asked.everybody) expect(ids.length).toBeLessThan(bench.subject.directory.everyone.length);
    const full = new Map((await read(bench)).people.map((p) => [p.id, p]));
    for (const person of asked.people) expect(person).toEqual(full.get(person.id));
  }),
  reads("somebody asked for who is gone is left out without failing the rest", async (bench) => {
    const { match, matching, unknown } = bench.subject.directory.pushdown
      ? { ...bench.subject.directory.pushdown, unknown: bench.subject.directory.unknown }
      : { match: [], matching: [], unknown: "" };
    const asked = await duty(bench.open(), "people")({ match, groups: null, also: [unknown] }, bench.signal);
    const ids = asked.people.map((p) => p.id);
    expect(ids).toEqual(expect.arrayContaining([...matching]));
    expect(ids).not.toContain(unknown);
  }),
  reads("groups that no rule reads need not be read, and then are not claimed to be known", async (bench) => {
    const { known } = bench.subject.directory;
    const asked = await duty(bench.open(), "people")({ match: null, groups: [], also: [] }, bench.signal);
    const one = asked.people.find((p) => p.id === known.id);
    // Not read is null; an empty list would say that the person is in no group.
    if (one?.groups !== null) expect(one?.groups).toEqual(expect.arrayContaining([...(known.groups ?? [])]));
  }),
  reads("the groups that rules read are known for everybody", async (bench) => {
    const { known } = bench.subject.directory;
    for (const group of known.groups ?? []) {
      const asked = await duty(bench.open(), "people")({ match: null, groups: [group], also: [] }, bench.signal);
      expect(asked.people.find((p) => p.id === known.id)?.groups).toContain(group);
      expect(asked.people.every((p) => p.groups !== null)).toBe(true);
    }
  }),
  reads("usage is evidence for one and unknown for another, never inactive", async (bench) => {
    const { usage } = bench.subject.directory;
    if (!usage) throw new Error("the subject has no usage facts");
    const all = (await read(bench)).people;
    const about = all.filter((p) => p.id === usage.seen || p.id === usage.unknown);
    const report = await duty(bench.open(), "usage")(about, bench.signal);
    const at = new Map(report.usage.map((u) => [u.person, u.at]));
    expect(Number.isNaN(Date.parse(at.get(usage.seen) ?? ""))).toBe(false);
    expect(at.get(usage.unknown) ?? null).toBeNull();
    expect(Date.parse(report.coverageFrom)).toBeLessThanOrEqual(Date.parse(report.asOf));
  }),
];

export const people: readonly Test[] = [...credentials, ...duties.map(ofDirectory)];
