import type { SimUser } from "./state.ts";

/** Google's search syntax: clauses of field, operator, value, with blanks between; all must hold. */
interface Clause {
  readonly field: string;
  readonly operator: "=" | ":";
  readonly value: string;
}

const clause = /^\s*([A-Za-z][\w.]*)\s*([=:])\s*(?:'((?:[^'\\]|\\.)*)'|([^\s']+))(?=\s|$)/;
const parse = (query: string): readonly Clause[] | null => {
  const clauses: Clause[] = [];
  for (let rest = query; rest.trim() !== ""; ) {
    const found = clause.exec(rest);
    if (!found?.[1]) return null;
    const value = found[3] === undefined ? (found[4] ?? "") : found[3].replace(/\\(.)/g, "$1");
    clauses.push({ field: found[1], operator: found[2] === "=" ? "=" : ":", value });
    rest = rest.slice(found[0].length);
  }
  return clauses.length > 0 ? clauses : null;
};

const ofOrganizations = (user: SimUser, name: string): readonly string[] =>
  (user.organizations ?? []).flatMap((one) => (typeof one[name] === "string" ? [one[name]] : []));
const custom = (user: SimUser, field: string): readonly string[] => {
  const [schema = "", name = ""] = field.split(".");
  const value = user.customSchemas?.[schema]?.[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return values.map((one) =>
    typeof one === "object" && one !== null && "value" in one ? String(one.value) : String(one),
  );
};

/** What a field's values are; null: there is no such field. */
const valuesOf = (user: SimUser, field: string): readonly string[] | null => {
  switch (field) {
    case "email":
      return [user.primaryEmail, ...(user.aliases ?? [])];
    case "givenName":
      return [user.name.givenName];
    case "familyName":
      return [user.name.familyName];
    case "name":
      return [user.name.fullName];
    case "isSuspended":
      return [String(user.suspended)];
    case "isArchived":
      return [String(user.archived)];
    case "isAdmin":
      return [String(user.isAdmin)];
    case "orgDepartment":
      return ofOrganizations(user, "department");
    case "orgTitle":
      return ofOrganizations(user, "title");
    case "orgCostCenter":
      return ofOrganizations(user, "costCenter");
    case "directManager":
      return (user.relations ?? []).flatMap(({ type, value }) => (type === "manager" ? [value] : []));
    default:
      return field.includes(".") ? custom(user, field) : null;
  }
};

const holds = (user: SimUser, { field, operator, value }: Clause): boolean | null => {
  // "This matches all org unit chains under the target."
  if (field === "orgUnitPath")
    return value === "/" || user.orgUnitPath === value || user.orgUnitPath.startsWith(`${value}/`);
  const values = valuesOf(user, field);
  if (values === null) return null;
  const wanted = value.toLowerCase();
  return values.some((one) => {
    const text = one.toLowerCase();
    if (operator === "=") return text === wanted;
    if (wanted.endsWith("*")) return text.startsWith(wanted.slice(0, -1));
    return ` ${text} `.includes(` ${wanted} `);
  });
};

/** Those whom the query finds; null: it is not one that Google understands. */
export const search = (users: readonly SimUser[], query: string): readonly SimUser[] | null => {
  const clauses = parse(query);
  const anybody = users[0];
  if (clauses === null) return null;
  if (anybody && clauses.some((one) => holds(anybody, one) === null)) return null;
  return users.filter((user) => clauses.every((one) => holds(user, one)));
};
