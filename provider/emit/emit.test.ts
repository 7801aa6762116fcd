import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { defineConnector } from "../core/connector.ts";
import { field, named } from "../core/fields.ts";
import { defineFunction, defineResource, type Lifecycle } from "../core/resource.ts";
import { terraformSchema } from "../frontends/terraform/schema.ts";
import { catalogueSource, connectorFolders, sandboxesSource, sandboxFiles } from "./catalogue.ts";
import { differences, generatedFiles, schemaText, write } from "./files.ts";
import { linked } from "./markdown.ts";
import { referencePages } from "./reference.ts";
import { registryPages } from "./registry-pages.ts";

const nothing = () => {
  throw new Error("documentation runs no lifecycle");
};
const lifecycle = { id: nothing, read: nothing, plan: nothing, apply: nothing } satisfies Lifecycle<unknown>;

const ref = () => named("DeskRef", z.object({ floor: field(z.int(), { description: "Floor" }) }));
const desk = defineResource({
  name: "DeskPool",
  doc: "Desks of a floor. They are shared.",
  inputs: z.object({
    name: field(z.string(), { description: "Name." }),
    from: field(ref(), { description: "The floor." }),
    mode: field(z.enum(["wait", "fail"]).default("wait"), { description: "When full: `a|b`." }),
    grace: field(z.object({ idle: field(z.string().default("7d"), { description: "Idle time." }) }).prefault({}), {
      description: "Grace.",
    }),
    building: field(z.string(), { description: "Building.", immutable: true, example: "north" }),
    key: field(z.string().optional(), { description: "Key.", secret: true }),
  }),
  outputs: z.object({
    changes: field(z.record(z.string(), z.string()), { description: "Who moves.", planned: true }),
    self: field(ref(), { description: "Itself.", derived: true }),
    floors: field(z.array(named("FloorCount", z.object({ n: field(z.int(), { description: "Count." }) }))), {
      description: "Floors.",
    }),
    memory: field(z.string(), { description: "Not for people.", hidden: true }),
  }),
  lifecycle,
  importId: "building/floor, for example `north/2`",
  examples: [
    {
      typescript: 'new office.DeskPool("north", { building: "north" });',
      hcl: 'resource "seatwise_desk_pool" "north" {\n  building = "north"\n}',
    },
  ],
});
const who = defineFunction({
  name: "whoSits",
  doc: "Who sits at a desk.",
  pure: true,
  inputs: z.object({
    desk: field(z.string(), { description: "Desk.", example: "n-12" }),
    when: field(z.string().optional(), { description: "When, in the rule language. The rule language is CEL." }),
  }),
  outputs: z.object({ person: field(z.string(), { description: "Person." }) }),
  call: async () => ({ person: "ada" }),
});
const connector = (name: string, vendorOfSeats: boolean) =>
  defineConnector({
    name,
    doc: `${name} offices.`,
    config: z.object({
      baseUrl: field(z.string(), { description: "Address.", example: "http://127.0.0.1:1" }),
      clientSecret: field(z.string(), { description: "Secret of the client.", secret: true }),
    }),
    customaryEnv: { clientSecret: "OFFICE_SECRET" },
    skus: [{ form: "desk:NAME", seat: "a desk" }],
    capabilities: {
      directory: !vendorOfSeats,
      vendorOfSeats,
      purchased: "declared",
      buysOnAssign: false,
      release: "endOfCycle",
      exclusiveWithinProduct: false,
      batch: { max: 20, partial: false },
      identity: "email",
      activity: { signal: "badge", lagHours: 24 },
      settleMs: 1500,
      prerequisites: [],
      buckets: [{ name: "reads", limit: "10/s" }],
      pushdown: ["=="],
      fills: ["login"],
      scopes: [{ scope: "desks:write", for: "assigning" }],
    },
    open: nothing,
  });
const office = {
  resources: [desk],
  functions: [who],
  connectors: [connector("office", true), connector("people", false)],
};
const pages = referencePages(office);
const pageOf = (path: string): string => pages.get(path) ?? `no page ${path}, only ${[...pages.keys()].join(", ")}`;

