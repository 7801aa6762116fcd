import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository, toolPath } from "./tool-path.ts";

/** HCL that is written as it stands: a reference, a call. */
export interface Raw {
  readonly raw: string;
}
export const raw = (text: string): Raw => ({ raw: text });

/** A value as HCL: JSON is, but for templates, which a plain string must not start. */
export const hcl = (value: unknown): string => {
  if (isRaw(value)) return value.raw;
  if (Array.isArray(value)) return `[${value.map(hcl).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${lines(value).join(", ")} }`;
  return JSON.stringify(value).replace(/[$%](?=[{])/g, (sign) => sign + sign);
};

const isRaw = (value: unknown): value is Raw => typeof value === "object" && value !== null && "raw" in value;
const lines = (values: object): readonly string[] =>
  Object.entries(values).map(([name, value]) => `${/^\w+$/.test(name) ? name : hcl(name)} = ${hcl(value)}`);

/** `resource "a" "b" { … }`, with nested blocks (`lifecycle`, `timeouts`) as text. */
export const block = (head: string, values: object, nested: readonly string[] = []): string =>
  `${head} {\n${[...lines(values), ...nested].map((line) => `  ${line}\n`).join("")}}\n`;

export const manifest = (): { readonly version: string } =>
  JSON.parse(readFileSync(join(repository(), "package.json"), "utf8")) as { version: string }; // ours

/** The block that every program of ours begins with. */
export const requiredProviders = (source = "seatwise/seatwise"): string =>
  `terraform {\n  required_providers {\n    seatwise = { source = ${hcl(source)}, version = ${hcl(manifest().version)} }\n  }\n}\n`;

/** A program in any folder: `main.tf`, and the values of its variables. */
export const writeProgram = async (
  folder: string,
  main: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "main.tf"), main);
  await writeFile(join(folder, "terraform.tfvars.json"), JSON.stringify(variables));
};

/** What Terraform and OpenTofu make of a source address without a host. */
const hosts = ["registry.terraform.io", "registry.opentofu.org"];

/**
 * The built provider laid out as a filesystem mirror, for this platform. Copies: a build while tests run would change
 * what their lock files have the hash of.
 */
export const copyMirror = (folder: string): string => {
  const built = join(repository(), "build/terraform");
  toolPath("terraform/terraform-provider-seatwise", "build");
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  for (const host of hosts) {
    const at = join(folder, host, "seatwise/seatwise", manifest().version, platform);
    mkdirSync(at, { recursive: true });
    for (const entry of readdirSync(built, { withFileTypes: true }))
      if (entry.isFile()) copyFileSync(join(built, entry.name), join(at, entry.name));
  }
  return folder;
};
