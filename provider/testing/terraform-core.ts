import { isRecord, isUnknown, same, type Value, type Values } from "../core/value.ts";
import type { CoreObject, CoreType } from "./terraform-values.ts";

/** What Terraform's core checks of a provider's answers, in its words: each of these ends a real run with "a bug in the provider". */

/** Configured values, else what was there: core's proposal. On top alone, since this provider plans from the configuration itself. */
export const proposed = (prior: Values | null, config: Values, { members }: CoreObject): Values =>
  Object.fromEntries(
    members.map(({ name, computed }) => {
      const given = config[name] ?? null;
      return [name, given !== null ? given : computed ? (prior?.[name] ?? null) : null];
    }),
  );

const shown = (value: Value | undefined): string =>
  isUnknown(value) ? "(unknown)" : value === undefined ? "null" : JSON.stringify(value);

/** A planned value that the configuration does not allow. */
export const invalidPlan = (
  of: { readonly prior: Value; readonly config: Value; readonly planned: Value },
  type: CoreType,
  at = "",
): readonly string[] => {
  const { prior, config, planned } = of;
  if (type.is !== "object") return [];
  if (!isRecord(planned) || !isRecord(config)) return [];
  return type.members.flatMap(({ name, type: inner, configurable, computed }) => {
    const before: Value = isRecord(prior) ? (prior[name] ?? null) : null;
    const given: Value = config[name] ?? null;
    const will: Value = planned[name] ?? null;
    const place = `${at}.${name}`;
    if (given === null) {
      if (computed || will === null) return [];
      return [`${place}: planned value ${shown(will)} for a non-computed attribute`];
    }
    if (!configurable) return [`${place}: the configuration cannot hold it`];
    if (before !== null && same(will, before)) return [];
    if (inner.is === "object") return invalidPlan({ prior: before, config: given, planned: will }, inner, place);
    if (inner.is === "list" && inner.of.is === "object" && Array.isArray(given) && Array.isArray(will)) {
      if (given.length !== will.length)
        return [`${place}: count in plan (${will.length}) disagrees with count in config (${given.length})`];
      return given.flatMap((item: Value, i) =>
        invalidPlan(
          { prior: Array.isArray(before) ? (before[i] ?? null) : null, config: item, planned: will[i] },
          inner.of,
          `${place}[${i}]`,
        ),
      );
    }
    if ((isUnknown(given) && isUnknown(will)) || same(given, will)) return [];
    return [`${place}: planned value ${shown(will)} does not match config value ${shown(given)}`];
  });
};

/** A known planned value that came out otherwise: `.digest: was "a", but now "b"`. */
export const incompatible = (planned: Value | undefined, actual: Value | undefined, at = ""): readonly string[] => {
  if (isUnknown(planned)) return [];
  if (isUnknown(actual)) return [`${at}: was known, but now unknown`];
  if (isRecord(planned) && isRecord(actual))
    return [...new Set([...Object.keys(planned), ...Object.keys(actual)])].flatMap((key) => {
      if (!(key in actual)) return [`${at}: element ${JSON.stringify(key)} has vanished`];
      if (!(key in planned)) return [`${at}: new element ${JSON.stringify(key)} has appeared`];
      return incompatible(planned[key], actual[key], `${at}.${key}`);
    });
  if (Array.isArray(planned) && Array.isArray(actual)) {
    if (planned.length !== actual.length)
      return [`${at}: had ${planned.length} elements, but now has ${actual.length}`];
    return planned.flatMap((item: Value, i) => incompatible(item, actual[i], `${at}[${i}]`));
  }
  return same(planned, actual) ? [] : [`${at}: was ${shown(planned)}, but now ${shown(actual)}`];
};

/** What is still unknown where nothing may be any more. */
export const unknownsIn = (value: Value | undefined, at = ""): readonly string[] => {
  if (isUnknown(value)) return [at];
  if (Array.isArray(value)) return value.flatMap((item: Value, i) => unknownsIn(item, `${at}[${i}]`));
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => unknownsIn(item, `${at}.${key}`)) : [];
};

/** A bug of the provider, as core reports it. No run may go on after it. */
export class ProviderBug extends Error {}
export const bugIf = (what: string, address: string, faults: readonly string[]): void => {
  if (faults.length > 0) throw new ProviderBug(`${what}\n${address}: ${faults.join("\n  ")}`);
};
