import { z } from "zod";
import { field } from "../core/fields.ts";
import { claim, grants, moment } from "./shared-fields.ts";
export const ruleInputs = z.object({
  name: field(z.string().min(1), { description: "The rule's name in plans and messages. Default: the resource's logical name." }),
  when: field(z.string().min(1).optional(), { description: "Condition in the rule language. Either this or `grants`.", example: '"sig-release" in user.groups' }),
  grants: field(grants().optional(), { description: "People named one by one." }),
  startsAt: field(moment.optional(), { description: "Before this time the rule claims nobody, RFC 3339." }),
  expiresAt: field(moment.optional(), { description: "From this time on the rule claims nobody, RFC 3339." }),
});
export const ruleOutputs = z.object({
  claim: field(claim(), { description: "What a SeatPool takes.", derived: true }),
  matched: field(z.int().optional(), { description: "People whom the rule claims, at the last read." }),
});
