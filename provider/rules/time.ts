const format = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** CEL's range: years 1 to 9999. */
const first = -62_135_596_800_000;
const last = 253_402_300_799_999;
/** CEL's range of durations: 10,000 years. */
const longest = 315_576_000_000_000;

export const isTime = (ms: number): boolean => ms >= first && ms <= last;
export const isSpan = (ms: number): boolean => ms >= -longest && ms <= longest;

/** RFC 3339 to milliseconds, NaN where it is none. Finer parts of a second are cut off. */
export function milliseconds(text: string): number {
  const found = format.exec(text);
  if (!found) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHours, zoneMinutes] = found;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // A day that the month does not have rolls over: 30 February is not 2 March.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return Number.NaN;
  if (
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59 ||
    Number(zoneHours ?? 0) > 23 ||
    Number(zoneMinutes ?? 0) > 59
  )
    return Number.NaN;
  const zone = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === "-" ? -1 : 1);
  const ms =
    date.getTime() +
    ((Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second)) * 1000 +
    Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
  return isTime(ms) ? ms : Number.NaN;
}

/** The argument of timestamp(): milliseconds, or what is wrong with it. */
export function parseTimestamp(text: string): number | string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return "a time needs its hour and its zone";
  if (/\.\d{4,}/.test(text)) return "times are kept to the millisecond";
  const ms = milliseconds(text);
  return Number.isNaN(ms) ? "this is not a time" : ms;
}

const units: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** The argument of duration(): milliseconds, or what is wrong with it. */
export function parseDuration(text: string): number | string {
  const days = /^([-+]?\d{1,6})([dwy])$/.exec(text);
  if (days)
    return `days, weeks and years are not units here: write duration("${Number(days[1]) * (days[2] === "d" ? 24 : days[2] === "w" ? 168 : 8760)}h")`;
  if (!/^[-+]?(\d{1,15}(\.\d{1,9})?(ms|[hms]))+$/.test(text)) return "this is not a duration: units are h, m, s and ms";
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g))
    total += Number(amount) * (units.get(unit ?? "") ?? Number.NaN);
  if (!Number.isInteger(total)) return "durations are kept to the millisecond";
  if (!isSpan(total)) return "this duration is longer than 10,000 years";
  return text.startsWith("-") ? -total : total;
}

const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48);

/** `milliseconds` for the directory's usual `2026-01-31T08:00:00Z`, without a regular expression: some 5 times faster. */
export function fastMilliseconds(text: string): number {
  if (text.length !== 20 || text.charCodeAt(19) !== 90 || text.charCodeAt(10) !== 84) return milliseconds(text);
  const year = two(text, 0) * 100 + two(text, 2);
  const [month, day, hour, minute, second] = [two(text, 5), two(text, 8), two(text, 11), two(text, 14), two(text, 17)];
  const usual =
    year >= 1000 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 28 &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60;
  return usual && digits(text) ? Date.UTC(year, month - 1, day, hour, minute, second) : milliseconds(text);
}

function digits(text: string): boolean {
  for (let i = 0; i < 19; i++) {
    const code = text.charCodeAt(i);
    const wanted = i === 4 || i === 7 ? 45 : i === 13 || i === 16 ? 58 : i === 10 ? 84 : 0;
    if (wanted === 0 ? code < 48 || code > 57 : code !== wanted) return false;
  }
  return true;
}
