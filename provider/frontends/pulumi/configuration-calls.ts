import { Problems } from "../../core/problem.ts";
import { Secret, same, type Values } from "../../core/value.ts";
import { decode, encode } from "./codec.ts";
import { checkFailures, configureFailure, RpcFailure } from "./errors.ts";
import type { Instance } from "./instance.ts";
import { providerPb, type rpc } from "./proto.ts";
import { holdsNamed } from "./secrecy.ts";

const { DiffChanges } = providerPb.DiffResponse;

export const handshake = (): rpc.ProviderHandshakeResponse =>
  new providerPb.ProviderHandshakeResponse()
    .setAcceptSecrets(true)
    .setAcceptResources(true)
    .setAcceptOutputs(false)
    .setSupportsAutonamingConfiguration(true);

/**
 * The inputs go back as they came: state then changes when the program does, not when a default of ours does. But what holds a
 * password is marked as a secret, so that state keeps it encrypted although the program did not say so.
 */
export const checkConfig = async (
  { setting, redactor }: Instance,
  request: rpc.CheckRequest,
): Promise<rpc.CheckResponse> => {
  const news = decode(request.getNews());
  const given = setting.facts.config(news);
  const { problems } = (await setting.provider()).checkConfig(given);
  const named = setting.facts.secretNames();
  const raw: Values = Object.fromEntries(
    Object.entries(news).map(([name, value]) => [
      name,
      value !== undefined && (named.has(name) || holdsNamed(given[name], named)) ? new Secret(value) : value,
    ]),
  );
  // null: secrets come in plain text here, so no value may be shown, and the engine shows the named one's.
  return new providerPb.CheckResponse().setInputs(encode(raw)).setFailuresList(checkFailures(problems, null, redactor));
};

/** No configuration ever replaces a provider, since that would replace every resource of it. */
export const diffConfig = ({ setting }: Instance, request: rpc.DiffRequest): rpc.DiffResponse => {
  const configOf = (values: Values): Values => setting.facts.config(values);
  const olds = configOf(decode(request.getOldInputs() ?? request.getOlds()));
  const news = configOf(decode(request.getNews()));
  const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
    (name) => !same(olds[name] ?? null, news[name] ?? null),
  );
  return new providerPb.DiffResponse()
    .setChanges(changed.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
    .setDiffsList(changed.toSorted());
};

export const configure = async (instance: Instance, request: rpc.ConfigureRequest): Promise<rpc.ConfigureResponse> => {
  const { setting, redactor } = instance;
  const raw = decode(request.getArgs());
  const given = setting.facts.config(raw);
  redactor.learnConfiguration(given, setting.facts.secretNames());
  const provider = await setting.provider();
  const { config, problems } = provider.checkConfig(given);
  if (problems.length > 0) throw new RpcFailure(new Problems(problems), configureFailure(problems, given, redactor));
  instance.configured(provider.configure(config));
  return new providerPb.ConfigureResponse()
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setAcceptoutputs(false)
    .setSupportspreview(true)
    .setSupportsAutonamingConfiguration(true);
};
