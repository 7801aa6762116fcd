import { readFileSync } from "node:fs";

/** Commands that run the engine, with their short names. */
const commands = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "import", "watch"]);

/** Flags that take the next word: a stack may be called `refresh`. */
const takesWord = new Set(["-s", "--stack", "-C", "--cwd", "--color"]);

/** The words of a command line, as Linux tells them; nothing elsewhere. */
export const wordsOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
};

/**
 * Is the engine's command a mere refresh? Its calls are those of a destroy's preview, read and diff without a check, yet it deletes
 * nothing: naming whom a removal would release would alarm in vain. Where the words are not known, the warning is given.
 */
export const isRefresh = (words: readonly string[]): boolean =>
  words.find((word, i) => i > 0 && commands.has(word) && !takesWord.has(words[i - 1] ?? "")) === "refresh";
