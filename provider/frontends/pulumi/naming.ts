import { Problem } from "../../core/problem.ts";
import { isUnknown, type Value, type Values } from "../../core/value.ts";
import { providerPb, type rpc } from "./proto.ts";

const { Mode } = providerPb.CheckRequest.AutonamingOptions;

export interface Naming {
  readonly logicalName: string;
  readonly news: Values;
  readonly olds: Values;
  readonly autonaming: rpc.CheckRequest.AutonamingOptions | undefined;
}
const isName = (value: Value | undefined): value is string =>
  typeof value === "string" && !isUnknown(value) && value !== "";

/**
 * The name that a resource has unless its program gives one. Never random: preview and update are checked with different seeds,
 * and a person must be able to read the name in the plan. An existing resource keeps its name, also when it is renamed with an alias.
 */
export const nameFor = ({ logicalName, news, olds, autonaming }: Naming): string | Problem => {
  if (news.name !== undefined && news.name !== null) return isName(news.name) ? news.name : logicalName;
  if (isName(olds.name)) return olds.name;
  if (!autonaming) return logicalName;
  if (autonaming.getMode() === Mode.DISABLE)
    return new Problem("invalid", "a name is required, because automatic naming is switched off in this stack", {
      path: ["name"],
      hint: "Give the resource a `name`, or change `pulumi:autonaming` in the stack's configuration.",
    });
  // Only a stack that configures a pattern proposes a name; the engine has none of its own.
  return autonaming.getProposedName() || logicalName;
};
