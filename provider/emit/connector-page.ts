import { connectionFields } from "../core/configuration.ts";
import type { Capabilities, ConnectorKind } from "../core/connector.ts";
import { fieldsOf, snake } from "../core/fields.ts";
import { inputTable, objectTables } from "./field-table.ts";
import { code, list, page, table, ticked } from "./markdown.ts";

const yes = (value: boolean): string => (value ? "yes" : "no");
const each = (values: readonly string[]): string => (values.length === 0 ? "–" : values.map(ticked).join(", "));

const purchased = {
  vendor: "the vendor says",
  reported: "the vendor reports, late",
  declared: "declared in `commitments`",
};
const release = {
  immediate: "at once",
  endOfCycle: "at the end of the billing cycle",
  queued: "when the vendor's queue gets there",
  deactivatesUser: "deactivates the person there",
  downgrades: "leaves a lower plan",
};

const identity = { id: "the vendor's id", email: "e-mail", login: "login" };
const lag = (hours: number): string => (hours === 0 ? "at once" : `up to ${hours} h late`);

/** Each capability as a row: what it is called for a reader, and what one connector says of it. */
const rows: readonly (readonly [string, (c: Capabilities) => string])[] = [
  ["People are read from it", (c) => yes(c.directory)],
  ["Seats are managed at it", (c) => yes(c.vendorOfSeats)],
  ["Purchased seats", (c) => (c.vendorOfSeats ? purchased[c.purchased] : "–")],
  ["Buys a seat when one is assigned", (c) => (c.vendorOfSeats ? yes(c.buysOnAssign) : "–")],
  ["An unassigned seat is free", (c) => (c.vendorOfSeats ? release[c.release] : "–")],
  ["One SKU of a product at a time", (c) => (c.vendorOfSeats ? yes(c.exclusiveWithinProduct) : "–")],
  ["People per write request", ({ batch }) => (batch ? `${batch.max}${batch.partial ? "" : ", all or nothing"}` : "1")],
  ["A person is found by", (c) => identity[c.identity]],
  [
    "Evidence of use",
    ({ activity }) => (activity ? `${activity.signal}, ${lag(activity.lagHours)}` : "none: activity is unknown"),
  ],
  ["A write shows in lists within", (c) => (c.settleMs === 0 ? "at once" : `${c.settleMs / 1000} s`)],
  ["Must be so beforehand", (c) => (c.prerequisites.length === 0 ? "–" : c.prerequisites.join("; "))],
  [
    "Rate limits",
    (c) => (c.buckets.length === 0 ? "–" : c.buckets.map(({ name, limit }) => `${name}: ${limit}`).join("; ")),
  ],
  ["Rules that it answers itself", (c) => each(c.pushdown)],
  ["Person fields that it fills", (c) => (c.directory ? each(c.fills.map((name) => `user.${name}`)) : "–")],
];

export const capabilityTable = (kinds: readonly ConnectorKind[]): string =>
  table(
    ["", ...kinds.map(({ name }) => `[${name}](${name}.md)`)],
    rows.map(([title, tell]) => [title, ...kinds.map(({ capabilities }) => tell(capabilities))]),
  );

const envName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** The engine's order (engine/config.ts): our variable, the argument, the vendor's customary variable. */
const secretsText = (kind: ConnectorKind): string => {
  const secrets = fieldsOf(kind.config).filter((field) => field.secret);
  const lookups = secrets.map(({ name }) => {
    const customary = kind.customaryEnv?.[name];
    return [ticked(name), ticked(`SEATWISE_ACME_${envName(name)}`), customary ? ticked(customary) : "–"];
  });
  const heads = ["Field", "First: for a connection `acme`", `Last: where only one connection is ${kind.name}`];
  return secrets.length === 0
    ? ""
    : `## Secrets\n\nBest kept out of the program: the environment is asked first, then the argument, then the vendor's customary variable.\n\n${table(heads, lookups)}`;
};

const exampleText = (kind: ConnectorKind): string => {
  const given = fieldsOf(kind.config).filter((field) => !field.optional && !field.secret);
  const block = given
    .map(({ name, example }) => `${name}: ${JSON.stringify(example ?? name.toUpperCase())}`)
    .join(", ");
  const lines = [
    'new seatwise.Provider("acme", {',
    ...(kind.capabilities.directory ? ['  directory: "acme",'] : []),
    `  connections: { acme: { ${kind.name}: {${block && ` ${block} `}} } },`,
    "});",
  ];
  return [code("ts", lines.join("\n")), code("terraform", hclExample(kind))].join("\n\n");
};

const hclExample = (kind: ConnectorKind): string => {
  const given = fieldsOf(kind.config).filter((field) => !field.optional && !field.secret);
  const block = given.map(
    ({ name, example }) => `        ${snake(name)} = ${JSON.stringify(example ?? name.toUpperCase())}`,
  );
  const lines = [
    'provider "seatwise" {',
    ...(kind.capabilities.directory ? ['  directory = "acme"'] : []),
    "  connections = {",
    ...(block.length === 0
      ? [`    acme = { ${snake(kind.name)} = {} }`]
      : ["    acme = {", `      ${snake(kind.name)} = {`, ...aligned(block), "      }", "    }"]),
    "  }",
    "}",
  ];
  return lines.join("\n");
};

/** `terraform fmt` sets the signs of neighbours below each other. */
const aligned = (lines: readonly string[]): readonly string[] => {
  const width = Math.max(...lines.map((line) => line.indexOf(" = ")));
  return lines.map((line) => line.replace(" = ", `${" ".repeat(width - line.indexOf(" = "))} = `));
};

const when = { write: "to apply", optional: "where it is used" };
const scopesText = ({ scopes }: Capabilities): string =>
  scopes.length === 0
    ? ""
    : `## Rights that it needs\n\n${table(
        ["Right", "For", "Needed", "Also in"],
        scopes.map((one) => [
          ticked(one.scope),
          one.for,
          one.when === undefined ? "to plan" : when[one.when],
          each(one.within ?? []),
        ]),
      )}`;

const verifiedText = ({ verified }: Capabilities): string =>
  verified === undefined || verified.length === 0
    ? ""
    : `## Verified\n\n${table(
        ["What", "Against"],
        verified.map(({ what, against }) => [what, against]),
      )}`;

const skusText = (kind: ConnectorKind): string =>
  kind.skus === undefined || kind.skus.length === 0
    ? ""
    : `## SKUs\n\n${table(
        ["SKU", "A seat is"],
        kind.skus.map(({ form, seat }) => [ticked(form), seat]),
      )}`;

export const connectorPage = (kind: ConnectorKind): string => {
  const config = fieldsOf(connectionFields(kind));
  return page(
    `# ${kind.name}`,
    kind.doc,
    `## Example\n\n${exampleText(kind)}`,
    `## Fields\n\n${inputTable(config)}`,
    secretsText(kind),
    skusText(kind),
    scopesText(kind.capabilities),
    `## Capabilities\n\n${table(
      ["", ""],
      rows.map(([title, tell]) => [title, tell(kind.capabilities)]),
    )}`,
    verifiedText(kind.capabilities),
    objectTables(config, []),
  );
};

export const connectorsPage = (kinds: readonly ConnectorKind[]): string =>
  page(
    "# Connectors",
    "One connector per system. What each can do, as declared in its source:",
    capabilityTable(kinds),
    "## Pages",
    list(kinds.map(({ name, doc }) => `[${name}](${name}.md) – ${doc}`)),
  );
