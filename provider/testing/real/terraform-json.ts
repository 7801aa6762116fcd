/** What `show -json` says, as far as tests and recipes read it. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly type: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly ("no-op" | "create" | "read" | "update" | "delete" | "forget")[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    readonly after_unknown: Attributes;
    readonly importing?: { readonly id: string };
  };
}

export interface TerraformPlan {
  readonly errored?: boolean;
  readonly applyable?: boolean;
  readonly resource_changes?: readonly ResourceChange[];
  /** What refreshing found changed by hand. */
  readonly resource_drift?: readonly ResourceChange[];
  /** The state as the plan's refresh has read it. */
  readonly prior_state?: TerraformState;
}

interface StateResource {
  readonly address: string;
  readonly values: Attributes;
  readonly tainted?: boolean;
}
export interface TerraformState {
  readonly values?: { readonly root_module: { readonly resources?: readonly StateResource[] } };
}

export const resourceIn = (state: TerraformState, address: string): StateResource | undefined =>
  state.values?.root_module.resources?.find((r) => r.address === address);

export const changeOf = (plan: TerraformPlan, address: string): ResourceChange["change"] | undefined =>
  plan.resource_changes?.find((c) => c.address === address)?.change;
