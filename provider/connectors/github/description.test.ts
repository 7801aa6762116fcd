import { readDescription, type Watch, watched } from "../../testing/api-description.ts";
import { applied, type Stand, seatsOf, signal, stand, step } from "./world.fixture.ts";

const description = readDescription("github", "github", {
  refusal: "basic-error",
  // GraphQL is another API.
  outside: /^\/graphql$/,
});

/** What the watch does not see used is written down here with its reason; everything else must be. */
const unused: Readonly<Record<string, string>> = {
  "GET /orgs/{org}/teams/{team_slug}/external-groups": "for reading by hand why a team refuses",
};

const watching = async (): Promise<{ at: Stand; watch: Watch }> => {
  let watch: Watch | null = null;
  const at = await stand({ app: true }, (own) => {
    watch = watched(own, description);
    return watch.transport;
  });
  if (watch === null) throw new Error("not watched");
  const { simulator } = at;
  simulator.addAccount({ login: "boss", role: "admin", email: "boss@acme.test" });
  for (const login of ["ada", "bob", "cem", "dee"]) simulator.addAccount({ login, email: `${login}@acme.test` });
  for (const login of ["out", "guest"]) simulator.addAccount({ login, role: "outside" });
  simulator.addTeam({ slug: "crew" });
  simulator.addTeam({ slug: "pilots", copilot: true });
  simulator.addTeam({ slug: "below", parent: "crew" });
  simulator.addTeam({ slug: "synced", managed: true });
  simulator.addToTeam("pilots", "dee");
  simulator.addToTeam("below", "cem");
  simulator.giveCopilot("ada");
  simulator.useCopilot("ada", at.clock.now() - 86_400_000);
  return { at, watch };
};

const everything = async (at: Stand): Promise<void> => {
  const { simulator, open } = at;
  const app = simulator.app;
  const own = open();
  await own.verify(signal);
  await own.skus?.(signal);
  await own.granted?.(signal);
  await own.accounts?.(["ada", "nobody-here", "bob@acme.test"], signal);
  for (const sku of ["copilot", "enterprise", "team:crew"]) {
    await own.counters?.({ sku }, signal);
    await seatsOf(own, sku);
  }
  const assigns = ["copilot", "team:crew"].flatMap((sku) => ["ada", "bob"].map((who) => step(at, "assign", sku, who)));
  await applied(open(), [
    ...assigns,
    step(at, "assign", "enterprise", "out"),
    step(at, "assign", "team:crew", "guest"),
  ]);
  await seatsOf(open(), "enterprise");
  await seatsOf(open(), "team:crew");
  const takes = ["copilot", "team:crew"].map((sku) => step(at, "unassign", sku, "bob"));
  await applied(open(), [...takes, step(at, "unassign", "enterprise", "out"), step(at, "unassign", "copilot", "dee")]);
  await seatsOf(open(), "copilot");
  // Refusals, in words of their own.
  await applied(open(), [step(at, "assign", "team:synced", "bob")]);
  await expect(open({ token: "wrong" }).verify(signal)).rejects.toMatchObject({ code: "denied" });
  await expect(open({ organization: "other" }).verify(signal)).rejects.toMatchObject({ code: "not-found" });
  const enterprise = { organization: undefined, enterprise: "acme" };
  await open(enterprise).verify(signal);
  await seatsOf(open(enterprise), "copilot");
  await applied(open(enterprise), [step(at, "assign", "copilot", "cem"), step(at, "unassign", "copilot", "cem")]);
  await open({ enterprise: "acme" }).accounts?.(["bob@acme.test"], signal);
  if (app === null) throw new Error("no app");
  const { appId, installationId, privateKey } = app;
  const asApp = open({ token: undefined, appId, installationId, privateKey });
  await asApp.verify(signal);
  expect(await asApp.granted?.(signal)).toContain("members:write");
};

test("every request of the connector and every reply of the simulator is as GitHub describes it", async () => {
  const { at, watch } = await watching();
  await everything(at);
  expect(watch.violations).toEqual([]);
  const used = new Set([...watch.seen].map((name) => name.replace(/ \d+$/, "")));
  expect(description.operations.filter((name) => !used.has(name))).toEqual(Object.keys(unused));
  for (const status of ["201", "204", "401", "403", "404"])
    expect([...watch.seen].some((name) => name.endsWith(` ${status}`))).toBe(true);
});

test("a reply that is not as described is noticed", async () => {
  let watch: Watch | null = null;
  const at = await stand({}, (own) => {
    const spoilt: typeof own = async (sent) => {
      const reply = await own(sent);
      return {
        ...reply,
        body: reply.body
          .replace('"total_seats"', '"seats_total"')
          .replace('"plan_type":"business"', '"plan_type":"gold"'),
      };
    };
    watch = watched(spoilt, description);
    return watch.transport;
  });
  at.simulator.addAccount({ login: "ada" });
  at.simulator.giveCopilot("ada");
  await expect(seatsOf(at.open(), "copilot")).rejects.toMatchObject({ code: "bug" });
  const { violations } = watch ?? { violations: [] };
  expect(violations.join("\n")).toMatch(/plan_type/);
  expect(violations.join("\n")).toMatch(/seats_total/);
});
