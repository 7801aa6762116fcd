// The generated protobuf modules are CommonJS that Node cannot see names in: values come by default import, types by name.
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

export type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
export type * as plugin from "@pulumi/pulumi/proto/plugin_pb.js";
export type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
export type * as rpc from "@pulumi/pulumi/proto/provider_pb.js";
export type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
export type { Struct, Value as StructValue } from "google-protobuf/google/protobuf/struct_pb.js";

export { anyPb, emptyPb, engineGrpc, enginePb, pluginPb, providerGrpc, providerPb, statusPb, structPb };
