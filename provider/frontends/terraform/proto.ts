import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import descriptor from "../../gen/tfplugin6.json" with { type: "json" };
import { readMessage } from "./protobuf-read.ts";
import { type Descriptor, type MethodNode, Protocol } from "./protobuf-shape.ts";
import { writeMessage } from "./protobuf-write.ts";

/**
 * Messages are plain objects in camelCase. As they come: every field is there (text "", bytes empty, numbers 0, lists and maps empty), a
 * message that was not sent is null; members of a choice (`attributeName` of a path's step, `functionArgument`) alone may be absent.
 * 64-bit numbers are numbers, enums their names, bytes Buffers that share the frame's memory.
 */
export type * from "../../gen/tfplugin6.ts";

/** As we send them: what is left out, undefined or null has its default. */
export type Sendable<T> = T extends Uint8Array
  ? Uint8Array
  : T extends string | number | boolean | null
    ? T
    : T extends readonly (infer E)[]
      ? readonly Sendable<E>[]
      : { readonly [K in keyof T]?: Sendable<T[K]> | null | undefined };

const protocol = new Protocol(descriptor satisfies Descriptor);

const camel = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** A message's type is resolved at its first use, not at the start. */
const codec = (type: string, scope: string) => ({
  read: (bytes: Buffer): unknown => readMessage(protocol.shape(protocol.find(type, scope)), bytes),
  write: (message: unknown): Buffer => writeMessage(protocol.shape(protocol.find(type, scope)), message),
});

const method = (service: string, name: string, node: MethodNode): MethodDefinition<unknown, unknown> => {
  const scope = service.slice(0, service.lastIndexOf("."));
  const request = codec(node.requestType, scope);
  const response = codec(node.responseType, scope);
  return {
    path: `/${service}/${name}`,
    requestStream: node.requestStream ?? false,
    responseStream: node.responseStream ?? false,
    requestSerialize: request.write,
    requestDeserialize: request.read,
    responseSerialize: response.write,
    responseDeserialize: response.read,
    originalName: camel(name),
  };
};

/** A service as grpc-js takes it, its methods in camelCase. */
const service = (name: string): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(protocol.methods(name)).map(([key, node]) => [camel(key), method(name, key, node)]),
  );

export const providerService = service("tfplugin6.Provider");
export const controllerService = service("plugin.GRPCController");
export const brokerService = service("plugin.GRPCBroker");
export const stdioService = service("plugin.GRPCStdio");
