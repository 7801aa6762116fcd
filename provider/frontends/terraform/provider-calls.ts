import type { Problem } from "../../core/problem.ts";
import { isRecord, Secret, type Value, type Values } from "../../core/value.ts";
import { decode } from "./codec.ts";
import { diagnostic, errors } from "./diagnostics.ts";
import type { Instance } from "./instance.ts";
import type { ConfigureRequest, DiagnosticsResponse, ValidateProviderRequest, ValidateResponse } from "./messages.ts";
import { bytesOf } from "./resource-call.ts";
import type { AttributeKind, ObjectSchema } from "./schema-model.ts";

const kindAt = (schema: ObjectSchema, path: Problem["path"]): { readonly secret: boolean } => {
  let fields = schema.fields;
  let secret = false;
  for (const part of path) {
    const found = fields.find(({ name }) => name === part);
    if (!found) continue; // a map's key or a list's index
    secret = found.secret === true;
    let kind: AttributeKind = found.kind;
    while (kind.is === "list" || kind.is === "map") kind = kind.of;
    fields = kind.is === "object" ? kind.fields : [];
  }
  return { secret };
};

const absent = (values: Values, path: Problem["path"]): boolean => {
  let at: Value | undefined = values;
  for (const part of path) {
    if (at instanceof Secret) at = at.value;
    at = isRecord(at) ? at[String(part)] : undefined;
  }
  return at === undefined || at === null;
};

/** `terraform validate` needs no credentials: a secret that is not there is only missed when the provider is configured. */
export const validateProvider = async (
  instance: Instance,
  schema: ObjectSchema,
  request: ValidateProviderRequest,
): Promise<ValidateResponse> => {
  const told = { redactor: instance.redactor, schema };
  try {
    const values = decode(bytesOf(request.config), schema).values ?? {};
    instance.redactor.learn(values);
    const { problems } = (await instance.provider()).checkConfig(values);
    const shown = problems.filter(({ path }) => !(kindAt(schema, path).secret && absent(values, path)));
    return { diagnostics: shown.map((p) => diagnostic(p, "ERROR", told)) };
  } catch (error) {
    return { diagnostics: errors(error, told) };
  }
};

/** Once in each walk, in one and the same process: what an earlier walk read is forgotten. Opens no connection yet. */
export const configureProvider = async (
  instance: Instance,
  schema: ObjectSchema,
  request: ConfigureRequest,
): Promise<DiagnosticsResponse> => {
  const told = { redactor: instance.redactor, schema };
  try {
    const values = decode(bytesOf(request.config), schema).values ?? {};
    instance.redactor.learn(values);
    const provider = await instance.provider();
    const { config, problems } = provider.checkConfig(values);
    if (problems.length === 0) instance.begin(provider.configure(config));
    return { diagnostics: problems.map((p) => diagnostic(p, "ERROR", told)) };
  } catch (error) {
    return { diagnostics: errors(error, told) };
  }
};
