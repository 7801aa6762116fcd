import { Secret, type Values } from "../core/value.ts";
import { person, world } from "../testing/memory-world.ts";
import { inputsHash } from "./inputs-hash.ts";
import { harness, holders, pool } from "./runs.fixture.ts";

/** On Pulumi any input may be a secret, also one deep inside; state gives it back as one. */
const condition = (text: string): Values => ({ claim: { name: "eng", when: new Secret(text) } });
const secretly = (over: Values = {}): Values => pool({ rules: [condition('user.department == "eng"')], ...over });

let h: ReturnType<typeof harness>;
afterEach(() => h?.close());

test("inputs that differ in a secret are other inputs: an approval of the ones is none of the others", () => {
  const hashOf = (text: string) => inputsHash({ rules: [condition(text)] });
  expect(hashOf('user.department == "eng"')).not.toBe(hashOf("true"));
  expect(hashOf("true")).toBe(inputsHash({ rules: [{ claim: { name: "eng", when: "true" } }] }));
});

test("a pool whose condition is a secret is refreshed, changed and destroyed like any other", async () => {
  const of = world([person("ada"), person("bob")]);
  h = harness(of);
  const inputs = secretly({ onDestroy: "release" });
  await h.up(inputs);
  of.people.set("cy", person("cy"));
  await h.up(inputs);
  expect(holders(of)).toEqual(["ada", "bob", "cy"]);
  expect((await h.preview(inputs)).differs).toBe(false);

  const state = h.previous("crm");
  if (!state) throw new Error("nothing was applied");
  const run = h.nextRun();
  const session = h.open(run, run + 1);
  const seen = await session.read(h.at("crm"), state);
  expect(seen?.inputs.rules).toEqual([expect.objectContaining({ claim: { name: "eng", when: expect.any(Secret) } })]);
  await session.remove(h.at("crm"), state);
  expect(holders(of)).toEqual([]);
});
