import type * as tf from "../../gen/tfplugin6.ts";

/** An answer says only what it has to say: what is left out has the protocol's default. */
type Said<T> = T extends Buffer
  ? Buffer
  : T extends readonly (infer Item)[]
    ? readonly Said<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]?: Said<T[Key]> | undefined }
      : T;

export type DynamicValue = Said<tf.DynamicValue>;
export type Diagnostic = Said<tf.Diagnostic>;
export type AttributePath = Said<tf.AttributePath>;

export type ValidateProviderRequest = tf.ValidateProviderConfigRequest;
export type ConfigureRequest = tf.ConfigureProviderRequest;
export type ValidateResourceRequest = tf.ValidateResourceConfigRequest;
export type UpgradeRequest = tf.UpgradeResourceStateRequest;
export type ReadRequest = tf.ReadResourceRequest;
export type PlanRequest = tf.PlanResourceChangeRequest;
export type ApplyRequest = tf.ApplyResourceChangeRequest;
export type ImportRequest = tf.ImportResourceStateRequest;
export type MoveRequest = tf.MoveResourceStateRequest;
export type ReadDataRequest = tf.ReadDataSourceRequest;
export type CallFunctionRequest = tf.CallFunctionRequest;

/** Of every call that can only say what is wrong. */
export type DiagnosticsResponse = Said<tf.ConfigureProviderResponse>;
export type ValidateResponse = DiagnosticsResponse;
export type UpgradeResponse = Said<tf.UpgradeResourceStateResponse>;
export type ReadResponse = Said<tf.ReadResourceResponse>;
export type PlanResponse = Said<tf.PlanResourceChangeResponse>;
export type ApplyResponse = Said<tf.ApplyResourceChangeResponse>;
export type ImportResponse = Said<tf.ImportResourceStateResponse>;
export type MoveResponse = Said<tf.MoveResourceStateResponse>;
export type ReadDataResponse = Said<tf.ReadDataSourceResponse>;
export type CallFunctionResponse = Said<tf.CallFunctionResponse>;
