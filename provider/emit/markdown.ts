import { notice } from "./header.ts";

/** A page from its blocks; empty blocks are left out, so that a page need not ask whether it has an example. */
export const page = (...blocks: readonly string[]): string =>
  `<!-- ${notice} -->\n\n${blocks.filter((block) => block !== "").join("\n\n")}\n`;

/** The first mention of the rule language on a page, outside of programs, leads to its own page; `up` is the way to `docs/`. */
export const linked = (text: string, up: string): string => {
  const parts = text.split(/(^```[\s\S]*?^```$)/m);
  const mention = /\b[Rr]ule[- ]language\b/;
  const first = parts.findIndex((part) => !part.startsWith("```") && mention.test(part));
  return parts.map((part, i) => (i === first ? part.replace(mention, `[$&](${up}rule-language.md)`) : part)).join("");
};

export const code = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** GitHub splits cells at every bar, even inside a code span. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heads), `|${" --- |".repeat(heads.length)}`, ...rows.map(line)].join("\n");
};

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");
export const ticked = (text: string): string => `\`${text}\``;

/** `SeatPool` and `checkRule` → `seat-pool`, `check-rule`: names of files. */
export const kebab = (name: string): string =>
  name
    .replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`)
    .replaceAll("_", "-")
    .toLowerCase();
