import { urns } from "./schema.ts";

export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive"
  | "invalidCursor"
  | "expiredCursor"
  | "invalidCount";

/** An answer that is an error, as RFC 7644 section 3.12 shapes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly scimType: ScimType | null;
  constructor(status: number, scimType: ScimType | null, detail: string) {
    super(detail);
    this.name = "Refusal";
    this.status = status;
    this.scimType = scimType;
  }
  body(): Record<string, unknown> {
    return {
      schemas: [urns.error],
      status: String(this.status),
      ...(this.scimType ? { scimType: this.scimType } : {}),
      detail: this.message,
    };
  }
}

export const refuse = (scimType: ScimType, detail: string, status = 400): never => {
  throw new Refusal(status, scimType, detail);
};
export const notFound = (what: string): Refusal => new Refusal(404, null, `${what} not found`);
export const unsupported = (what: string): Refusal => new Refusal(501, null, `${what} is not supported`);