describe("reference pages", () => {
  test("one page for each thing, and an index that links to all of them", () => {
    expect([...pages.keys()].sort()).toEqual([
      "README.md",
      "connectors/README.md",
      "connectors/office.md",
      "connectors/people.md",
      "functions/who-sits.md",
      "provider.md",
      "resources/desk-pool.md",
    ]);
    const linked = [...pageOf("README.md").matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path).sort();
    expect(linked).toEqual(["../index.md", ...pages.keys()].filter((path) => path !== "README.md").sort());
    expect(pageOf("README.md")).toContain("[DeskPool](resources/desk-pool.md) – Desks of a floor.\n");
  });

  test("every link inside the pages leads to a page or a heading", () => {
    const anchors = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => `#${title?.toLowerCase()}`);
    const broken = [...pages].flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)]+)\)/g)]
        .map(([, to]) => to ?? "")
        .filter((to) => !/^(\.\.\/)+(rule-language|index)\.md$/.test(to))
        .filter((to) => !(to.startsWith("#") ? anchors(text).includes(to) : pages.has(join(path, "..", to))))
        .map((to) => `${path}: ${to}`),
    );
    expect(broken).toEqual([]);
    expect([...pages.values()].join("")).toContain("](#");
  });

  test("a program is left as it is, and the first mention outside of one leads to the rule language", () => {
    const fence = "```ts\n// the rule language\n```";
    expect(linked(`a\n\n${fence}\n\nrule language, rule language\n`, "../")).toBe(
      `a\n\n${fence}\n\n[rule language](../rule-language.md), rule language\n`,
    );
  });

  test("a resource's page says what the definition says", () => {
    const text = pageOf("resources/desk-pool.md");
    const lines = [
      "<!-- GENERATED by make generate; do not edit -->",
      "Desks of a floor. They are shared.",
      '```ts\nnew office.DeskPool("north", { building: "north" });\n```',
      "| `name` | string | optional | Name. Default: the resource's logical name. |",
      "| `from` | [DeskRef](#deskref) | **required** | The floor. |",
      "| `mode` | `wait` or `fail` | `wait` | When full: `a\\|b`. |",
      "| `grace` | object | optional | Grace. |",
      "| `grace.idle` | string | `7d` | Idle time. |",
      "| `building` | string | **required** | Building. Example: `north`. A change replaces the resource. |",
      "| `key` | string | optional | Key. **Secret.** |",
      "| `changes` | map of string | Who moves. Known in the plan. |",
      "| `self` | [DeskRef](#deskref) | Itself. Derived from inputs, so known in the first preview. |",
      "| `floors` | list of [FloorCount](#floorcount) | Floors. |",
      "### DeskRef\n\n| Input | Type | Default | Description |",
      "| `floor` | integer | **required** | Floor. |",
      "### FloorCount\n\n| Output | Type | Description |",
      "Id: building/floor, for example `north/2`.",
      "pulumi import seatwise:index:DeskPool NAME 'north/2'",
    ];
    for (const line of lines) expect(text).toContain(line);
    expect(text).not.toContain("memory");
    expect(text.match(/### DeskRef/g)).toHaveLength(1);
  });

  test("a function's page has a call with what is required", () => {
    const text = pageOf("functions/who-sits.md");
    expect(text).toContain('const answer = await seatwise.whoSits({ desk: "n-12" });');
    expect(text).toContain("Makes no request");
    expect(text).toContain("When, in the [rule language](../../rule-language.md). The rule language is CEL.");
  });

  test("a connector's page has its fields, where secrets come from, its SKUs, rights and capabilities", () => {
    const text = pageOf("connectors/office.md");
    const lines = [
      '  connections: { acme: { office: { baseUrl: "http://127.0.0.1:1" } } },',
      "| `account` | string | optional |",
      "| `clientSecret` | `SEATWISE_ACME_CLIENT_SECRET` | `OFFICE_SECRET` |",
      "| `desk:NAME` | a desk |",
      "| `desks:write` | assigning |",
      "| An unassigned seat is free | at the end of the billing cycle |",
      "| People per write request | 20, all or nothing |",
      "| Evidence of use | badge, up to 24 h late |",
      "| A write shows in lists within | 1.5 s |",
    ];
    for (const line of lines) expect(text).toContain(line);
    const [, example = ""] = /## Example\n([\s\S]*?)\n## /.exec(text) ?? [];
    expect(example).not.toContain("clientSecret");
  });

  test("the capability table has a column for each connector", () => {
    const text = pageOf("connectors/README.md");
    expect(text).toContain("|  | [office](office.md) | [people](people.md) |");
    expect(text).toContain("| Seats are managed at it | yes | no |");
    expect(text).toContain("| Person fields that it fills | – | `user.login` |");
  });
});

