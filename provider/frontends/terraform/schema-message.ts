import { Problem } from "../../core/problem.ts";
import type { PackageSchema } from "./schema-model.ts";

/** The answer to GetProviderSchema as a message of the protocol. */
export const schemaResponse = (_schema: PackageSchema): object => {
  throw new Problem("bug", "not written yet");
};
