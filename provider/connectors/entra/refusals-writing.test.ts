import { license, type Row, ref, refuses, source, world } from "./refusals.fixture.ts";
import { sku, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

const rows: readonly Row[] = [
  {
    what: "assignLicense without removeLicenses",
    from: source.assign,
    do: (w) => w.ask("POST", `/users/${w.user("cid")}/assignLicense`, { addLicenses: [] }),
    status: 400,
    says: "missing parameters are: removeLicenses",
  },
  {
    what: "an SKU that the tenant lacks",
    from: source.word,
    do: (w) => license(w, "cid", ["00000000-0000-4000-8000-000000000000"]),
    status: 400,
    says: "does not correspond to a valid company License",
  },
  {
    what: "a license for nobody",
    from: source.assign,
    do: (w) =>
      w.ask("POST", "/users/00000000-0000-4000-8000-000000000000/assignLicense", {
        addLicenses: [],
        removeLicenses: [],
      }),
    status: 404,
    says: "Request_ResourceNotFound",
  },
  {
    what: "a license without a usage location",
    from: source.word,
    do: (w) => license(w, "dee", [sku.e3]),
    status: 400,
    says: "invalid usage location",
  },
  {
    what: "a license of which no seat is free",
    from: source.licensing,
    do: (w) => license(w, "cid", [sku.e5]),
    status: 400,
    says: "does not have any available licenses",
  },
  {
    what: "plans that exclude each other",
    from: source.licensing,
    do: (w) => license(w, "ada", [sku.mail]),
    status: 400,
    says: "mutually exclusive",
  },
  {
    what: "a plan without the one that it needs",
    from: source.licensing,
    do: (w) => license(w, "cid", [sku.phone]),
    status: 400,
    says: "depends on the service plan",
  },
  {
    what: "taking a license that the person lacks",
    from: source.word,
    do: (w) => license(w, "cid", [], [sku.e3]),
    status: 400,
    says: "does not have a corresponding license",
  },
  {
    what: "taking a license that came through a group",
    from: source.word,
    do: (w) => license(w, "bob", [], [sku.e5]),
    status: 400,
    says: "inherited from a group membership",
  },
  {
    what: "adding a member twice",
    from: source.addMembers,
    do: (w) => w.ask("POST", `/groups/${w.group("lic")}/members/$ref`, ref(w.user("bob"))),
    status: 400,
    says: "object references already exist",
  },
  {
    what: "adding nobody",
    from: source.addMembers,
    do: (w) => w.ask("POST", `/groups/${w.group("lic")}/members/$ref`, ref("00000000-0000-4000-8000-000000000000")),
    status: 404,
    says: "Request_ResourceNotFound",
  },
  {
    what: "21 members in one PATCH",
    from: source.addMembers,
    do: (w) =>
      w.ask("PATCH", `/groups/${w.group("lic")}`, {
        "members@odata.bind": Array.from({ length: 21 }, () => ref(w.user("cid"))["@odata.id"]),
      }),
    status: 400,
    says: "20",
  },
  {
    what: "removing who is no member",
    from: source.removeMember,
    do: (w) => w.ask("DELETE", `/groups/${w.group("lic")}/members/${w.user("cid")}/$ref`),
    status: 404,
    says: "Request_ResourceNotFound",
  },
  {
    what: "writing to a dynamic group",
    from: source.removeMember,
    do: (w) => w.ask("POST", `/groups/${w.group("dyn")}/members/$ref`, ref(w.user("cid"))),
    status: 400,
    says: "dynamic",
  },
  {
    what: "writing to a synchronised group",
    from: source.word,
    do: (w) => w.ask("POST", `/groups/${w.group("local")}/members/$ref`, ref(w.user("cid"))),
    status: 400,
    says: "on-premises",
  },
];

describe("the simulator refuses what Graph refuses of who writes", () => {
  refuses(rows);
  it("all or nothing: of twenty members in one PATCH one is wrong, and none joins", async () => {
    const w = await world();
    const links = [w.user("cid"), w.user("bob")].map((id) => ref(id)["@odata.id"]);
    expect((await w.ask("PATCH", `/groups/${w.group("lic")}`, { "members@odata.bind": links })).status).toBe(400);
    expect(w.simulator.tenant().groups.get(w.group("lic"))?.members.size).toBe(1);
  });
});
