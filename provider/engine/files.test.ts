import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../core/resource.ts";
import { openJournal } from "./journal.ts";
import { openRunFolder, type Parent } from "./run-folder.ts";

const parent = (pid: number, living: (pid: number) => boolean = () => true): Parent => ({
  pid,
  started: "77",
  alive: () => true,
  living: (other) => living(other),
});
const entry = (person: string): JournalEntry => ({
  apply: "x",
  person,
  license: "l",
  at: "2026-01-01T00:00:00Z",
  step: { act: "assign", holder: person, account: person, sku: "s" },
});

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "seatwise-files-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("the run folder", () => {
  test("is seen by processes of the same engine process only, and readable by the user only", () => {
    openRunFolder(home, parent(10)).write("plan", "urn", { steps: [1] });
    expect(openRunFolder(home, parent(10)).read("plan", "urn")).toEqual({ steps: [1] });
    expect(openRunFolder(home, parent(11)).read("plan", "urn")).toBeNull();
    const [run] = readdirSync(join(home, "runs"));
    const [file] = readdirSync(join(home, "runs", run ?? ""));
    expect(statSync(join(home, "runs", run ?? "", file ?? "")).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, "runs", run ?? "")).mode & 0o777).toBe(0o700);
  });

  test("of engine processes that are gone is removed by the next one that writes", () => {
    openRunFolder(home, parent(10)).write("plan", "urn", {});
    openRunFolder(
      home,
      parent(20, (pid) => pid !== 10),
    ).write("plan", "urn", {});
    expect(readdirSync(join(home, "runs"))).toEqual(["20-77"]);
  });

  test("a torn file counts as never written", () => {
    const run = openRunFolder(home, parent(10));
    run.write("plan", "urn", { steps: [] });
    const folder = join(home, "runs", "10-77");
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"steps":[');
    expect(run.read("plan", "urn")).toBeNull();
    expect(run.all("plan")).toEqual([]);
  });
});

describe("the journal", () => {
  test("holds what no state has confirmed; an id confirms itself and all older ones", () => {
    const journal = openJournal(home);
    journal.begin("urn", "0001-a")([entry("ada")]);
    journal.begin("urn", "0002-b")([entry("bob")]);
    journal.begin("urn", "0003-c")([entry("cy")]);
    expect(journal.unconfirmed("urn", null).map((e) => e.person)).toEqual(["ada", "bob", "cy"]);
    expect(journal.unconfirmed("urn", "0002-b").map((e) => e.person)).toEqual(["cy"]);
    // Known in this process, not yet in the state: nothing may be dropped.
    expect(journal.unconfirmed("urn", null).map((e) => e.person)).toEqual(["ada", "bob", "cy"]);
    journal.confirm("urn", "0002-b");
    expect(journal.unconfirmed("urn", null).map((e) => e.person)).toEqual(["cy"]);
    expect(journal.unconfirmed("other", null)).toEqual([]);
    journal.forget("urn");
    expect(journal.unconfirmed("urn", null)).toEqual([]);
  });

  test("a line cut off by a kill is left out: its write was never sent", () => {
    const journal = openJournal(home);
    journal.begin("urn", "0001-a")([entry("ada")]);
    const [name] = readdirSync(join(home, "journal"));
    appendFileSync(join(home, "journal", name ?? ""), '{"person":"bo');
    expect(
      openJournal(home)
        .unconfirmed("urn", null)
        .map((e) => e.person),
    ).toEqual(["ada"]);
  });
});
