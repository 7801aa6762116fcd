import { Problem } from "../../core/problem.ts";
import { DEEPEST } from "./cty.ts";

/**
 * MessagePack as Terraform speaks it. Our own, since libraries lose what Terraform checks: the raw bytes of a refined
 * unknown, integers above 2^53, the digits of a number. See docs/decisions/terraform-values.md.
 */
const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;

const truncated = (): never => {
  throw new Problem("invalid", "Terraform sent a value that ends too early");
};
const unexpected = (wanted: string, code: number): never => {
  throw new Problem("invalid", `Terraform sent something else (0x${code.toString(16)}) than ${wanted}`);
};

/** Decimal digits; those of a double in full, since 0.1 of a double is not Terraform's 0.1. */
export const digitsOf = (double: number): string => {
  if (Number.isInteger(double)) return BigInt(double).toString();
  if (!Number.isFinite(double)) throw new Problem("invalid", "a number is not finite");
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(double));
  const exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  // A fraction of 2^n has exactly n decimals: m / 2^n = m * 5^n / 10^n.
  const decimals = exponent === 0 ? 1074 : 1075 - exponent;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const all = (mantissa * 5n ** BigInt(decimals)).toString().padStart(decimals + 1, "0");
  const text = `${all.slice(0, -decimals)}.${all.slice(-decimals)}`.replace(/\.?0+$/, "");
  return double < 0 ? `-${text}` : text;
};

/** Sizes in bytes behind a code. */
const extHeads: Readonly<Record<number, number>> = { 199: 1, 200: 2, 201: 4 };

export class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }
  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }
  /** A copy: the message it came in need not stay for it. */
  since(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, start, this.#at);
  }

  /** The value's first byte, which stays unread. */
  #code(): number {
    return this.#bytes[this.#at] ?? truncated();
  }
  /** Moves on and gives the place of `size` bytes that are there. */
  #take(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) truncated();
    this.#at = start + size;
    return start;
  }
  #size(bytes: 1 | 2 | 4): number {
    const at = this.#take(bytes);
    return bytes === 1 ? this.#view.getUint8(at) : bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  isNil(): boolean {
    if (this.#code() !== NIL) return false;
    this.#at += 1;
    return true;
  }

  /** Every extension is an unknown, whatever it says of it: its bytes, or null for what is known. */
  unknown(): Uint8Array | null {
    const code = this.#code();
    const fixed = code >= 0xd4 && code <= 0xd8;
    if (!fixed && !(code >= 0xc7 && code <= 0xc9)) return null;
    const start = this.#take(1);
    const head = extHeads[code];
    const payload = fixed ? 2 ** (code - 0xd4) : this.#size(head === 1 ? 1 : head === 2 ? 2 : 4);
    this.#take(payload + 1);
    return this.since(start);
  }

  boolean(): boolean {
    const code = this.#code();
    if (code !== TRUE && code !== FALSE) unexpected("a boolean", code);
    this.#at += 1;
    return code === TRUE;
  }

  string(wanted = "a string"): string {
    const code = this.#code();
    if (code >= 0xa0 && code <= 0xbf) {
      this.#at += 1;
      return this.#text(code & 0x1f);
    }
    if (code < 0xd9 || code > 0xdb) return unexpected(wanted, code);
    this.#at += 1;
    return this.#text(this.#size(code === 0xd9 ? 1 : code === 0xda ? 2 : 4));
  }
  #text(size: number): string {
    const start = this.#take(size);
    return this.#bytes.toString("utf8", start, start + size);
  }

  /** The JSON of a dynamic value's type comes as bytes. */
  bytesOrString(): string {
    const code = this.#code();
    if (code < 0xc4 || code > 0xc6) return this.string("a type");
    this.#at += 1;
    return this.#text(this.#size(code === 0xc4 ? 1 : code === 0xc5 ? 2 : 4));
  }

  /** All its decimal digits. */
  digits(): string {
    const code = this.#code();
    if (code <= 0x7f) {
      this.#at += 1;
      return String(code);
    }
    if (code >= 0xe0) {
      this.#at += 1;
      return String(code - 256);
    }
    if (code < 0xca || code > 0xd3) return this.#digitsInText();
    this.#at += 1;
    return this.#number(code);
  }
  #number(code: number): string {
    const size = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][code - 0xca] ?? 0;
    const at = this.#take(size);
    if (code === 0xca) return digitsOf(this.#view.getFloat32(at));
    if (code === 0xcb) return digitsOf(this.#view.getFloat64(at));
    if (size === 8) return String(code === 0xcf ? this.#view.getBigUint64(at) : this.#view.getBigInt64(at));
    return String(code < 0xcf ? this.#bytes.readUIntBE(at, size) : this.#bytes.readIntBE(at, size));
  }
  #digitsInText(): string {
    const text = this.string("a number");
    if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text))
      throw new Problem("invalid", "Terraform sent a text that is no number where one is wanted");
    return text;
  }

  /** Enters a list. Its length is checked against the bytes that are there: each element has one at least. */
  list(): number {
    const code = this.#code();
    return this.#enter(this.#length(code, { fix: 0x90, wide: 0xdc, wanted: "a list" }), 1);
  }
  /** Enters a map or an object: a key and a value each have one byte at least. */
  map(): number {
    const code = this.#code();
    return this.#enter(this.#length(code, { fix: 0x80, wide: 0xde, wanted: "a map" }), 2);
  }
  /** Leaves what `list` or `map` entered. */
  leave(): void {
    this.#depth -= 1;
  }
  #length(code: number, { fix, wide, wanted }: { fix: number; wide: number; wanted: string }): number {
    const short = code >= fix && code <= fix + 15;
    if (!short && code !== wide && code !== wide + 1) unexpected(wanted, code);
    this.#at += 1;
    return short ? code & 0x0f : this.#size(code === wide ? 2 : 4);
  }
  #enter(length: number, least: number): number {
    if (length * least > this.#bytes.length - this.#at) truncated();
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Problem("invalid", `Terraform sent a value of more than ${DEEPEST} levels`);
    return length;
  }
}

