import * as grpc from "@grpc/grpc-js";
import { asProblem, type Code, type Problem, Problems } from "../../core/problem.ts";
import type { Redactor } from "../../core/redactor.ts";
import { isRecord, Secret, type Value, type Values } from "../../core/value.ts";
import { encode } from "./codec.ts";
import { propertyPath } from "./property-path.ts";
import { anyPb, providerPb, type rpc, statusPb } from "./proto.ts";

/**
 * The engine takes UNKNOWN, INTERNAL and DATA_LOSS for "nobody knows what state the resource is in", UNIMPLEMENTED for
 * an old provider and UNAVAILABLE for a dead one: only a bug may say INTERNAL.
 */
const statusOf: Readonly<Record<Code, grpc.status>> = {
  invalid: grpc.status.INVALID_ARGUMENT,
  "not-found": grpc.status.NOT_FOUND,
  conflict: grpc.status.FAILED_PRECONDITION,
  denied: grpc.status.PERMISSION_DENIED,
  "no-seats": grpc.status.FAILED_PRECONDITION,
  throttled: grpc.status.RESOURCE_EXHAUSTED,
  unreachable: grpc.status.FAILED_PRECONDITION,
  refused: grpc.status.FAILED_PRECONDITION,
  unsupported: grpc.status.FAILED_PRECONDITION,
  cancelled: grpc.status.CANCELLED,
  bug: grpc.status.INTERNAL,
};

export type Failure = Pick<grpc.ServiceError, "code" | "details" | "metadata">;

/** An error whose answer is already made, details included. */
export class RpcFailure extends Error {
  readonly failure: Failure;
  constructor(cause: unknown, failure: Failure) {
    super(failure.details, { cause });
    this.name = "RpcFailure";
    this.failure = failure;
  }
}

/** Place, message and hint in one text, the place in Pulumi's syntax. */
export const sentence = (p: Problem): string =>
  [p.path.length > 0 ? `${propertyPath(p.path)}: ${p.message}` : p.message, p.hint].filter(Boolean).join("\n  ");

export const problemsIn = (error: unknown): readonly Problem[] =>
  error instanceof Problems && error.all.length > 0 ? error.all : [asProblem(error)];

type Detail = { serializeBinary(): Uint8Array };

/** gRPC for Node knows nothing of error details: they travel as a Status message in a header of this name. */
const withDetail = (code: grpc.status, text: string, name: string, detail: Detail): Failure => {
  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), `pulumirpc.${name}`);
  const status = new statusPb.Status().setCode(code).setMessage(text).setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details: text, metadata };
};

export const toFailure = (error: unknown, redactor: Redactor): Failure => {
  if (error instanceof RpcFailure) return error.failure;
  const problems = problemsIn(error);
  const code = problems.find((p) => p.code === "bug")?.code ?? problems[0]?.code ?? "bug";
  const details = redactor.clean(problems.map(sentence).join("\n"));
  return { code: statusOf[code], details, metadata: new grpc.Metadata() };
};

const isAbsent = (values: Values, [first, ...rest]: Problem["path"]): boolean => {
  if (first === undefined) return false;
  const value = values[first];
  if (value === undefined || value === null) return true;
  return isRecord(value) && rest.length > 0 && isAbsent(value, rest);
};

/** Configure's failure: keys that are not there get the engine's own "missing required configuration key" text. */
export const configureFailure = (problems: readonly Problem[], config: Values, redactor: Redactor): Failure => {
  const missing = problems.filter((p) => isAbsent(config, p.path));
  if (missing.length === 0 || missing.length < problems.length) return toFailure(new Problems(problems), redactor);
  const detail = new providerPb.ConfigureErrorMissingKeys();
  for (const p of missing) {
    const key = new providerPb.ConfigureErrorMissingKeys.MissingKey();
    detail.addMissingkeys(
      key.setName(propertyPath(p.path)).setDescription(redactor.clean([p.message, p.hint].filter(Boolean).join(". "))),
    );
  }
  const text = redactor.clean(problems.map(sentence).join("\n"));
  return withDetail(grpc.status.INVALID_ARGUMENT, text, "ConfigureErrorMissingKeys", detail);
};

export interface Halfway {
  readonly id: string;
  readonly inputs: Values;
  readonly properties: Values;
  readonly failures: readonly Problem[];
}
/** The resource exists but not all is done: the engine keeps what is told here and runs Update next time. Never a replace. */
export const initFailure = ({ id, inputs, properties, failures }: Halfway, redactor: Redactor): Failure => {
  const reasons = failures.map((p) => redactor.clean(sentence(p)));
  const detail = new providerPb.ErrorResourceInitFailed()
    .setId(id)
    .setInputs(encode(inputs))
    .setProperties(encode(properties))
    .setReasonsList(reasons)
    .setRefreshBeforeUpdate(true);
  return withDetail(grpc.status.UNKNOWN, reasons.join("\n"), "ErrorResourceInitFailed", detail);
};

const isPlain = (value: Value | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  !(value instanceof Secret) &&
  typeof value !== "object" &&
  typeof value !== "symbol";

/**
 * The engine prints the offending property's value, and `<nil>` for any but a top-level one. So only a plain top-level
 * value that is no secret is named as property; elsewhere the place stands in the reason.
 */
export const checkFailures = (
  problems: readonly Problem[],
  inputs: Values | null,
  redactor: Redactor,
): rpc.CheckFailure[] =>
  problems.map((p) => {
    const failure = new providerPb.CheckFailure();
    const [name] = p.path;
    if (inputs && p.path.length === 1 && typeof name === "string" && isPlain(inputs[name])) {
      const reason = [p.message, p.hint].filter(Boolean).join("\n  ");
      return failure.setProperty(propertyPath(p.path)).setReason(redactor.clean(reason));
    }
    return failure.setReason(redactor.clean(sentence(p)));
  });

/** For calls that this provider will never serve. */
export const unimplemented = (what: string): Failure => ({
  code: grpc.status.UNIMPLEMENTED,
  details: `${what} is not offered by this provider`,
  metadata: new grpc.Metadata(),
});
