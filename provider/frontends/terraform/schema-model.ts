/**
 * What the front end needs to know of the package, as plain JSON: made by `schema.ts` when the package is generated, read
 * by everything else here. So a start that is only asked for its schema loads neither zod nor the resources.
 */
export type AttributeKind =
  | { readonly is: "string"; readonly oneOf?: readonly string[] }
  | { readonly is: "integer" | "number" | "boolean" | "any" }
  | { readonly is: "list" | "map"; readonly of: AttributeKind }
  | ObjectKind;
export interface ObjectKind {
  readonly is: "object";
  readonly name?: string;
  readonly fields: readonly Attribute[];
}

/** Who gives the value: the user, the user or else the provider (a default), the provider alone. */
export type Presence = "required" | "optional" | "optional-computed" | "computed";

/** What a root attribute of a resource or data source is to the engine. */
export type Role = "input" | "output" | "id" | "timeouts";

export interface Attribute {
  /** The engine's name: camelCase. */
  readonly name: string;
  /** Terraform's name: snake_case, but for the few that Terraform keeps for itself. */
  readonly terraform: string;
  readonly kind: AttributeKind;
  readonly presence: Presence;
  readonly role: Role;
  readonly description: string;
  /** JSON; filled in by the engine. */
  readonly default?: unknown;
  readonly secret?: true;
  /** A change replaces the resource. */
  readonly immutable?: true;
  /** An output that the plan already knows and that keeps its planned value. */
  readonly planned?: true;
  /** An output made from inputs alone. */
  readonly derived?: true;
  readonly example?: string;
}

/** One object's attributes: exactly these are on the wire. */
export interface ObjectSchema {
  readonly fields: readonly Attribute[];
}
export interface ResourceSchema extends ObjectSchema {
  /** The engine's name: `SeatPool`. */
  readonly type: string;
  /** Terraform's: `seatwise_seat_pool`. */
  readonly terraform: string;
  readonly doc: string;
  readonly importId: string;
  readonly stateVersion: number;
}
export interface DataSourceSchema extends ObjectSchema {
  /** The engine's name of the function: `licensePosition`. */
  readonly name: string;
  readonly terraform: string;
  readonly doc: string;
}
/** A provider function: positional parameters, and an object as result. */
export interface FunctionSchema {
  readonly name: string;
  readonly terraform: string;
  readonly doc: string;
  readonly parameters: readonly Attribute[];
  readonly result: ObjectKind;
}
export interface PackageSchema {
  readonly version: string;
  readonly provider: ObjectSchema & { readonly doc: string };
  readonly resources: readonly ResourceSchema[];
  readonly dataSources: readonly DataSourceSchema[];
  readonly functions: readonly FunctionSchema[];
}

/** Operations that may be given a time of their own. */
export const timeoutNames = ["create", "read", "update", "delete"] as const;
