import { readFileSync } from "node:fs";
import { join } from "node:path";

const chosen = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return ""; // no workspace was ever chosen
  }
};

/** Where a Terraform program stands: its folder and its workspace, each of which has a state of its own. */
export const placeOf = (env: (name: string) => string | undefined, folder: string): string =>
  `${folder}#${env("TF_WORKSPACE") || chosen(join(folder, env("TF_DATA_DIR") || ".terraform", "environment")) || "default"}`;
