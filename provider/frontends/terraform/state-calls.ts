import { Problem } from "../../core/problem.ts";
import type { Values } from "../../core/value.ts";
import { decode, decodeJson, encode } from "./codec.ts";
import { diagnostic, errors } from "./diagnostics.ts";
import type {
  ImportRequest,
  ImportResponse,
  MoveRequest,
  MoveResponse,
  ReadRequest,
  ReadResponse,
  UpgradeRequest,
  UpgradeResponse,
  ValidateResourceRequest,
  ValidateResponse,
} from "./messages.ts";
import { readPrivate, writePrivate } from "./private-state.ts";
import { bytesOf, inputsOf, listen, milliseconds, nameOf, previousOf, type ResourceCall } from "./resource-call.ts";

const toldOf = ({ instance, schema }: ResourceCall) => ({ redactor: instance.redactor, schema });

const timeoutProblems = ({ timeouts }: Values): readonly Problem[] =>
  Object.entries(typeof timeouts === "object" && timeouts !== null ? timeouts : {})
    .filter(([, text]) => typeof text === "string" && milliseconds(text) === null)
    .map(
      ([act, text]) =>
        new Problem("invalid", `"${String(text)}" is no duration`, {
          path: ["timeouts", act],
          hint: "Write whole numbers with h, m or s, such as 10m or 1h30m.",
        }),
    );

/** Without a configured provider, and before anything is known of other resources: only what the configuration itself says. */
export const validateResource = async (
  call: ResourceCall,
  request: ValidateResourceRequest,
): Promise<ValidateResponse> => {
  const told = toldOf(call);
  try {
    const { values } = decode(bytesOf(request.config), call.schema);
    if (values === null) return {};
    const provider = await call.instance.provider();
    const problems = provider.validate({ type: call.schema.type, name: nameOf(values) }, inputsOf(call, values));
    return { diagnostics: [...problems, ...timeoutProblems(values)].map((p) => diagnostic(p, "ERROR", told)) };
  } catch (error) {
    return { diagnostics: errors(error, told) };
  }
};

/** Called for every resource of a state, of the same version too. What this version does not know is dropped, what is new is null. */
export const upgradeState = async (call: ResourceCall, request: UpgradeRequest): Promise<UpgradeResponse> => {
  try {
    if (Number(request.version) > call.schema.stateVersion)
      throw new Problem(
        "unsupported",
        `the state was written by a newer Seatwise (schema version ${request.version})`,
        {
          hint: "Use the Seatwise version that wrote it, or a newer one.",
        },
      );
    const { values, cty } = decodeJson(request.rawState?.json ?? Buffer.from("null"), call.schema);
    return { upgradedState: { msgpack: encode(values, call.schema, cty) } };
  } catch (error) {
    return { diagnostics: errors(error, toldOf(call)) };
  }
};

/** Refresh; and import, where the state has nothing but an id yet. Terraform keeps what this answers as private data in the plan. */
export const readResource = async (call: ResourceCall, request: ReadRequest): Promise<ReadResponse> => {
  try {
    const { values, cty } = decode(bytesOf(request.currentState), call.schema);
    if (values === null) return { newState: request.currentState, private: request.private };
    const { at, warnings } = listen(call, { name: nameOf(values) });
    const { session } = call.instance;
    const kept = readPrivate(request.private);
    const previous = session.recover(at, previousOf(call, values, kept));
    const found = await session.read(at, previous);
    const diagnostics = warnings({ plans: false });
    if (!found) return { newState: { msgpack: encode(null, call.schema) }, diagnostics };
    call.instance.noteRead(at.key, found.record);
    const inputs = inputsOf(call, found.inputs);
    const now: Values = { ...inputs, ...found.outputs, id: found.id, timeouts: values.timeouts };
    const seen = { id: found.id, inputs, outputs: found.outputs, record: found.record };
    const plan = kept.imported ? null : await session.carry(at, inputs, seen);
    return {
      newState: { msgpack: encode(now, call.schema, cty) },
      private: writePrivate({ record: found.record, ...(plan === null ? {} : { plan }) }),
      diagnostics,
    };
  } catch (error) {
    return { newState: request.currentState, private: request.private, diagnostics: errors(error, toldOf(call)) };
  }
};

/** Core reads right after: there the id becomes a resource. */
export const importResource = async (call: ResourceCall, request: ImportRequest): Promise<ImportResponse> => {
  try {
    const state = { msgpack: encode({ id: request.id }, call.schema) };
    const kept = writePrivate({ record: null, imported: true });
    return { importedResources: [{ typeName: request.typeName, state, private: kept }] };
  } catch (error) {
    return { diagnostics: errors(error, toldOf(call)) };
  }
};

/** `moved` between addresses of one type never asks; this is for another provider address (a fork, an own host), same type. */
export const moveResource = async (call: ResourceCall, request: MoveRequest): Promise<MoveResponse> => {
  try {
    if (request.sourceTypeName !== request.targetTypeName || !request.sourceProviderAddress.endsWith("/seatwise"))
      throw new Problem(
        "unsupported",
        `a ${request.targetTypeName} cannot be made of a ${request.sourceTypeName} of ${request.sourceProviderAddress}`,
        { hint: "Import it instead, and remove the other one from the state." },
      );
    const { values, cty } = decodeJson(request.sourceState?.json ?? Buffer.from("null"), call.schema);
    return { targetState: { msgpack: encode(values, call.schema, cty) }, targetPrivate: request.sourcePrivate };
  } catch (error) {
    return { diagnostics: errors(error, toldOf(call)) };
  }
};
