import { untold } from "./parity.ts";
import { comparable, type Run } from "./parity-engine.ts";
import { stories } from "./parity-stories.ts";
import { playStory, type Shows, type Story, type Told } from "./parity-story.ts";
import { packageSchema } from "./terraform-stand.ts";

const acts: Partial<Readonly<Record<Shows, string>>> = {
  create: "create",
  update: "update",
  replace: "replace",
  remove: "delete",
  "no-change": "same",
};
/** What a story says it shows must have happened in it. */
const really = ({ steps }: Story, told: readonly Told[], [resource, what]: readonly [string, Shows]): boolean => {
  const happened = told.flatMap(({ run }) => {
    const { plan } = "plan" in run ? run : ({ plan: run } as Pick<Run, "plan">);
    return Object.entries(plan.acts).map(([address, act]) => `${address.split(".")[0]} ${act}`);
  });
  if (what === "drift") return steps.some(({ is }) => is === "hand");
  if (what === "import")
    return steps.some((step) => step.is === "up" && step.program.some((d) => d.type === resource && d.imports));
  return happened.includes(`${resource} ${acts[what]}`);
};

describe("stories of each resource", () => {
  test.each(stories.map((story) => [story.name, story] as const))("%s", async (_name, story) => {
    const pulumi = await playStory(story, "pulumi");
    const terraform = await playStory(story, "terraform");
    expect(pulumi.map(({ seats }) => seats)).toEqual(story.seats);
    expect(terraform.length).toBe(pulumi.length);
    for (const [i, one] of pulumi.entries()) {
      const other = terraform[i] ?? one;
      expect(comparable(other, one)).toEqual(comparable(one, other));
    }
    expect(story.shows.filter((one) => !really(story, terraform, one))).toEqual([]);
  });
});

describe("completeness", () => {
  const { resources } = packageSchema;
  test("each resource shows all that its schema allows", () => {
    expect(resources.length).toBeGreaterThan(2);
    expect(untold(stories, resources)).toEqual([]);
  });
  test("a resource without stories is missed, and so is one that is gone", () => {
    const [one] = resources;
    if (!one) throw new Error("there are no resources");
    expect(untold(stories, [...resources, { ...one, type: "Seat" }])).toContain("no story shows Seat: create");
    for (const gone of resources)
      expect(
        untold(
          stories,
          resources.filter((r) => r !== gone),
        ).join(),
      ).toContain(`${gone.type}: create, which is not there`);
  });
  test("a kind of story that is taken away is missed", () => {
    for (const [resource, what] of new Set(stories.flatMap(({ shows }) => shows))) {
      const without = stories.map(({ shows }) => ({ shows: shows.filter(([r, w]) => r !== resource || w !== what) }));
      expect(untold(without, resources)).toEqual([`no story shows ${resource}: ${what}`]);
    }
  });
});
