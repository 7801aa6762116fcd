import type * as tf from "./proto.ts";
import type { Sendable } from "./proto.ts";

export type DynamicValue = Sendable<tf.DynamicValue>;
export type Diagnostic = Sendable<tf.Diagnostic>;
export type AttributePath = Sendable<tf.AttributePath>;

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
export type DiagnosticsResponse = Sendable<tf.ConfigureProviderResponse>;
export type ValidateResponse = DiagnosticsResponse;
export type UpgradeResponse = Sendable<tf.UpgradeResourceStateResponse>;
export type ReadResponse = Sendable<tf.ReadResourceResponse>;
export type PlanResponse = Sendable<tf.PlanResourceChangeResponse>;
export type ApplyResponse = Sendable<tf.ApplyResourceChangeResponse>;
export type ImportResponse = Sendable<tf.ImportResourceStateResponse>;
export type MoveResponse = Sendable<tf.MoveResourceStateResponse>;
export type ReadDataResponse = Sendable<tf.ReadDataSourceResponse>;
export type CallFunctionResponse = Sendable<tf.CallFunctionResponse>;
