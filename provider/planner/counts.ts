/** Position as it stands now (before the steps) and what the steps leave. */
export interface Counts {
  readonly allotment: number | null;
  readonly purchased: number | null;
  readonly consumed: number;
  /** Seats that count against the allotment: ours plus external ones whose holder is claimed. */
  readonly used: number;
  readonly usedAfter: number;
  readonly available: number | null;
  readonly availableAfter: number | null;
  readonly shortfall: number;
  readonly surplus: number;
  readonly owned: number;
  readonly external: number;
  readonly active: number;
  readonly inactive: number;
  readonly unknown: number;
  readonly perRule: Readonly<
    Record<
      string,
      { readonly claimed: number; readonly seated: number; readonly waiting: number; readonly undecided: number }
    >
  >;
}
export interface PlanMoney {
  readonly currency: string | null;
  readonly monthlyCost: string | null;
  readonly monthlyCostAfter: string | null;
  readonly monthlyCostDelta: string | null;
}
