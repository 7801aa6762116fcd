import { comparable } from "./parity-engine.ts";
import { stories } from "./parity-stories.ts";
import { playStory } from "./parity-story.ts";

test.each(stories.map((story) => [story.name, story] as const))("%s", async (_name, story) => {
  const pulumi = await playStory(story, "pulumi");
  const terraform = await playStory(story, "terraform");
  expect(pulumi.map(({ seats }) => seats)).toEqual(story.seats);
  expect(terraform.length).toBe(pulumi.length);
  for (const [i, one] of pulumi.entries()) {
    const other = terraform[i] ?? one;
    expect(comparable(other, one)).toEqual(comparable(one, other));
  }
});
