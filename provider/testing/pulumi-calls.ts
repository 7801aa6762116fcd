import { hasUnknown, reveal, type Value, type Values } from "../core/value.ts";
import { decode, encode } from "../frontends/pulumi/codec.ts";
import { providerPb } from "../frontends/pulumi/proto.ts";
import { plain, remembered } from "./parity-engine.ts";
import type { PulumiClient } from "./pulumi-client.ts";

/** One resource as Pulumi's state holds it. */
export interface Held {
  readonly id: string;
  readonly inputs: Values;
  readonly properties: Values;
}
/** A resource's calls, as the engine makes them. */
export interface Calls {
  readonly client: PulumiClient;
  readonly address: string;
}

const { DIFF_NONE } = providerPb.DiffResponse.DiffChanges;

export const urnOf = (address: string): string => {
  const [type = "", name = ""] = address.split(/\.(.*)/);
  return `urn:pulumi:dev::acme::seatwise:index:${type}::${name}`;
};

/** In words that both engines share. */
export const shown = ({ id, properties }: Held): Value => {
  const { __record: _record, ...rest } = properties;
  return plain({ ...rest, id });
};
export const shownHeld = (held: Held): Value => {
  const record = reveal(held.properties.__record);
  return { ...(shown(held) as Values), __record: remembered(typeof record === "string" ? record : null) };
};

export const read = async ({ client, address }: Calls, held: Held | { readonly id: string }): Promise<Held | null> => {
  const request = new providerPb.ReadRequest().setUrn(urnOf(address)).setId(held.id);
  if ("inputs" in held) request.setInputs(encode(held.inputs)).setProperties(encode(held.properties));
  const answer = await client.call("read", request);
  if (answer.getId() === "") return null;
  return { id: answer.getId(), inputs: decode(answer.getInputs()), properties: decode(answer.getProperties()) };
};

export const check = async (
  { client, address }: Calls,
  { news, olds }: { readonly news: Values; readonly olds: Values },
): Promise<{ readonly inputs: Values; readonly failures: readonly string[] }> => {
  const request = new providerPb.CheckRequest().setUrn(urnOf(address)).setNews(encode(news)).setOlds(encode(olds));
  const answer = await client.call("check", request);
  const failures = answer.getFailuresList().map((failure) => {
    const property = failure.getProperty();
    return property ? `${property}: ${failure.getReason()}` : failure.getReason();
  });
  return { inputs: decode(answer.getInputs()), failures };
};

export const diff = async (
  { client, address }: Calls,
  { held, inputs }: { readonly held: Held; readonly inputs: Values },
): Promise<{ readonly some: boolean; readonly replaces: boolean }> => {
  const request = new providerPb.DiffRequest()
    .setUrn(urnOf(address))
    .setId(held.id)
    .setOlds(encode(held.properties))
    .setOldInputs(encode(held.inputs))
    .setNews(encode(inputs));
  const answer = await client.call("diff", request);
  return { some: answer.getChanges() !== DIFF_NONE, replaces: answer.getReplacesList().length > 0 };
};

/** Create, or update where something is held. */
export const write = async (
  { client, address }: Calls,
  of: { readonly inputs: Values; readonly held: Held | null; readonly preview: boolean },
): Promise<Held> => {
  const { inputs, held, preview } = of;
  if (!held) {
    const request = new providerPb.CreateRequest().setUrn(urnOf(address)).setProperties(encode(inputs));
    const answer = await client.call("create", request.setPreview(preview));
    // While inputs are unknown a preview's id is nobody's: the engine does not hand it on.
    const id = preview && hasUnknown(inputs) ? "(unknown)" : answer.getId();
    return { id, inputs, properties: decode(answer.getProperties()) };
  }
  const request = new providerPb.UpdateRequest()
    .setUrn(urnOf(address))
    .setId(held.id)
    .setOlds(encode(held.properties))
    .setOldInputs(encode(held.inputs))
    .setNews(encode(inputs))
    .setPreview(preview);
  const answer = await client.call("update", request);
  return { id: held.id, inputs, properties: decode(answer.getProperties()) };
};

export const remove = async ({ client, address }: Calls, held: Held): Promise<void> => {
  const request = new providerPb.DeleteRequest().setUrn(urnOf(address)).setId(held.id);
  await client.call("delete", request.setOldInputs(encode(held.inputs)).setProperties(encode(held.properties)));
};
