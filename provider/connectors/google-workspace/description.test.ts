import { readDescription, watched } from "../../testing/api-description.ts";
import { connector } from "./connector.ts";
import { all, duty, emails, plus, results, signal, standard, world } from "./world.fixture.ts";

const outside = /^\/(token|admin\/reports|apps\/licensing)/;
const directory = readDescription("google-workspace", "directory", { outside });
const licensing = readDescription("google-workspace", "licensing", { outside: /^\/(token|admin)/ });
const everybody = { match: null, groups: null, also: [] };
const team = "group:team@acme.test";

it("requests and replies are as Google's published descriptions say, in every operation that is used", async () => {
  const people = emails(30);
  const [a = "", b = "", c = ""] = people;
  const w = await world(people, { licensePage: { max: 10, above: "fewer" } });
  const { hands, deny } = w.google;
  hands.changeUser(a, { department: "Sales", title: "Head", type: "Employee", manager: b, custom: { X: { y: "z" } } });
  hands.addGroup("team@acme.test", "team");
  for (const email of people.slice(3)) hands.license(plus, email);
  const judges = [watched(w.google.transport, directory)];
  const judge = watched(judges[0]?.transport ?? w.google.transport, licensing);
  const open = () => w.open({ pageSize: 10 }, judge.transport);
  await open().verify(signal);
  await duty(open(), "people")(everybody, signal);
  await duty(open(), "person")(w.id(a), signal);
  await duty(open(), "person")("199999999999999999999", signal);
  await duty(open(), "skus")(signal);
  expect((await all(open(), plus)).length).toBe(27);
  await all(open(), team);
  const steps = [
    w.step("assign", plus, a),
    w.step("assign", plus, a),
    w.step("move", plus, a, standard),
    w.step("unassign", standard, a),
    w.step("unassign", standard, a),
    w.step("assign", team, c),
    w.step("assign", team, c),
    w.step("unassign", team, c),
    w.step("unassign", team, c),
  ];
  const outcomes = [];
  for (const step of steps) outcomes.push(...(await w.run([step], open())));
  expect(results(outcomes)).toEqual([
    "done",
    "already",
    "done",
    "done",
    "already",
    "done",
    "already",
    "done",
    "already",
  ]);
  deny("users", "licensing");
  await expect(open().verify(signal)).rejects.toMatchObject({ code: "denied" });
  await expect(all(open(), plus)).rejects.toMatchObject({ code: "denied" });

  expect([...judges.flatMap((j) => j.violations), ...judge.violations]).toEqual([]);
  const seen = [...(judges[0]?.seen ?? []), ...judge.seen].sort();
  const users = "/admin/directory/v1/users";
  const groups = "/admin/directory/v1/groups";
  const sku = "/apps/licensing/v1/product/{productId}/sku/{skuId}";
  expect(seen).toEqual(
    expect.arrayContaining([
      `GET ${users} 200`,
      `GET ${users}/{userKey} 200`,
      `GET ${users}/{userKey} 403`,
      `GET ${users}/{userKey} 404`,
      `GET ${groups} 200`,
      `GET ${groups}/{groupKey} 200`,
      `GET ${groups}/{groupKey}/members 200`,
      `POST ${groups}/{groupKey}/members 200`,
      `POST ${groups}/{groupKey}/members 409`,
      `DELETE ${groups}/{groupKey}/members/{memberKey} 200`,
      `DELETE ${groups}/{groupKey}/members/{memberKey} 404`,
      `GET ${sku}/users 200`,
      `POST ${sku}/user 200`,
      `POST ${sku}/user 412`,
      `PATCH ${sku}/user/{userId} 200`,
      `DELETE ${sku}/user/{userId} 200`,
      `DELETE ${sku}/user/{userId} 404`,
    ]),
  );
});

it("the judge would see a wrong parameter, and a reply of the wrong type", () => {
  const url = "https://admin.googleapis.com/admin/directory/v1/users?customer=my_customer&maxResults=501&search=x";
  const got = { kind: "admin#directory#users", users: [{ id: 7 }] };
  const found = directory.violations({ method: "GET", url, sent: undefined, status: 200, got });
  expect(found).toHaveLength(3);
});

it("every scope is one that the published description lists for an operation we use", () => {
  const words = JSON.stringify([
    jest.requireActual<object>("./spec/directory.json"),
    jest.requireActual<object>("./spec/licensing.json"),
  ]);
  // Reports are not among the published descriptions on npm.
  const described = connector.capabilities.scopes.filter(({ scope }) => !scope.includes("reports"));
  expect(described.filter(({ scope }) => !words.includes(`"${scope}"`))).toEqual([]);
  expect(described.length).toBe(4);
});