export class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  /** Everything written so far. */
  result(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
  #room(size: number): number {
    const start = this.#at;
    const wanted = start + size;
    if (wanted > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    this.#at = wanted;
    return start;
  }
  #byte(code: number): void {
    const at = this.#room(1);
    this.#bytes[at] = code;
  }
  /** A code and the size behind it. */
  #head(
    size: number,
    codes: { readonly fix?: readonly [number, number]; readonly one?: number; readonly two: number },
  ) {
    if (codes.fix && size <= codes.fix[1]) this.#byte(codes.fix[0] | size);
    else if (codes.one !== undefined && size <= 0xff) {
      this.#byte(codes.one);
      this.#byte(size);
    } else if (size <= 0xffff) {
      this.#byte(codes.two);
      this.#byte(size >> 8);
      this.#byte(size & 0xff);
    } else {
      this.#byte(codes.two + 1);
      const at = this.#room(4); // first: it may put another buffer in place
      this.#bytes.writeUInt32BE(size, at);
    }
  }

  nil(): void {
    this.#byte(NIL);
  }
  boolean(value: boolean): void {
    this.#byte(value ? TRUE : FALSE);
  }
  unknown(): void {
    this.raw(Uint8Array.of(0xd4, 0, 0));
  }
  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }
  string(text: string): void {
    const size = Buffer.byteLength(text);
    this.#head(size, { fix: [0xa0, 31], one: 0xd9, two: 0xda });
    this.#text(text, size);
  }
  bytes(text: string): void {
    const size = Buffer.byteLength(text);
    this.#head(size, { one: 0xc4, two: 0xc5 });
    this.#text(text, size);
  }
  #text(text: string, size: number): void {
    const at = this.#room(size);
    this.#bytes.write(text, at, size, "utf8");
  }
  list(length: number): void {
    this.#head(length, { fix: [0x90, 15], two: 0xdc });
  }
  map(length: number): void {
    this.#head(length, { fix: [0x80, 15], two: 0xde });
  }
}
