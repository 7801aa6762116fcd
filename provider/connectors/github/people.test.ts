import { signal, stand } from "./world.fixture.ts";

const logins = (found: ReadonlyMap<string, { name: string }> | undefined) =>
  Object.fromEntries([...(found ?? [])].map(([k, v]) => [k, v.name]));

describe("accounts", () => {
  test.each([
    { from: "the organization's single sign-on", config: {} },
    { from: "the enterprise's licenses", config: { enterprise: "acme" } },
  ])("are found by e-mail ($from), by login, and whatever the case", async ({ config }) => {
    const at = await stand();
    at.simulator.addAccount({ login: "Octo-Ada", email: "ada@acme.test" });
    at.simulator.addAccount({ login: "bob", email: "bob@acme.test" });
    const found = await at
      .open(config)
      .accounts?.(["ADA@acme.test", "octo-ada", "bob@acme.test", "nobody@acme.test", "no-one"], signal);
    expect(logins(found)).toEqual({ "ADA@acme.test": "Octo-Ada", "octo-ada": "Octo-Ada", "bob@acme.test": "bob" });
  });
  test("of thousands cost a request per hundred", async () => {
    const at = await stand();
    const people = Array.from({ length: 1000 }, (_x, i) =>
      at.simulator.addAccount({ login: `p${i}`, email: `p${i}@acme.test` }),
    );
    const own = at.open();
    expect(
      (
        await own.accounts?.(
          people.map((p) => `${p.login}@acme.test`),
          signal,
        )
      )?.size,
    ).toBe(1000);
    expect(own.requests()).toBe(10);
    const byLogin = at.open();
    expect(
      (
        await byLogin.accounts?.(
          people.map((p) => p.login),
          signal,
        )
      )?.size,
    ).toBe(1000);
    expect(byLogin.requests()).toBe(10);
  });
  test("that two people would share belong to nobody", async () => {
    const at = await stand();
    for (const login of ["ada", "ada-old"]) at.simulator.addAccount({ login, email: "ada@acme.test" });
    expect((await at.open().accounts?.(["ada@acme.test"], signal))?.size).toBe(0);
  });
  test("without single sign-on and without an enterprise: what to configure is told", async () => {
    const at = await stand();
    at.simulator.setSaml(false);
    await expect(at.open().accounts?.(["ada@acme.test"], signal)).rejects.toMatchObject({
      code: "unsupported",
      hint: expect.stringMatching(/account.*github_login/),
    });
  });
});

describe("rights", () => {
  test("are a classic token's scopes, and unknown for one that does not tell", async () => {
    const at = await stand({ scopes: ["read:org", "manage_billing:copilot"] });
    expect(await at.open().granted?.(signal)).toEqual(["manage_billing:copilot", "read:org"]);
    at.simulator.acceptToken("fine", { kind: "fine-grained", owner: true, scopes: [] });
    expect(await at.open({ token: "fine" }).granted?.(signal)).toBeNull();
  });
  test("that are missing are named", async () => {
    const at = await stand({ scopes: ["read:org"] });
    at.simulator.addTeam({ slug: "crew" });
    at.simulator.addAccount({ login: "ada" });
    const holder = String(at.simulator.state().byLogin.get("ada"));
    const to = at.open();
    for await (const { problem } of to.apply?.(
      [{ act: "assign", sku: "team:crew", holder, account: "ada" }],
      async () => undefined,
      signal,
    ) ?? []) {
      expect(problem?.code).toBe("denied");
      expect(problem?.message).toContain("admin:org");
    }
  });
});

test("two connections with one token share its limits", async () => {
  const at = await stand();
  const logins = Array.from({ length: 90 }, (_x, i) => at.simulator.addAccount({ login: `p${i}` }).login);
  at.simulator.addTeam({ slug: "crew" });
  const steps = logins.map((login) => ({
    ...{ act: "assign" as const, sku: "team:crew", account: login },
    holder: String(at.simulator.state().byLogin.get(login)),
  }));
  const half = async (of: typeof steps, config: Readonly<Record<string, unknown>>): Promise<void> => {
    for await (const { result } of at.open(config).apply?.(of, async () => undefined, signal) ?? [])
      expect(result).toBe("done");
  };
  await Promise.all([half(steps.slice(0, 45), {}), half(steps.slice(45), { enterprise: "acme" })]);
  expect(at.simulator.log.filter((s) => s.status >= 400 && s.status !== 404)).toEqual([]);
});

describe("time", () => {
  const steps = (sku: string, count: number) =>
    Array.from({ length: count }, (_x, i) => ({ act: "assign" as const, sku, holder: String(i), account: `p${i}` }));
  test("memberships take hours, invitations days, Copilot seats a minute", async () => {
    const open = (await stand()).open();
    const hours = (sku: string, count: number): number => (open.takesMs?.(steps(sku, count)) ?? 0) / 3_600_000;
    expect(hours("copilot", 10_000)).toBeLessThan(0.1);
    expect(hours("team:crew", 10_000)).toBe(19);
    expect(hours("enterprise", 10_000)).toBe(19 * 24);
    expect(hours("team:crew", 3)).toBe(0);
  });
});
