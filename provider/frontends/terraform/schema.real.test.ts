import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformCli } from "../../testing/real/terraform-cli.ts";
import { writeProgram } from "../../testing/real/terraform-project.ts";
import { shapeOfKind, typeJson } from "./cty.ts";
import { type MirrorProvider, mirrorProvider } from "./mirror-provider.fixture.ts";
import { packageSchema } from "./package-schema.ts";
import type { Attribute, AttributeKind } from "./schema-model.ts";

/** What `terraform providers schema -json` writes of an attribute. */
interface Told {
  readonly type?: unknown;
  readonly nested_type?: { readonly attributes: Readonly<Record<string, Told>>; readonly nesting_mode: string };
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
}
interface Block {
  readonly attributes: Readonly<Record<string, Told>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}
interface ToldSchemas {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly version: number; readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly functions: Readonly<
    Record<string, { readonly return_type: unknown; readonly parameters: readonly { readonly name: string }[] }>
  >;
}

const expectedType = (kind: AttributeKind): object => {
  const nested = (fields: readonly Attribute[], nesting_mode: string) => ({
    nested_type: { attributes: expectedAll(fields), nesting_mode },
  });
  if (kind.is === "object") return nested(kind.fields, "single");
  if ((kind.is === "list" || kind.is === "map") && kind.of.is === "object") return nested(kind.of.fields, kind.is);
  return { type: typeJson(shapeOfKind(kind)) };
};
const expectedAll = (fields: readonly Attribute[]): object =>
  Object.fromEntries(
    fields.map(({ terraform, kind, presence, secret }) => [
      terraform,
      {
        ...expectedType(kind),
        ...(presence === "required" ? { required: true } : {}),
        ...(presence.startsWith("optional") ? { optional: true } : {}),
        ...(presence.endsWith("computed") ? { computed: true } : {}),
        ...(secret ? { sensitive: true } : {}),
      },
    ]),
  );

/** Without the texts, which are our own to the letter. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    /^description/.test(key) && typeof inner === "string" ? undefined : inner,
  );

let provider: MirrorProvider;
const folder = mkdtempSync(join(tmpdir(), "schema-real-"));
beforeAll(async () => {
  provider = await mirrorProvider(packageSchema);
});
afterAll(() => {
  provider.close();
  rmSync(folder, { recursive: true, force: true });
});

test("terraform reads the schema as it was meant", async () => {
  const program = 'terraform {\n  required_providers {\n    seatwise = { source = "seatwise/seatwise" }\n  }\n}\n';
  await writeProgram(join(folder, "program"), program);
  const terraform = terraformCli({ cwd: join(folder, "program"), home: join(folder, "home"), env: provider.env });
  const { stdout, stderr, code } = await terraform.run("providers schema", { args: ["-json"] });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const { provider_schemas: all } = JSON.parse(stdout) as { provider_schemas: Record<string, ToldSchemas> }; // by its format
  const [told] = Object.values(all);
  expect(told).toBeDefined();
  if (!told) return;
  expect(plain(told.provider.block.attributes)).toEqual(expectedAll(packageSchema.provider.fields));
  expect(Object.keys(told.resource_schemas).sort()).toEqual(packageSchema.resources.map(({ terraform }) => terraform));
  for (const { terraform: type, fields, stateVersion } of packageSchema.resources) {
    const schema = told.resource_schemas[type];
    expect(schema?.version).toBe(stateVersion);
    expect(plain(schema?.block.attributes)).toEqual(expectedAll(fields.filter(({ role }) => role !== "timeouts")));
    expect(Object.keys(schema?.block.block_types ?? {})).toEqual(["timeouts"]);
  }
  for (const { terraform: type, fields } of packageSchema.dataSources)
    expect(plain(told.data_source_schemas[type]?.block.attributes)).toEqual(expectedAll(fields));
  for (const { terraform: name, parameters, result } of packageSchema.functions) {
    expect(told.functions[name]?.return_type).toEqual(typeJson(shapeOfKind(result)));
    expect(told.functions[name]?.parameters.map((parameter) => parameter.name)).toEqual(
      parameters.map((p) => p.terraform),
    );
  }
});
