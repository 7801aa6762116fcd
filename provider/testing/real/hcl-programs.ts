import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./tool-path.ts";

/** One block of HCL on one page, and the program that it makes for a reader who pastes it. */
export interface HclBlock {
  readonly page: string;
  readonly text: string;
  /** Below a page's first program stands what belongs to it: an import, a move. */
  readonly first: string;
}

const languages = ["terraform", "hcl", "tf"];
const fence = /^( *)```([a-z]*)\n([\s\S]*?)^\1```$/gm;
const looksLikeHcl = (text: string): boolean =>
  /^(resource|data|provider|variable|output|check|module) "[^"]+"( "[^"]+")? \{|^(terraform|import|moved|removed|locals) \{/m.test(
    text,
  );

/** Pages that git tracks or will track: what is ignored is no page of ours. */
export const pages = (): readonly string[] =>
  execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: repository(), encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "");

export const blocksOf = (page: string, body: string): readonly HclBlock[] => {
  const found = [...body.matchAll(fence)].filter(([, , language = ""]) => languages.includes(language));
  const texts = found.map(([, indent = "", , text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
  return texts.map((text) => ({ page, text, first: texts[0] ?? "" }));
};

/** Blocks that are HCL and do not say so: nobody would plan them. */
export const unmarked = (body: string): readonly string[] =>
  [...body.matchAll(fence)]
    .filter(([, , language = "", text = ""]) => !languages.includes(language) && looksLikeHcl(text))
    .map(([, , , text = ""]) => text.trim());

export const allBlocks = (): readonly HclBlock[] =>
  pages().flatMap((page) => blocksOf(page, readFileSync(join(repository(), page), "utf8")));

const required = 'terraform {\n  required_providers {\n    seatwise = { source = "seatwise/seatwise" }\n  }\n}\n';
const provider = `provider "seatwise" {
  directory = "people"
  connections = {
    people = { keycloak = { base_url = "https://id.example", realm = "acme" } }
    crm    = { scim = { base_url = "https://crm.example/scim/v2" } }
  }
}
`;
/** A provider that nothing uses is never asked: look something up through the connection that it names first. */
const probe = (program: string): string => {
  const [, connection = ""] = /connections\s*=\s*\{\s*(\w+)/.exec(program) ?? [];
  return `data "seatwise_skus" "probe" {\n  connection_name = "${connection}"\n}\n`;
};

/** The block with what a page need not repeat: the provider, and the resources that an import is of. */
export const programOf = ({ text, first }: HclBlock): string => {
  const alone = /^(resource|data|output|check|variable|provider|terraform) ?["{]/m.test(text);
  const whole = alone ? text : `${first}\n${text}`;
  const parts = [
    whole.includes("required_providers") ? "" : required,
    /^provider "seatwise"/m.test(whole) ? "" : provider,
    whole,
    /^(resource|data|output|check) "/m.test(whole) ? "" : probe(whole),
  ];
  return parts.filter(Boolean).join("\n");
};

/** Systems that stand behind no address of the program (a cloud's own): it can be validated here, and not be planned. */
export const elsewhere = (program: string): boolean => !/\b(keycloak|scim)\s*=\s*\{/.test(program);

/** Addresses of what the program declares: a plan that names them has read them. */
export const addresses = (program: string): readonly string[] =>
  [...program.matchAll(/^resource "(seatwise_\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`);
