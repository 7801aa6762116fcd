export { type Changes, changes, messages, summary } from "./changes.ts";
export { licenseCost } from "./license-position.ts";
export { plan } from "./plan.ts";
export { type Living, planRelease } from "./release.ts";
export { remember, type StepOutcome } from "./remember.ts";
export * from "./situation.ts";
export { approvedSteps, type Reason, reasons, seatKey, staysInTier, strangerId, vendorSteps } from "./steps.ts";
