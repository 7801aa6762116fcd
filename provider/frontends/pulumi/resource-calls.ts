import { Problem } from "../../core/problem.ts";
import type { Previous } from "../../core/resource.ts";
import type { Values } from "../../core/value.ts";
import type { Applied, At } from "../../engine/verbs.ts";
import { decode, encode } from "./codec.ts";
import { diffResponse } from "./diff.ts";
import { checkFailures, initFailure, RpcFailure } from "./errors.ts";
import { type Addressed, addressOf, type Instance } from "./instance.ts";
import { nameFor } from "./naming.ts";
import { toPrevious, toProperties } from "./properties.ts";
import { providerPb, type rpc, type Struct } from "./proto.ts";
import { keepSecret } from "./secrecy.ts";

/** One call: the provider it came to and the signal that ends it. */
export interface Call {
  readonly instance: Instance;
  readonly signal: AbortSignal;
}

const atOf = ({ instance, signal }: Call, request: Addressed, inputs: Values): At => {
  const address = addressOf(request);
  return instance.at(typeof inputs.name === "string" ? { ...address, name: inputs.name } : address, signal);
};

const secretly = ({ instance }: Call, struct: Struct | undefined): Values => {
  const values = decode(struct);
  instance.redactor.learn(values);
  return values;
};

const previousOf = (
  call: Call,
  request: Addressed & { getId(): string },
  state: { inputs: Values | null; properties: Values },
): Previous =>
  toPrevious({ type: addressOf(request).type, id: request.getId(), ...state }, call.instance.setting.facts);

export const check = async (call: Call, request: rpc.CheckRequest): Promise<rpc.CheckResponse> => {
  const { instance, signal } = call;
  const { redactor, memory } = instance;
  const address = addressOf(request);
  const news = secretly(call, request.getNews());
  const olds = secretly(call, request.getOlds());
  const named = "name" in instance.setting.facts.inputsOf(address.type);
  const name = named
    ? nameFor({ logicalName: address.name, news, olds, autonaming: request.getAutonaming() })
    : address.name;
  const response = new providerPb.CheckResponse();
  if (name instanceof Problem) return response.setFailuresList(checkFailures([name], news, redactor));
  const previous = memory.recall({ urn: address.urn, type: address.type, oldInputs: olds });
  const checked = await instance.session.check(instance.at({ ...address, name }, signal), news, previous);
  return response
    .setInputs(encode(keepSecret(checked.inputs, news)))
    .setFailuresList(checkFailures(checked.problems, news, redactor));
};

export const diff = async (call: Call, request: rpc.DiffRequest): Promise<rpc.DiffResponse> => {
  const news = secretly(call, request.getNews());
  const properties = secretly(call, request.getOlds());
  const inputs = request.hasOldInputs() ? secretly(call, request.getOldInputs()) : null;
  const previous = previousOf(call, request, { inputs, properties });
  const diffed = await call.instance.session.diff(atOf(call, request, news), news, previous);
  return diffResponse(diffed, request.getIgnorechangesList());
};

/** Properties of what is there now; where something could not be done, the failure that keeps them. */
const finished = ({ instance }: Call, applied: Applied): Struct => {
  const properties = toProperties(applied);
  if (applied.failures.length === 0) return encode(properties);
  const { id, inputs, failures } = applied;
  throw new RpcFailure(failures[0], initFailure({ id, inputs, properties, failures }, instance.redactor));
};

export const create = async (call: Call, request: rpc.CreateRequest): Promise<rpc.CreateResponse> => {
  const { instance } = call;
  const inputs = secretly(call, request.getProperties());
  const at = atOf(call, request, inputs);
  const response = new providerPb.CreateResponse().setRefreshBeforeUpdate(true);
  if (request.getPreview()) {
    const shown = await instance.session.preview(at, inputs, null);
    return response.setId(shown.id).setProperties(encode(toProperties({ inputs, ...shown })));
  }
  const applied = await instance.write(() => instance.session.apply(at, inputs, null));
  const kept = { ...applied, inputs: keepSecret(applied.inputs, inputs) };
  return response.setProperties(finished(call, kept)).setId(applied.id);
};

export const update = async (call: Call, request: rpc.UpdateRequest): Promise<rpc.UpdateResponse> => {
  const { instance } = call;
  const inputs = secretly(call, request.getNews());
  const at = atOf(call, request, inputs);
  const state = { inputs: secretly(call, request.getOldInputs()), properties: secretly(call, request.getOlds()) };
  const previous = previousOf(call, request, state);
  const response = new providerPb.UpdateResponse().setRefreshBeforeUpdate(true);
  if (request.getPreview()) {
    const shown = await instance.session.preview(at, inputs, previous);
    return response.setProperties(encode(toProperties({ inputs, ...shown })));
  }
  const applied = await instance.write(() => instance.session.apply(at, inputs, previous));
  return response.setProperties(finished(call, { ...applied, inputs: keepSecret(applied.inputs, inputs) }));
};

/** Refresh; and import, where there are no inputs yet. What is gone has an empty id. */
export const read = async (call: Call, request: rpc.ReadRequest): Promise<rpc.ReadResponse> => {
  const { instance } = call;
  const inputs = request.hasInputs() ? secretly(call, request.getInputs()) : null;
  const properties = secretly(call, request.getProperties());
  const at = atOf(call, request, inputs ?? {});
  const found = await instance.session.read(at, previousOf(call, request, { inputs, properties }));
  const response = new providerPb.ReadResponse();
  if (!found) return response;
  const kept = { ...found, inputs: keepSecret(found.inputs, inputs ?? {}) };
  const { urn, type } = addressOf(request);
  instance.memory.remember({
    urn,
    type,
    previous: { id: kept.id, inputs: kept.inputs, outputs: kept.outputs, record: kept.record },
  });
  const now = finished(call, kept);
  return response.setId(kept.id).setProperties(now).setInputs(encode(kept.inputs)).setRefreshBeforeUpdate(true);
};

export const remove = async (call: Call, request: rpc.DeleteRequest): Promise<void> => {
  const inputs = request.hasOldInputs() ? secretly(call, request.getOldInputs()) : null;
  const properties = secretly(call, request.getProperties());
  const previous = previousOf(call, request, { inputs, properties });
  const { instance } = call;
  await instance.write(() => instance.session.remove(atOf(call, request, inputs ?? {}), previous));
};
