import { ask, company, spend, spent } from "./asking.fixture.ts";
import { bought, refusals } from "./refusals.fixture.ts";

describe("the simulator refuses", () => {
  test.each(refusals)("$name", async ({ before, status, says = /./, source, ...request }) => {
    const at = await company();
    before?.(at);
    await Promise.all(spent.splice(0));
    const answer = await ask(at, request);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(says);
    expect(source.length).toBeGreaterThan(10);
  });
  test("with the header that says when to come back, and takes the same request then", async () => {
    const at = await company();
    spend(at, 80, { method: "POST" });
    await Promise.all(spent.splice(0));
    const refused = await ask(at, bought("bob"));
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBe(60);
    at.clock.advance(seconds * 1000 - 1001);
    expect((await ask(at, bought("bob"))).status).toBe(403);
    at.clock.advance(1001);
    expect((await ask(at, bought("bob"))).status).toBe(201);
  });
  test("in one page no more than a hundred, and names the next one", async () => {
    const at = await company();
    for (let n = 0; n < 150; n += 1) at.simulator.addAccount({ login: `m${n}` });
    const page = await ask(at, { path: "/orgs/acme/members?per_page=500&page=1" });
    expect(JSON.parse(page.body)).toHaveLength(100);
    expect(page.headers.link).toMatch(/page=2>; rel="next", <.*page=2>; rel="last"/);
  });
});
