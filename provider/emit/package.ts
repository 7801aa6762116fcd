import { catalogue } from "../connectors/catalogue.ts";
import { pulumiSchema } from "../frontends/pulumi/schema.ts";
import { terraformSchema } from "../frontends/terraform/schema.ts";
import { functions, resources } from "../resources/index.ts";
import { generatedFiles } from "./files.ts";

/** A connector is named for its folder, in camelCase. */
export const connectorNames: readonly string[] = catalogue.map(({ name }) => name);

/** The real package's files, in memory: `main` writes them, a test compares them with the disk. */
export const packageFiles = (version: string): ReadonlyMap<string, string> => {
  const from = { resources, functions, connectors: catalogue };
  return generatedFiles(from, {
    pulumi: pulumiSchema({ ...from, version }),
    terraform: terraformSchema({ ...from, version }),
  });
};
