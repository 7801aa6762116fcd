import { asProblem, Problem } from "../../core/problem.ts";
import type { Message } from "../../core/resource.ts";
import type { Value, Values } from "../../core/value.ts";
import { placeText } from "./attribute-path.ts";
import { decode, decodeValue, encode, encodeValue } from "./codec.ts";
import { errors, problemsIn, warning } from "./diagnostics.ts";
import type { Instance } from "./instance.ts";
import type { CallFunctionRequest, CallFunctionResponse, ReadDataRequest, ReadDataResponse } from "./messages.ts";
import { bytesOf } from "./resource-call.ts";
import type { DataSourceSchema, FunctionSchema } from "./schema-model.ts";

export interface DataCall {
  readonly instance: Instance;
  readonly schema: DataSourceSchema;
  readonly signal: AbortSignal;
}

export const readData = async (call: DataCall, request: ReadDataRequest): Promise<ReadDataResponse> => {
  const { instance, schema, signal } = call;
  const said: Message[] = [];
  try {
    const { values, cty } = decode(bytesOf(request.config), schema);
    if (values === null) return {};
    const given = schema.fields.filter(({ role }) => role === "input").map(({ name }) => name);
    const args: Values = Object.fromEntries(given.map((name) => [name, values[name]]));
    const found = await instance.session.invoke(schema.name, args, { signal, log: (message) => said.push(message) });
    const shown = said.filter(({ level }) => level === "warning");
    return {
      state: { msgpack: encode({ ...found, ...args }, schema, cty) },
      diagnostics: shown.map((message) => warning(message, { name: schema.terraform, redactor: instance.redactor })),
    };
  } catch (error) {
    return { diagnostics: errors(error, { redactor: instance.redactor, schema }) };
  }
};

/** What is wrong with an argument lies in it. */
const argument = (name: string, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw asProblem(error).under(name);
  }
};

/** One sentence: Terraform sets it behind the parameter's name, and a full stop behind it. */
const functionError = ({ path, message, hint }: Problem, { parameters }: FunctionSchema): string => {
  const inside = path.length > 1 ? placeText(path, { fields: parameters }).slice(String(path[0]).length) : "";
  const place = inside === "" ? "" : `${inside.replace(/^[.]/, "")}: `;
  return `${place}${message}${hint ? ` (${hint.replace(/\.$/, "")})` : ""}`;
};

/** A function has no configured provider: it reads nothing but its arguments. */
export const callFunction = async (
  { instance, schema }: { readonly instance: Instance; readonly schema: FunctionSchema },
  request: CallFunctionRequest,
): Promise<CallFunctionResponse> => {
  try {
    const args = schema.parameters.map(({ name, kind }, i) => {
      const value = argument(name, () => decodeValue(bytesOf(request.arguments[i]), kind).value);
      return [name, value ?? undefined] as const;
    });
    const found = await (await instance.provider()).pure(schema.name, Object.fromEntries(args));
    return { result: { msgpack: encodeValue(found, schema.result) } };
  } catch (error) {
    const [problem = new Problem("bug", String(error))] = problemsIn(error);
    const at = schema.parameters.findIndex(({ name }) => name === problem.path[0]);
    return {
      error: {
        text: instance.redactor.clean(functionError(problem, schema)),
        ...(at < 0 ? {} : { functionArgument: at }),
      },
    };
  }
};
