import { Problem } from "../../core/problem.ts";
import type { Removal } from "../../engine/verbs.ts";

/**
 * What Terraform keeps for us beside a resource's attributes, in state and plan files: base64 there, and shown nowhere. No secret
 * in it. Returned with every answer: whatever an apply leaves out is gone.
 */
export interface PrivateState {
  /** Whose seats are whose, and the planner's memory. */
  readonly record: string | null;
  /** The outstanding steps that a plan's read saw: they travel in the plan file to its apply. */
  readonly plan?: string;
  /** Imported and not read yet: the state has nothing but the id. */
  readonly imported?: true;
  /** In a destroy's plan: whom it named, and which command it was. Without it a destroy releases nobody. */
  readonly release?: Pick<Removal, "seats" | "walk">;
}

const nothing: PrivateState = { record: null };

export const readPrivate = (bytes: Uint8Array): PrivateState => {
  if (bytes.length === 0) return nothing;
  try {
    const { v, ...kept } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly v: unknown } & PrivateState; // our own text
    if (v === 1) return { ...nothing, ...kept };
    throw new Problem(
      "unsupported",
      `the state holds private data of version ${String(v)}; this Seatwise reads version 1`,
      {
        hint: "Use the Seatwise version that wrote this state, or a newer one.",
      },
    );
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("invalid", "the private data of this resource in the state cannot be read: it is damaged", {
      hint: "Restore the state from a backup.",
    });
  }
};

/** The same content gives the same bytes: another text makes Terraform write the state anew, and others' saved plans stale. */
export const writePrivate = ({ record, plan, imported, release }: PrivateState): Buffer =>
  record === null && plan === undefined && !imported && release === undefined
    ? Buffer.alloc(0)
    : Buffer.from(
        JSON.stringify({
          v: 1,
          record,
          ...(plan === undefined ? {} : { plan }),
          ...(imported ? { imported } : {}),
          ...(release === undefined ? {} : { release }),
        }),
      );
