import { stories } from "./parity-stories.ts";
import { playStory } from "./parity-story.ts";

test.each(stories.map((story) => [story.name, story] as const))("%s", async (_name, story) => {
  const pulumi = await playStory(story, "pulumi");
  const terraform = await playStory(story, "terraform");
  expect(pulumi.map(({ seats }) => seats)).toEqual(story.seats);
  expect(terraform).toEqual(pulumi);
});
