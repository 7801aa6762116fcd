import type { Scope } from "../core/connector.ts";

/** One right that the connector can use, against what the credentials have. */
export interface RightFound {
  readonly right: string;
  readonly for: string;
  /** plan: in any case; write: to apply; optional: only where what `for` says is used. */
  readonly when: "plan" | "write" | "optional";
  readonly state: "held" | "missing" | "unknown";
  /** Held by way of this wider one. */
  readonly by?: string;
}
export interface Surplus {
  readonly right: string;
  /** Narrower ones that suffice; none: nothing here needs it. */
  readonly instead: readonly string[];
}
export interface Rights {
  readonly found: readonly RightFound[];
  readonly surplus: readonly Surplus[];
}

/** `granted` is null where the vendor does not tell: then nothing is missing and nothing surplus, only unknown. */
export const compareRights = (
  scopes: readonly Scope[],
  granted: readonly string[] | null,
  { readOnly }: { readonly readOnly: boolean },
): Rights => {
  const wanted = scopes.filter(({ when }) => !(readOnly && when === "write"));
  const has = new Set(granted);
  const found = wanted.map((scope): RightFound => {
    const base = { right: scope.scope, for: scope.for, when: scope.when ?? ("plan" as const) };
    if (granted === null) return { ...base, state: "unknown" };
    if (has.has(scope.scope)) return { ...base, state: "held" };
    const by = scope.within?.find((wider) => has.has(wider));
    return by === undefined ? { ...base, state: "missing" } : { ...base, state: "held", by };
  });
  const own = new Set(wanted.map(({ scope }) => scope));
  const surplus = [...has]
    .filter((right) => !own.has(right))
    .map((right) => ({
      right,
      instead: wanted.filter(({ within, scope }) => within?.includes(right) && !has.has(scope)).map((s) => s.scope),
    }));
  return { found, surplus: surplus.sort((a, b) => (a.right < b.right ? -1 : 1)) };
};
