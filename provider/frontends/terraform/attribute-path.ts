import type { Path } from "../../core/problem.ts";
import { Problem } from "../../core/problem.ts";
import type { ObjectSchema } from "./schema-model.ts";

export type Step =
  | { readonly attributeName: string }
  | { readonly elementKeyString: string }
  | { readonly elementKeyInt: number };
/** The message of the protocol. */
export interface AttributePath {
  readonly steps: readonly Step[];
}
const later = (): never => {
  throw new Problem("bug", "not written yet");
};
/** Where Terraform looks for the source line: it stops at a nested attribute's element, behind which Terraform would show none. null: the whole block. */
export const attributePath = (_path: Path, _schema: ObjectSchema): AttributePath | null => later();
/** The whole place in Terraform's words, for the text: `rules[1].claim.when`. Empty for the whole block. */
export const placeText = (_path: Path, _schema: ObjectSchema): string => later();
