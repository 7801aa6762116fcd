import type { Transport } from "../../core/wire.ts";
import { NetworkFailure } from "../http/transport.ts";
import { applied, shown, stand, step } from "./world.fixture.ts";

/** The first such write is done and its answer lost; whoever asks again is limited until no try is left. */
const limitedAfterwards =
  (method: string) =>
  (own: Transport): Transport => {
    let nth = 0;
    return async (sent) => {
      if (sent.method !== method) return own(sent);
      nth += 1;
      if (nth > 1) return { status: 429, headers: { "retry-after": "200" }, body: "{}" };
      await own(sent);
      throw new NetworkFailure("reset", true);
    };
  };

describe("a write that was done, and whose repetition was limited, is told as done", () => {
  test.each(["enterprise", "team:crew"])("joining %s", async (sku) => {
    const at = await stand({}, limitedAfterwards("PUT"));
    at.simulator.addAccount({ login: "ada", email: "ada@acme.test" });
    if (sku === "enterprise") at.simulator.leave("ada");
    at.simulator.addTeam({ slug: "crew" });
    const [outcome] = shown(await applied(at.open(), [step(at, "assign", sku, "ada")]));
    expect(outcome).toMatch(/^ada: (done|accepted)$/);
  });
  test("leaving a team", async () => {
    const at = await stand({}, limitedAfterwards("DELETE"));
    at.simulator.addAccount({ login: "ada", email: "ada@acme.test" });
    at.simulator.addTeam({ slug: "crew" });
    at.simulator.addToTeam("crew", "ada");
    expect(shown(await applied(at.open(), [step(at, "unassign", "team:crew", "ada")]))).toEqual(["ada: done"]);
  });
  test("cancelling Copilot", async () => {
    const at = await stand({}, limitedAfterwards("DELETE"));
    at.simulator.addAccount({ login: "ada", email: "ada@acme.test" });
    at.simulator.giveCopilot("ada");
    const [outcome] = shown(await applied(at.open(), [step(at, "unassign", "copilot", "ada")]));
    expect(outcome).toMatch(/^ada: pending until/);
  });
});
