import fc from "fast-check";
import { History } from "./histories.fixture.ts";
import { type Event, events, type Setting, settings, type Up } from "./histories-arbitrary.fixture.ts";

const play = async (
  setting: Setting,
  history: readonly Event[],
  counts = new Map<string, number>(),
): Promise<Map<string, number>> => {
  const made = new History(setting, counts);
  try {
    for (const event of history) {
      await made.play(event);
      made.verdict();
    }
    await made.settles();
    made.verdict();
    return counts;
  } finally {
    made.close();
  }
};

const usual: Setting = {
  layout: "single",
  connection: "people",
  ownership: "own",
  onDestroy: "release",
  grace: "0s",
  allotment: 3,
  limit: 0,
  exempt: false,
  spare: false,
};
const up = (over: Partial<Up> = {}): Event => ({
  is: "up",
  shown: "yes",
  between: [],
  during: [],
  fault: null,
  faultAt: 0,
  save: true,
  lose: false,
  ...over,
});

/** Histories that once broke a rule. */
const found: readonly { name: string; setting?: Partial<Setting>; history: readonly Event[] }[] = [
  {
    name: "a move to another license failed: the seat of the old one is still moved in a later run",
    history: [up({ fault: "refuse" }), { is: "license" }, up({ fault: "refuse" }), { is: "preview" }],
  },
  {
    name: "a create whose state was lost, then another license: the first seats are moved, not forgotten",
    history: [up({ fault: "refuse", save: false }), { is: "license" }, up(), { is: "refresh", save: false }],
  },
  {
    name: "a create that is killed twice: the seats of both are ours",
    setting: { allotment: 6 },
    history: [up({ fault: "kill", faultAt: 2 }), up({ fault: "kill", faultAt: 2 }), up()],
  },
  {
    name: "an old instance that was left to be deleted takes no seat of the living one",
    history: [up(), { is: "replace", first: "pending" }, up()],
  },
  {
    name: "delete before create in a replacement takes no seat",
    history: [up(), { is: "replace", first: "delete" }, up()],
  },
];
test.each(found)("$name", async ({ setting, history }) => {
  const counts = await play({ ...usual, ...setting }, history);
  expect(counts.get("settled")).toBe(1);
});

/** What a run of all histories must have tried: a generator that never gets there tests nothing. */
const wanted = [
  ...["hire", "move", "promote", "suspend", "delete", "login", "give", "take", "stranger"],
  ...["refuse", "throw", "crash", "commit-then-throw", "kill", "kill-after"].map((fault) => `fault ${fault}`),
  ...["up", "hands", "time", "preview", "wipe", "license", "refresh", "destroy", "cap", "acknowledge"],
  ...["create", "delete", "pending"].map((first) => `replace ${first}`),
  ...["rename with alias", "rename without alias", "hand-over lost", "state not saved", "refusal", "settled"],
];

const seed = Number(process.env.SEED ?? 20261124);
const numRuns = Number(process.env.HISTORIES ?? 300);

test(`${numRuns} random histories of runs, faults and hands break no rule (seed ${seed})`, async () => {
  const counts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(settings, events, async (setting, history) => void (await play(setting, history, counts))),
    { seed, numRuns, endOnFailure: false },
  );
  const least = Math.floor(numRuns / 100); // a short run by hand need not have met everything
  expect(wanted.filter((what) => (counts.get(what) ?? 0) < least)).toEqual([]);
}, 600_000);
