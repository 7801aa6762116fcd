import json from "../../gen/terraform-schema.json" with { type: "json" };
import type { PackageSchema } from "./schema-model.ts";

/** Generated from the definitions by schema.ts, which makes a PackageSchema: TypeScript reads a file's words as mere strings. */
export const packageSchema = json as unknown as PackageSchema;
