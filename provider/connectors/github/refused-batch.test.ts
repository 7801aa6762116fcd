import { applied, stand, step } from "./world.fixture.ts";

/** A GitHub that refuses a request as a whole when it is about one of these people: what it does is not documented. */
const refusing = async (status: number, whom: RegExp) => {
  let sent = 0;
  const at = await stand({}, (own) => async (request) => {
    if (request.method === "GET" || !/selected_users/.test(request.url)) return own(request);
    sent += 1;
    if (!whom.test(request.body ?? "")) return own(request);
    return {
      status,
      headers: {},
      body: JSON.stringify({ message: "Validation Failed", documentation_url: "https://docs.github.com/rest" }),
    };
  });
  const people = Array.from({ length: 100 }, (_x, i) => at.simulator.addAccount({ login: `p${i}` }).login);
  return { at, steps: people.map((who) => step(at, "assign", "copilot", who)), sent: () => sent };
};

describe("a request for a hundred people that GitHub refuses", () => {
  test.each([404, 422])("costs only those whom it is about their seat (%i)", async (status) => {
    const { at, steps, sent } = await refusing(status, /"p(13|77)"/);
    const outcomes = await applied(at.open(), steps);
    expect(outcomes.map((o) => o.step)).toEqual(steps);
    expect(outcomes.filter((o) => o.result === "failed").map((o) => o.step.account)).toEqual(["p13", "p77"]);
    expect(at.simulator.state().seats.size).toBe(98);
    expect(sent()).toBeLessThan(32);
  });
  test("for everybody is not asked a hundred times", async () => {
    const { at, steps, sent } = await refusing(422, /./);
    const outcomes = await applied(at.open(), steps);
    expect(outcomes.every((o) => o.result === "failed")).toBe(true);
    expect(outcomes).toHaveLength(100);
    expect(sent()).toBeLessThan(60);
  });
  test("for want of a right is not divided", async () => {
    const { at, steps, sent } = await refusing(403, /./);
    const outcomes = await applied(at.open(), steps);
    expect(outcomes.every((o) => o.problem?.code === "denied")).toBe(true);
    expect(sent()).toBe(1);
  });
});
