import type { RightFound, Surplus } from "./doctor-rights.ts";
import { isSkewed, type Trouble, type Visit } from "./doctor-visit.ts";

const fails: Readonly<Record<RightFound["when"], string>> = {
  plan: "plans fail without",
  write: "plans work, an apply fails without",
  optional: "only this fails without",
};
const row = (mark: string, text: string): string => `  ${mark.padEnd(8)} ${text}`;
const troubled = ({ message, hint }: Trouble): readonly string[] => [
  row("error", message),
  ...(hint === undefined ? [] : [row("", hint)]),
];

const rightLine = (one: RightFound): string => {
  if (one.state === "missing") return row("missing", `${one.right}: ${one.for} (${fails[one.when]})`);
  if (one.state === "unknown") return row("unknown", `${one.right}: ${one.for}`);
  return row("ok", `${one.right}: ${one.for}${one.by === undefined ? "" : ` (by ${one.by})`}`);
};
/** What is optional and not there is no fault: whoever does not use it needs no right for it. */
const optionalLine = (one: RightFound): string =>
  one.when === "optional" && one.state === "missing"
    ? row("without", `${one.right}: ${one.for} (${fails.optional})`)
    : rightLine(one);
const surplusLine = ({ right, instead }: Surplus): string =>
  row(
    "surplus",
    instead.length === 0
      ? `${right}: nothing here needs it; take it away`
      : `${right}: wider than needed; ${instead.join(", ")} ${instead.length === 1 ? "suffices" : "suffice"}`,
  );

const skewLine = ({ skewSeconds }: Visit): string => {
  const seconds = skewSeconds ?? 0;
  return row(
    "clock",
    `its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine's: signed tokens may be refused; set the clock (NTP)`,
  );
};

const visitLines = (one: Visit): readonly string[] => {
  const head = `${one.connection} (${one.connector}${one.directory ? ", the directory" : ""})  ${one.address ?? ""}`;
  const skew = isSkewed(one) ? [skewLine(one)] : [];
  if (one.problem !== null) return [head.trimEnd(), ...troubled(one.problem), ...skew];
  const unknown = one.found.some(({ state }) => state === "unknown");
  return [
    head.trimEnd(),
    row("ok", `the credentials work (${one.requests} ${one.requests === 1 ? "request" : "requests"}, ${one.ms} ms)`),
    ...(one.rightsProblem === null ? [] : troubled(one.rightsProblem)),
    ...(unknown && one.rightsProblem === null
      ? [row("unknown", "this system does not tell which rights the credentials have; it needs:")]
      : []),
    ...one.found.map(optionalLine),
    ...one.surplus.map(surplusLine),
    ...skew,
  ];
};

export const doctorLines = (visits: readonly Visit[], configured: readonly Trouble[]): readonly string[] =>
  [...(configured.length > 0 ? [["configuration", ...configured.flatMap(troubled)]] : []), ...visits.map(visitLines)]
    .map((lines) => lines.join("\n"))
    .join("\n\n")
    .split("\n");
