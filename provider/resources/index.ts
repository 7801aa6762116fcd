import type { Fn, Resource } from "../core/resource.ts";
import { assignmentRule } from "./assignment-rule.ts";
import { functions as all } from "./functions.ts";
import { license } from "./license.ts";
import { seatPool } from "./seat-pool.ts";

export const resources: readonly Resource[] = [license, assignmentRule, seatPool];
export const functions: readonly Fn[] = all;
