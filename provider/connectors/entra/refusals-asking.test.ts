import { eventual, type Row, refuses, source, step, world } from "./refusals.fixture.ts";
import { signal, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const rows: readonly Row[] = [
  {
    what: "a call without a token",
    from: source.errors,
    do: (w) => w.send("GET", "/v1.0/users"),
    status: 401,
    says: "InvalidAuthenticationToken",
  },
  {
    what: "a call with an unknown token",
    from: source.errors,
    do: (w) => w.send("GET", "/v1.0/users", { headers: { authorization: "Bearer x.y.z" } }),
    status: 401,
    says: "InvalidAuthenticationToken",
  },
  {
    what: "a wrong secret",
    from: source.aadsts,
    do: (w) => w.login(w.form({ client_secret: "no" })),
    status: 401,
    says: "AADSTS7000215",
  },
  {
    what: "an unknown app",
    from: source.aadsts,
    do: (w) => w.login(w.form({ client_id: "no" })),
    status: 400,
    says: "AADSTS700016",
  },
  {
    what: "a scope that is not /.default",
    from: source.aadsts,
    do: (w) => w.login(w.form({ scope: "User.Read.All" })),
    status: 400,
    says: "AADSTS1002012",
  },
  {
    what: "another grant",
    from: source.aadsts,
    do: (w) => w.login(w.form({ grant_type: "password" })),
    status: 400,
    says: "unsupported_grant_type",
  },
  {
    what: "another tenant",
    from: source.aadsts,
    do: (w) => w.login(w.form(), "elsewhere"),
    status: 400,
    says: "AADSTS90002",
  },
  {
    what: "a client assertion that is none",
    from: source.aadsts,
    do: (w) =>
      w.login(
        w.form({
          client_assertion: "a.b.c",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        }),
      ),
    status: 401,
    says: "AADSTS700027",
  },
  {
    what: "an unknown segment",
    from: source.errors,
    do: (w) => w.ask("GET", "/persons"),
    status: 400,
    says: "Resource not found for the segment 'persons'",
  },
  {
    what: "an unknown object",
    from: source.errors,
    do: (w) => w.ask("GET", "/users/00000000-0000-4000-8000-000000000000"),
    status: 404,
    says: "Request_ResourceNotFound",
  },
  {
    what: "a page of more than 999",
    from: source.users,
    do: (w) => w.ask("GET", "/users?$top=1000"),
    status: 400,
    says: "Must be between 1 and 999",
  },
  {
    what: "$skip",
    from: source.users,
    do: (w) => w.ask("GET", "/users?$skip=5"),
    status: 400,
    says: "'$skip' is not supported",
  },
  {
    what: "an unknown property in $select",
    from: source.parameters,
    do: (w) => w.ask("GET", "/users?$select=nick"),
    status: 400,
    says: "Could not find a property named 'nick'",
  },
  {
    what: "an unknown property in $filter",
    from: source.parameters,
    do: (w) => w.ask("GET", "/users?$filter=nick eq 'x'"),
    status: 400,
    says: "nick",
  },
  {
    what: "a filter that is none",
    from: source.parameters,
    do: (w) => w.ask("GET", "/users?$filter=department eq 'x"),
    status: 400,
    says: "Invalid filter clause",
  },
  {
    what: "/$count without ConsistencyLevel",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users/$count"),
    status: 400,
    says: "$count is not currently supported",
  },
  {
    what: "ne without the advanced parameters",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users?$filter=accountEnabled ne true"),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "ne with the header and without $count",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users?$filter=accountEnabled ne true", undefined, eventual),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "companyName without the advanced parameters",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users?$filter=companyName eq 'Acme'"),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "endsWith on a property that does not know it",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users?$count=true&$filter=endsWith(department,'x')", undefined, eventual),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "$expand together with a count",
    from: source.advanced,
    do: (w) => w.ask("GET", "/users?$count=true&$expand=manager", undefined, eventual),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "a cast without the advanced parameters",
    from: source.advanced,
    do: (w) => w.ask("GET", `/groups/${w.group("lic")}/members/microsoft.graph.user`),
    status: 400,
    says: "Request_UnsupportedQuery",
  },
  {
    what: "sixteen values in one in",
    from: source.word,
    do: (w) => w.ask("GET", `/users?$filter=id in (${Array.from({ length: 16 }, (_x, i) => `'${i}'`).join(",")})`),
    status: 400,
    says: "Max allowed: 15",
  },
  {
    what: "$filter on subscribedSkus",
    from: source.skus,
    do: (w) => w.ask("GET", "/subscribedSkus?$filter=skuId eq 'x'"),
    status: 400,
    says: "$filter",
  },
  {
    what: "signInActivity without Entra ID P1",
    from: source.signIn,
    do: (w) => {
      w.simulator.setPremium(false);
      return w.ask("GET", "/users?$select=signInActivity");
    },
    status: 403,
    says: "NonPremiumTenant",
  },
  {
    what: "a delta token that is too old",
    from: source.delta,
    do: async (w) => {
      const { body } = await w.ask("GET", "/users/delta?$deltatoken=latest");
      w.simulator.expireDeltas();
      return w.ask("GET", String(body?.["@odata.deltaLink"]).replace("/v1.0", ""));
    },
    status: 410,
    says: "syncStateNotFound",
  },
  {
    what: "a delta token that is none",
    from: source.delta,
    do: (w) => w.ask("GET", "/users/delta?$deltatoken=abc"),
    status: 400,
    says: "token",
  },
  {
    what: "a batch of 21",
    from: source.batch,
    do: (w) => w.ask("POST", "/$batch", { requests: Array.from({ length: 21 }, (_x, i) => step(String(i))) }),
    status: 400,
    says: "maximum value of 20",
  },
  {
    what: "one id twice in a batch",
    from: source.batch,
    do: (w) => w.ask("POST", "/$batch", { requests: [step("1"), step("1")] }),
    status: 400,
    says: "unique",
  },
  {
    what: "a body in a batch without its content type",
    from: source.batch,
    do: (w) => w.ask("POST", "/$batch", { requests: [step("1", { method: "POST", body: {} })] }),
    status: 400,
    says: "does not contain Content-Type",
  },
  {
    what: "JSON that is none",
    from: source.errors,
    do: (w) => w.ask("POST", "/$batch", "{"),
    status: 400,
    says: "Unable to read JSON",
  },
];

describe("the simulator refuses what Graph refuses of who asks", () => {
  refuses(rows);
  it("a 403 without the role, in Graph's words (the permissions reference)", async () => {
    const w = await start({ people: [{ login: "ada" }], apps: [{ clientId: "c", secret: "s", roles: [] }] });
    await expect(w.open().verify(signal)).rejects.toThrow("(403): Insufficient privileges to complete the operation");
  });
  it("who depends on a failed request of a batch fails with 424, and answers come in any order", async () => {
    const w = await world();
    const requests = [
      step("1"),
      step("2", { url: "/persons" }),
      step("3", { dependsOn: ["2"] }),
      step("4", { dependsOn: ["1"] }),
    ];
    const { responses } = (await w.ask("POST", "/$batch", { requests })).body as {
      responses: { id: string; status: number }[];
    };
    expect(Object.fromEntries(responses.map(({ id, status }) => [id, status]))).toEqual({
      1: 200,
      2: 400,
      3: 424,
      4: 200,
    });
  });
});
