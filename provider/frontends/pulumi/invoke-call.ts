import type { Problem } from "../../core/problem.ts";
import { decode, encode } from "./codec.ts";
import { checkFailures, problemsIn } from "./errors.ts";
import { memberOf } from "./package-facts.ts";
import { providerPb, type rpc } from "./proto.ts";
import type { Call } from "./resource-calls.ts";
import { keepSecret } from "./secrecy.ts";

const isArgument = (p: Problem): boolean => p.code === "invalid" && p.path.length > 0;

/** A function. Bad arguments are failures of these arguments; everything else is an error. */
export const invoke = async ({ instance, signal }: Call, request: rpc.InvokeRequest): Promise<rpc.InvokeResponse> => {
  const args = decode(request.getArgs());
  instance.redactor.learn(args);
  const response = new providerPb.InvokeResponse();
  try {
    const log = (message: Parameters<typeof instance.say>[1]) => instance.say("", message);
    const result = await instance.session.invoke(memberOf(request.getTok()), args, { signal, log });
    return response.setReturn(encode(keepSecret(result, args)));
  } catch (error) {
    const problems = problemsIn(error);
    if (!problems.every(isArgument)) throw error;
    return response.setFailuresList(checkFailures(problems, args, instance.redactor));
  }
};
