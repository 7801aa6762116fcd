import { asProblem } from "../core/problem.ts";
import { parseRoster } from "./roster.ts";

const refusal = (file: string, text: string): string => {
  try {
    parseRoster(file, text);
  } catch (error) {
    return asProblem(error).message;
  }
  throw new Error("was not refused");
};

test("JSON: attributes, groups below groups, groups that only people name", () => {
  const text = JSON.stringify({
    source: "somewhere",
    people: [
      { login: "Ada", groups: ["sales"], email: "ada@x.test", level: 3, skills: ["go", "sql"], gone: null },
      { login: "bob" },
    ],
    groups: [
      { name: "sales", parent: "all", colour: "red" },
      { name: "all", parent: null },
    ],
  });
  expect(parseRoster("r.json", text)).toEqual({
    people: [
      { login: "ada", email: "ada@x.test", groups: ["sales"], attributes: { level: "3", skills: ["go", "sql"] } },
      { login: "bob", groups: [], attributes: {} },
    ],
    groups: [{ name: "sales", parent: "all" }, { name: "all" }],
  });
});

test("CSV: quotes, lists of groups, a byte order mark, empty lines and cells", () => {
  const text =
    '\ufefflogin,groups,department,title\r\nada,sales; emea,Sales,"Lead, ""EMEA"""\r\n\r\nbob,,,\n"cleo",on-call,"Ops\nNight",\n';
  expect(parseRoster("r.csv", text)).toEqual({
    people: [
      { login: "ada", groups: ["sales", "emea"], attributes: { department: "Sales", title: 'Lead, "EMEA"' } },
      { login: "bob", groups: [], attributes: {} },
      { login: "cleo", groups: ["on-call"], attributes: { department: "Ops\nNight" } },
    ],
    groups: [{ name: "sales" }, { name: "emea" }, { name: "on-call" }],
  });
});

const rows: [what: string, file: string, text: string, says: string][] = [
  ["no JSON", "a.json", '{"people": [}', "a.json: is no JSON"],
  ["no people", "a.json", "{}", "there is no list of people"],
  ["an empty list", "a.json", '{"people": []}', "there are no people in it"],
  ["a person without login", "a.json", '{"people": [{"login": "ada"}, {}]}', "people[1]: login must be text"],
  [
    "groups that are no list",
    "a.json",
    '{"people": [{"login": "ada", "groups": "x"}]}',
    "people[0]: groups must be a list of names",
  ],
  [
    "a nested attribute",
    "a.json",
    '{"people": [{"login": "ada", "home": {}}]}',
    "people[0] (ada): home: an attribute is text",
  ],
  ["one login twice", "a.json", '{"people": [{"login": "ada"}, {"login": "ADA"}]}', "the login ada is there twice"],
  [
    "a parent that is not there",
    "a.json",
    '{"people": [{"login": "ada"}], "groups": [{"name": "a", "parent": "b"}]}',
    "the group a is below b, which is not there",
  ],
  [
    "a circle of groups",
    "a.json",
    '{"people": [{"login": "ada"}], "groups": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]}',
    "is below itself",
  ],
  ["no login column", "a.csv", "name,groups\nada,x\n", 'line 1: there is no column "login"'],
  ["a column twice", "a.csv", "login,a,a\nada,1,2\n", 'line 1: the column "a" is there twice'],
  ["a field too few", "a.csv", "login,groups\nada,x\nbob\n", "line 3: 1 fields where the header has 2"],
  ["an open quote", "a.csv", 'login,groups\nada,"x\nbob,y\n', "line 2: a quote is not closed"],
  ["a login with a space", "a.csv", "login\nada b\n", "line 2: login has spaces"],
  ["an empty login", "a.csv", "login,groups\n,x\n", "line 2: login is empty"],
];
test.each(rows)("%s is said", (_what, file, text, says) => {
  expect(refusal(file, text)).toContain(says);
});
