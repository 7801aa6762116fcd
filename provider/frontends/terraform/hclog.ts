/** Terraform's log levels. */
export type HclogLevel = "trace" | "debug" | "info" | "warn" | "error";
export interface HclogLine {
  readonly level: HclogLevel;
  readonly text: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** Six digits after the second: with JavaScript's three Terraform takes the line for plain text and its level for DEBUG. */
const timestamp = (at: Date): string => at.toISOString().replace("Z", "000Z");

/** One line on stderr, as HashiCorp's loggers write it; whatever stands in the text stays in that line. */
export const hclog = ({ level, text, fields }: HclogLine, at: Date): string =>
  JSON.stringify({ ...fields, "@level": level, "@message": text, "@module": "seatwise", "@timestamp": timestamp(at) });
