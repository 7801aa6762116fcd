import type { Path } from "../../core/problem.ts";
import type * as tf from "../../gen/tfplugin6.ts";
import { placeIn } from "./codec-read.ts";
import type { Attribute, AttributeKind, ObjectSchema } from "./schema-model.ts";

const find = (fields: readonly Attribute[], name: string | number | undefined): Attribute | undefined =>
  fields.find((field) => field.name === name);

/**
 * Where Terraform looks for the source line. It finds an attribute of a block and one element of it, and shows the block's
 * header, or worse an attribute of the same name, for anything behind that: so the path stops there, and the
 * text names the rest. null: the whole block.
 */
export const attributePath = (path: Path, schema: ObjectSchema): tf.AttributePath | null => {
  const root = find(schema.fields, path[0]);
  if (!root) return null;
  const steps: tf.AttributePathStep[] = [{ attributeName: root.terraform }];
  const next = path[1];
  if (root.kind.is === "list" && typeof next === "number") steps.push({ elementKeyInt: next });
  if (root.kind.is === "map" && typeof next === "string") steps.push({ elementKeyString: next });
  // The one block inside a block.
  const inner = root.role === "timeouts" && root.kind.is === "object" ? find(root.kind.fields, next) : undefined;
  if (inner) steps.push({ attributeName: inner.terraform });
  return { steps };
};

const element = (kind: AttributeKind): AttributeKind | null =>
  kind.is === "list" || kind.is === "map" ? kind.of : null;

/** The whole place as a program writes it: `rules[1].claim.when`, `grace_period.unclaimed`. Empty for the whole block. */
export const placeText = (path: Path, schema: ObjectSchema): string => {
  let kind: AttributeKind | null = { is: "object", fields: schema.fields };
  const words = path.map((step): string | number => {
    if (kind?.is !== "object") {
      kind = kind && element(kind);
      return step;
    }
    const field = find(kind.fields, step);
    kind = field?.kind ?? null;
    return field?.terraform ?? step;
  });
  return placeIn(words);
};