describe("pages of the Registry", () => {
  const registry = registryPages(terraformSchema({ ...office, version: "1.0.0" }), office);
  const text = (path: string): string =>
    registry.get(path) ?? `no page ${path}, only ${[...registry.keys()].join(", ")}`;

  test("are named and headed as the Registry wants it", () => {
    expect([...registry.keys()]).toEqual(["index.md", "resources/desk_pool.md", "functions/who_sits.md"]);
    expect(text("resources/desk_pool.md").split("\n").slice(0, 8)).toEqual([
      "---",
      "# GENERATED by make generate; do not edit",
      'page_title: "seatwise_desk_pool Resource - seatwise"',
      'subcategory: ""',
      "description: |-",
      "  Desks of a floor.",
      "---",
      "",
    ]);
  });

  test("say what the definition says, in Terraform's words, each nested object once", () => {
    const page = text("resources/desk_pool.md");
    const lines = [
      "- `building` (String) Building. Example: `north`. A change replaces the resource.",
      "- `from` (Attributes) The floor. (see [below for nested schema](#nestedatt--from))",
      "- `key` (String, Sensitive) Key.",
      "- `mode` (String) When full: `a|b`. One of `wait`, `fail`. Default: `wait`.",
      "- `changes` (Map of String) Who moves. Known in the plan.",
      "- `floors` (Attributes List) Floors. (see [below for nested schema](#nestedatt--floors))",
      "- `timeouts` (Block, Optional)",
      '<a id="nestedatt--grace"></a>\n### Nested Schema for `grace`\n\nOptional:\n\n- `idle` (String) Idle time. Default: `7d`.',
      '<a id="nestedblock--timeouts"></a>',
      'import {\n  to = seatwise_desk_pool.north\n  id = "north/2"\n}',
      "terraform import seatwise_desk_pool.north 'north/2'",
    ];
    for (const line of lines) expect(page).toContain(line);
    expect(page).not.toContain("memory");
    const anchors = [...page.matchAll(/\(#([^)]+)\)/g)].map(([, anchor]) => `<a id="${anchor}"></a>`);
    expect(anchors.filter((anchor) => page.split(anchor).length !== 2)).toEqual([]);
  });

  test("tell a function's arguments in order", () => {
    const page = text("functions/who_sits.md");
    expect(page).toContain("who_sits(desk string, when string) object");
    expect(page).toMatch(
      /^1\. `desk` \(String\) Desk\.[\s\S]*^2\. `when` \(String\) When, in the \[rule language\]\(\.\.\/rule-language\.md\)/m,
    );
  });
});

describe("catalogue", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "seatwise-emit-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("a folder with connector.ts is a connector; nothing else is", () => {
    for (const folder of ["scim", "google-workspace", "http", "simulator", "draft"]) mkdirSync(join(root, folder));
    for (const folder of ["scim", "google-workspace", "http", "simulator"])
      writeFileSync(join(root, folder, "connector.ts"), "");
    writeFileSync(join(root, "catalogue.ts"), "");
    expect(connectorFolders(root)).toEqual(["google-workspace", "scim"]);
  });

  test("its source", () => {
    expect(catalogueSource(["google-workspace", "scim"])).toBe(`// GENERATED by make generate; do not edit
import type { ConnectorKind } from "../core/connector.ts";
import { connector as googleWorkspace } from "./google-workspace/connector.ts";
import { connector as scim } from "./scim/connector.ts";

export const catalogue: readonly ConnectorKind[] = [googleWorkspace, scim];
`);
  });

  test("a folder whose sandbox.ts or simulator.ts exports a sandbox serves one; nobody else does", () => {
    const files: Readonly<Record<string, string>> = {
      "acme/simulator.ts": "export const sandbox: SandboxSystem = {};",
      "google-workspace/sandbox.ts": "export const sandbox = {};",
      "google-workspace/simulator.ts": "",
      "later/simulator.ts": "export const startLater = () => sandbox;",
      "both/simulator.ts": 'export { sandbox } from "./server/sandbox.ts";',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), text);
      writeFileSync(join(root, path, "../connector.ts"), "");
    }
    const found = sandboxFiles(root);
    expect(found.map(({ folder, file }) => `${folder}/${file}`)).toEqual([
      "acme/simulator.ts",
      "both/simulator.ts",
      "google-workspace/sandbox.ts",
    ]);
    expect(sandboxesSource(found.slice(2))).toBe(`// GENERATED by make generate; do not edit
import type { SandboxSystem } from "./simulator/company.ts";

export const sandboxes: readonly { readonly name: string; readonly load: () => Promise<SandboxSystem> }[] = [
  { name: "googleWorkspace", load: async () => (await import("./google-workspace/sandbox.ts")).sandbox },
];
`);
  });

  test("written once, a second run finds no difference; stale pages go", () => {
    const files = generatedFiles(office, {
      pulumi: { name: "office", version: "1.0.0" },
      terraform: terraformSchema({ ...office, version: "1.0.0" }),
    });
    expect(write(root, files)).toEqual([...files.keys()].sort());
    expect(write(root, files)).toEqual([]);
    const stale = join(root, "docs/reference/resources/gone.md");
    writeFileSync(stale, "old");
    writeFileSync(join(root, "schema.json"), "{}");
    expect(differences(root, files)).toEqual(["docs/reference/resources/gone.md", "schema.json"]);
    expect(write(root, files)).toHaveLength(2);
    expect(existsSync(stale)).toBe(false);
    expect(readFileSync(join(root, "schema.json"), "utf8")).toBe('{\n  "name": "office",\n  "version": "1.0.0"\n}\n');
  });
});

test("the schema's text does not depend on the order of definitions", () => {
  expect(schemaText({ b: { d: 1, c: [2, 1] }, a: 0 })).toBe(schemaText({ a: 0, b: { c: [2, 1], d: 1 } }));
  expect(schemaText({ a: [1, 2] })).not.toBe(schemaText({ a: [2, 1] }));
});
