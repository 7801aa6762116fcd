import type { ServicePlan, Sku } from "../core/connector.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Path, Problem } from "../core/problem.ts";
import type { AllowedPlans } from "../planner/index.ts";
import type { LicenseRef } from "./shared-fields.ts";

/** The plans that people wrote, by name or id, as the vendor's ids. */
export const allowedPlans = (
  { sku, ref }: { readonly sku: Sku; readonly ref: LicenseRef },
  wanted: readonly string[],
  path: Path,
): AllowedPlans => {
  const plans = sku.servicePlans ?? [];
  if (ref.via)
    throw new Problem(
      "unsupported",
      `service plans of ${sku.name} cannot be set here: its seats are written through ${ref.via.connection}`,
      {
        path,
        hint: "Whoever gives the license there (the group, the app) decides which plans are on: set them there, and leave servicePlans out.",
      },
    );
  if (plans.length === 0)
    throw new Problem("unsupported", `${sku.name} has no service plans that can be switched off`, {
      path,
      hint: "Leave servicePlans out.",
    });
  const on = new Set(wanted.map((word, i) => planNamed(word, plans, { sku, path: [...path, i] }).id));
  return { on: [...on].sort(), names: Object.fromEntries(plans.map(({ id, name }) => [id, name])) };
};

const planNamed = (
  word: string,
  plans: readonly ServicePlan[],
  at: { readonly sku: Sku; readonly path: Path },
): ServicePlan => {
  const same = (a: string): boolean => a.toLowerCase() === word.toLowerCase();
  const found = plans.filter(({ id }) => same(id));
  const named = found.length > 0 ? found : plans.filter(({ name }) => same(name));
  const [plan, other] = named;
  if (plan && !other) return plan;
  if (other)
    throw new Problem("invalid", `${at.sku.name} has ${named.length} service plans named "${word}"`, {
      path: at.path,
      hint: `Write the id of one: ${named.map(({ id }) => id).join(", ")}.`,
    });
  const names = plans.map(({ name }) => name);
  throw new Problem("not-found", `${at.sku.name} has no service plan "${word}"`, {
    path: at.path,
    hint: didYouMean(word, [...names, ...plans.map(({ id }) => id)]) ?? `It has: ${[...names].sort().join(", ")}.`,
  });
};
