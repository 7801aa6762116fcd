import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Company, CompanyGroup, CompanyPerson } from "../connectors/keycloak/seed.ts";
import { Problem } from "../core/problem.ts";

const hint =
  'JSON: {"people": [{"login": "ada", "groups": ["sales"], …attributes}], "groups": [{"name": "sales", "parent": null}]}. CSV: a header line "login,groups,…", groups separated by ";", each other column an attribute.';
const wrong = (file: string, what: string): Problem => new Problem("invalid", `${file}: ${what}`, { hint });

const login = z
  .string({ error: "login must be text" })
  .min(1, "login is empty")
  .max(255, "login is longer than 255 characters")
  .regex(/^[^\s"<>&$%!#?§;*~/\\|^=[\]{}()`]+$/, "login has spaces or signs that a directory refuses");
const attribute = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()], {
  error: "an attribute is text, a number, true, false or a list of texts",
});
const person = z.looseObject({ login, groups: z.array(z.string(), "groups must be a list of names").optional() });
const group = z.looseObject({
  name: z.string("a group needs a name").min(1, "a group needs a name"),
  parent: z.string("parent must be a group's name").nullish(),
});
const roster = z.looseObject({
  people: z.array(z.unknown(), "there is no list of people"),
  groups: z.array(z.unknown(), "groups must be a list").optional(),
});

/** Fields of a person that are more than attributes. */
const own = ["email", "firstName", "lastName"] as const;

interface Row {
  /** For messages: `people[3]`, `line 7`. */
  readonly at: string;
  readonly value: unknown;
}

const personOf = (file: string, { at, value }: Row): CompanyPerson => {
  const read = person.safeParse(value);
  if (!read.success) throw wrong(file, `${at}: ${read.error.issues[0]?.message ?? "is no person"}`);
  const { login: name, groups = [], ...rest } = read.data;
  const texts: Record<string, string | readonly string[]> = {};
  for (const [key, given] of Object.entries(rest)) {
    const field = attribute.safeParse(given);
    if (!field.success) throw wrong(file, `${at} (${name}): ${key}: ${field.error.issues[0]?.message}`);
    if (field.data !== null && field.data !== "")
      texts[key] = Array.isArray(field.data) ? field.data : String(field.data);
  }
  const named = Object.fromEntries(own.flatMap((key) => (typeof texts[key] === "string" ? [[key, texts[key]]] : [])));
  const attributes = Object.fromEntries(Object.entries(texts).filter(([key]) => !(key in named)));
  // A directory keeps user names in lower case.
  return { login: name.toLowerCase(), ...named, groups, attributes };
};

const groupOf = (file: string, { at, value }: Row): CompanyGroup => {
  const read = group.safeParse(value);
  if (!read.success) throw wrong(file, `${at}: ${read.error.issues[0]?.message ?? "is no group"}`);
  const { name, parent } = read.data;
  return typeof parent === "string" ? { name, parent } : { name };
};

interface Rows {
  readonly people: readonly Row[];
  readonly groups: readonly Row[];
}

const ofJson = (file: string, text: string): Rows => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(file, `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = roster.safeParse(value);
  if (!read.success) throw wrong(file, read.error.issues[0]?.message ?? "is no roster");
  const rows = (name: string, all: readonly unknown[]): Row[] => all.map((v, i) => ({ at: `${name}[${i}]`, value: v }));
  return { people: rows("people", read.data.people), groups: rows("groups", read.data.groups ?? []) };
};

/** One record of RFC 4180 after another, with the line it begins in. */
function* records(file: string, text: string): Generator<{ readonly line: number; readonly cells: string[] }> {
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  let begins = 1;
  let cells: string[] = [];
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw wrong(file, `line ${line}: a quote is not closed, or stands in the middle of a field`);
    const [whole, quoted, plain = "", end] = match;
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    if (cells.some((cell) => cell !== "")) yield { line: begins, cells };
    cells = [];
    begins = line;
  }
  if (cells.length > 0) yield { line: begins, cells: [...cells, ""] }; // the file ends with a comma
}

const ofCsv = (file: string, text: string): Rows => {
  const [header, ...rows] = records(file, text);
  const names = header?.cells ?? [];
  if (!names.includes("login")) throw wrong(file, 'line 1: there is no column "login"');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrong(file, `line 1: the column "${twice}" is there twice`);
  const people = rows.map(({ line, cells }): Row => {
    if (cells.length !== names.length)
      throw wrong(file, `line ${line}: ${cells.length} fields where the header has ${names.length}`);
    const given = Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
    const groups = (given.groups ?? "").split(";").map((name) => name.trim());
    return { at: `line ${line}`, value: { ...given, groups: groups.filter((name) => name !== "") } };
  });
  return { people, groups: [] };
};

const withGroups = (people: readonly CompanyPerson[], groups: readonly CompanyGroup[]): Company => {
  const known = new Set(groups.map(({ name }) => name));
  const used = new Set(people.flatMap((one) => one.groups ?? []));
  return { people, groups: [...groups, ...[...used].filter((name) => !known.has(name)).map((name) => ({ name }))] };
};

const check = (file: string, { people, groups }: Company): void => {
  const logins = new Set<string>();
  for (const one of people) {
    if (logins.has(one.login))
      throw wrong(file, `the login ${one.login} is there twice (capital letters do not count)`);
    logins.add(one.login);
  }
  const parents = new Map(groups.map(({ name, parent }) => [name, parent]));
  if (parents.size < groups.length) throw wrong(file, "two groups have one name");
  for (const { name } of groups) {
    const seen = new Set([name]);
    for (let at = parents.get(name); at !== undefined; at = parents.get(at)) {
      if (!parents.has(at)) throw wrong(file, `the group ${name} is below ${at}, which is not there`);
      if (seen.has(at)) throw wrong(file, `the group ${name} is below itself`);
      seen.add(at);
    }
  }
};

/** A roster as a company; what is wrong with it is said with the line or the place. */
export const parseRoster = (file: string, text: string): Company => {
  const json = file.endsWith(".json") || /^\s*[{[]/.test(text);
  const rows = json ? ofJson(file, text) : ofCsv(file, text.replace(/^\ufeff/, ""));
  const company = withGroups(
    rows.people.map((row) => personOf(file, row)),
    rows.groups.map((row) => groupOf(file, row)),
  );
  if (company.people.length === 0) throw wrong(file, "there are no people in it");
  check(file, company);
  return company;
};

export const readRoster = (file: string): Company => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseRoster(file, text);
};
