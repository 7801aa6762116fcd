import { scopes, wideScopes } from "./api.ts";
import { connector } from "./connector.ts";
import { licenseSku, licenseSkus } from "./products.ts";
import { all, duty, emails, plus, results, signal, standard, world } from "./world.fixture.ts";

const everybody = { match: null, groups: [], also: [] };

describe("scopes", () => {
  it("a plan of licences runs with two scopes; groups and reports are asked for only when they are used", async () => {
    const [a = ""] = emails(1);
    const w = await world([a], { delegated: [scopes.users, scopes.licensing] });
    w.google.hands.license(plus, a);
    await w.open().verify(signal);
    expect((await duty(w.open(), "people")(everybody, signal)).people.length).toBe(2);
    expect((await all(w.open(), plus)).length).toBe(1);
    expect((await duty(w.open(), "skus")(signal)).length).toBeGreaterThan(50);
    const read = duty(w.open(), "people")({ ...everybody, groups: ["team"] }, signal);
    await expect(read).rejects.toMatchObject({ code: "denied", hint: expect.stringContaining(scopes.groups) });
  });

  it("an organisation without people is one that we may not see", async () => {
    const w = await world(emails(3));
    w.google.faults.on({ path: /\/users\?/ }, { kind: "page", page: "empty" });
    const read = duty(w.open(), "people")(everybody, signal);
    await expect(read).rejects.toMatchObject({ code: "denied", hint: expect.stringContaining(w.google.administrator) });
  });

  it("the right to write memberships is asked for at the first write, not before", async () => {
    const [a = ""] = emails(1);
    const w = await world([a], { delegated: [scopes.users, scopes.groups] });
    w.google.hands.addGroup("team@acme.test", "team");
    expect(await all(w.open(), "group:team")).toEqual([]);
    const [outcome] = await w.run([w.step("assign", "group:team", a)]);
    expect(outcome?.problem).toMatchObject({ code: "denied", hint: expect.stringContaining(scopes.members) });
  });

  it("granted tells which of the declared scopes work, delegated and by the administrator's role", async () => {
    const w = await world([]);
    const declared = connector.capabilities.scopes.map(({ scope }) => scope).sort();
    const granted = async () => [...((await duty(w.open(), "granted")(signal)) ?? [])].sort();
    expect(await granted()).toEqual(declared);
    w.google.deny("licensing");
    expect(await granted()).toEqual(declared.filter((scope) => scope !== scopes.licensing));
    const few = await world([], { delegated: [scopes.users, scopes.groups] });
    expect(await duty(few.open(), "granted")(signal)).toEqual([scopes.users, scopes.groups]);
    const many = await world([], { delegated: [...Object.values(scopes), ...wideScopes] });
    expect(await duty(many.open(), "granted")(signal)).toEqual([...Object.values(scopes), ...wideScopes]);
  });

  it("credentials that are none are an error for granted, not a list without scopes", async () => {
    const w = await world([], { delegated: [] });
    await expect(duty(w.open(), "granted")(signal)).rejects.toMatchObject({ code: "denied" });
  });
});

