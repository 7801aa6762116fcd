import { Problem } from "../../core/problem.ts";
import type { Message } from "../../core/resource.ts";
import type { LateProvider } from "../../engine/verbs.ts";
import { applyResourceChange } from "./apply-call.ts";
import { errors } from "./diagnostics.ts";
import { callFunction, readData } from "./function-calls.ts";
import { Instance } from "./instance.ts";
import type { MoveRequest, MoveResponse } from "./messages.ts";
import { planResourceChange } from "./plan-call.ts";
import type { ProviderHandlers } from "./plugin-server.ts";
import { configureProvider, validateProvider } from "./provider-calls.ts";
import type { ResourceCall } from "./resource-call.ts";
import { schemaResponse } from "./schema-message.ts";
import type { PackageSchema } from "./schema-model.ts";
import { importResource, moveResource, readResource, upgradeState, validateResource } from "./state-calls.ts";

export interface ProviderServer {
  readonly handlers: ProviderHandlers;
  /** Stops between writes. */
  cancel(): void;
  writing(): boolean;
  /** Takes the secrets of this process out of a text. */
  redact(text: string): string;
}

export interface Serves {
  readonly provider: LateProvider;
  readonly schema: PackageSchema;
  /** Terraform's log, for messages that no diagnostic carries. */
  readonly log: (message: Message) => void;
}

const known = <T extends { readonly terraform: string }>(all: readonly T[], what: string, name: string): T => {
  const found = all.find(({ terraform }) => terraform === name);
  if (found) return found;
  throw new Problem("not-found", `this Seatwise has no ${what} "${name}"`, {
    hint: "The plan or state was made by another version of the provider.",
  });
};

/** The provider for Terraform: each call of the protocol to the one function that translates it. */
export const providerServer = ({ provider, schema, log }: Serves): ProviderServer => {
  const instance = new Instance(() => provider.load());
  const told = { redactor: instance.redactor, schema: null };

  type Call = { readonly signal: AbortSignal };
  /** A type that is not ours is answered in words as well. */
  const resource =
    <Q extends { readonly typeName: string }, R>(work: (call: ResourceCall, request: Q) => Promise<R>) =>
    async (request: Q, { signal }: Call): Promise<R | { readonly diagnostics: ReturnType<typeof errors> }> => {
      try {
        const of = known(schema.resources, "resource", request.typeName);
        return await work({ instance, schema: of, signal, log }, request);
      } catch (error) {
        return { diagnostics: errors(error, told) };
      }
    };

  const handlers: ProviderHandlers = {
    getProviderSchema: async () => schemaResponse(schema),
    validateProviderConfig: (request) => validateProvider(instance, schema.provider, request),
    configureProvider: (request) => configureProvider(instance, schema.provider, request),
    validateResourceConfig: resource(validateResource),
    // Types and presence are core's to check; the rest needs the directory, and is said when it is read.
    validateDataResourceConfig: async () => ({}),
    upgradeResourceState: resource(upgradeState),
    readResource: resource(readResource),
    planResourceChange: resource(planResourceChange),
    applyResourceChange: resource(applyResourceChange),
    importResourceState: resource(importResource),
    moveResourceState: (request, call) =>
      resource<MoveRequest & { readonly typeName: string }, MoveResponse>(moveResource)(
        { ...request, typeName: request.targetTypeName },
        call,
      ),
    readDataSource: async (request, { signal }) => {
      try {
        return await readData(
          { instance, schema: known(schema.dataSources, "data source", request.typeName), signal },
          request,
        );
      } catch (error) {
        return { diagnostics: errors(error, told) };
      }
    },
    callFunction: async (request) => {
      try {
        return await callFunction({ instance, schema: known(schema.functions, "function", request.name) }, request);
      } catch (error) {
        return { error: { text: errors(error, told)[0]?.summary ?? "failed" } };
      }
    },
    stopProvider: async () => {
      instance.cancel();
      return {};
    },
  };
  return {
    handlers,
    cancel: () => instance.cancel(),
    writing: () => instance.writing,
    redact: (text) => instance.redactor.clean(text),
  };
};
