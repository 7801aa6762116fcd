import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../real/tool-path.ts";

const folders = (): string => join(repository(), "provider/connectors");

/** Connectors whose folder has this fixture: no list is edited when one is added. */
export const foldersWith = (kind: "faults" | "measured"): readonly string[] =>
  readdirSync(folders())
    .filter((name) => existsSync(join(folders(), name, `${kind}.fixture.ts`)))
    .sort();

/** What the fixture exports under `name`. */
export const fixtureOf = async <T>(folder: string, name: "faulted" | "measured"): Promise<T> => {
  // Spelt out, so that a bundler sees which files are meant.
  const module =
    name === "faulted"
      ? await import(`../../connectors/${folder}/faults.fixture.ts`)
      : await import(`../../connectors/${folder}/measured.fixture.ts`);
  return (module as Record<string, T>)[name] as T; // each fixture says of what type it is
};