describe("configuration", () => {
  it.each([
    { given: { credentials: "{}" }, says: /not a service account's key file/ },
    { given: { credentials: "/home/ada/key.json" }, says: /content \(not the path\)/ },
    { given: { credentials: undefined }, says: /SEATWISE_GOOGLE_CREDENTIALS/ },
    { given: { credentials: undefined, serviceAccount: "s@x.test" }, says: /SEATWISE_GOOGLE_PRIVATE_KEY/ },
    { given: { fields: { shoes: "A.b" } }, says: /no field "shoes"/ },
  ])("$says", async ({ given, says }) => {
    const w = await world([]);
    const open = () => w.open(given as Parameters<typeof w.open>[0]); // `undefined` takes the fixture's credentials away
    const error = (() => {
      try {
        open();
        return null;
      } catch (e) {
        return e as { message: string; hint?: string };
      }
    })();
    expect(`${error?.message} ${error?.hint}`).toMatch(says);
  });

  it("the key may be given in parts", async () => {
    const w = await world([]);
    const file = JSON.parse(w.google.credentials) as {
      client_email: string;
      private_key: string;
      private_key_id: string;
    };
    const parts = {
      serviceAccount: file.client_email,
      privateKey: file.private_key.replaceAll("\n", "\\n"),
      privateKeyId: file.private_key_id,
      tokenUrl: w.google.tokenUrl,
    };
    await w.open({ ...parts, credentials: undefined } as Parameters<typeof w.open>[0]).verify(signal);
  });
});

describe("purchased", () => {
  it("is not known; with reports it is what the newest report says, for the SKUs that it has", async () => {
    const [a = ""] = emails(1);
    const w = await world([a], { purchased: { "1010020020": 40, "1010020028": 9 } });
    w.google.hands.license(plus, a);
    const counters = async (name: string, reports: boolean) => {
      const on = w.open({ reports });
      return duty(on, "counters")(await duty(on, "sku")(name, signal), signal);
    };
    expect((await counters(plus, false)).purchased).toBeNull();
    expect(w.google.log.some(({ path }) => path.includes("reports"))).toBe(false);
    expect((await counters(plus, true)).purchased).toEqual({
      value: 40,
      source: "reported",
      asOf: "2026-11-21T00:00:00Z",
    });
    expect((await counters(standard, true)).purchased).toBeNull();
  });
});

describe("usage", () => {
  it("is the directory's last sign-in; 1970 is unknown, and people of another directory are found by address", async () => {
    const [a = "", b = ""] = emails(2);
    const w = await world([a, b]);
    w.google.hands.changeUser(a, { lastLogin: Date.UTC(2026, 5, 1) });
    const { people } = await duty(w.open(), "people")(everybody, signal);
    const elsewhere = people.filter(({ email }) => email === a).map((p) => ({ ...p, id: "entra-guid" }));
    const report = await duty(w.open(), "usage")([...people, ...elsewhere], signal);
    const at = new Map(report.usage.map((u) => [u.person, u.at]));
    expect(at.get(w.id(a))).toBe("2026-06-01T00:00:00.000Z");
    expect(at.get("entra-guid")).toBe("2026-06-01T00:00:00.000Z");
    expect(at.get(w.id(b))).toBeNull();
  });

  it("with reports, who works in a session that is months old is no sleeper; and all is as old as the report", async () => {
    const [a = "", b = "", c = ""] = emails(3);
    const w = await world([a, b, c]);
    const month = (n: number): number => Date.UTC(2026, n - 1, 15);
    w.google.hands.changeUser(a, { lastLogin: month(3), lastInteraction: month(11) });
    w.google.hands.changeUser(b, { lastLogin: month(4) });
    const ask = async (reports: boolean) => {
      const on = w.open({ reports, pageSize: 2 });
      const { people } = await duty(on, "people")(everybody, signal);
      const report = await duty(on, "usage")(people, signal);
      const at = new Map(report.usage.map((u) => [u.person, u.at?.slice(0, 7)]));
      return [report.signal, report.asOf.slice(0, 10), at.get(w.id(a)), at.get(w.id(b)), at.get(w.id(c))];
    };
    expect(await ask(false)).toEqual(["google sign-in", "2026-11-24", "2026-03", "2026-04", undefined]);
    expect(await ask(true)).toEqual(["google sign-in, mail and files", "2026-11-22", "2026-11", "2026-04", undefined]);
  });

  it("without any report of the last days there are sign-ins only, and it says so", async () => {
    const [a = ""] = emails(1);
    const w = await world([a]);
    w.google.hands.changeUser(a, { lastLogin: Date.UTC(2026, 2, 1) });
    const answer = {
      kind: "status",
      status: 200,
      body: { kind: "admin#reports#usageReports", warnings: [{ code: "200" }] },
    } as const;
    w.google.faults.on({ path: /usage\/users/ }, answer);
    const on = w.open({ reports: true });
    const { people } = await duty(on, "people")(everybody, signal);
    expect((await duty(on, "usage")(people, signal)).signal).toBe("google sign-in");
    expect(w.logged.join("\n")).toContain("no usage report");
  });
});

describe("SKUs", () => {
  it.each([
    ["google workspace ENTERPRISE plus", "1010020020"],
    ["Google Workspace Enterprise Plus (formerly G Suite Enterprise)", "1010020020"],
    ["1010020028", "1010020028"],
    ["Google-Apps/1010020028", "1010020028"],
    ["google-vault", "Google-Vault"],
    ["group:Team@acme.test", "group:team@acme.test"],
    ["group:team", "group:team@acme.test"],
  ])("%s is %s", async (name, sku) => {
    const w = await world([]);
    w.google.hands.addGroup("team@acme.test", "team");
    expect((await duty(w.open(), "sku")(name, signal)).sku).toBe(sku);
  });

  it("the table names each SKU once, and each name finds its own", () => {
    expect(licenseSkus.length).toBeGreaterThan(60);
    expect(new Set(licenseSkus.map(({ sku }) => sku)).size).toBe(licenseSkus.length);
    expect(licenseSkus.filter((one) => licenseSku(one.name)?.sku !== one.sku)).toEqual([]);
    expect(licenseSkus.filter((one) => licenseSku(`${one.product}/${one.sku}`)?.name !== one.name)).toEqual([]);
    // A known SKU under another product is what the user wrote, for Google to judge.
    expect(licenseSku("101031/1010020020")).toMatchObject({ product: "101031", name: "101031/1010020020" });
  });

  it("one that our table lacks is checked with Google before anything is built on it", async () => {
    const w = await world([]);
    const found = duty(w.open(), "sku")("Google-Apps/1010029999", signal);
    await expect(found).rejects.toMatchObject({ code: "not-found" });
    expect(w.google.log.some(({ path, status }) => path.includes("1010029999") && status === 400)).toBe(true);
  });

  it("a page size that Google refuses is asked for smaller", async () => {
    const people = emails(150);
    const w = await world(people, { licensePage: { max: 100, above: "refused" } });
    for (const email of people) w.google.hands.license(plus, email);
    expect((await all(w.open(), plus)).length).toBe(150);
    expect(results(await w.run([w.step("unassign", plus, people[0] ?? "")]))).toEqual(["done"]);
  });
});
