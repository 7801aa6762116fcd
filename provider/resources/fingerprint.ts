/**
 * 64 bits that stand for a UUID. A record holds them instead of 128: whoever is to be known again is read from the
 * vendor or the directory anyway, so only "is it one of ours?" must be answered. With 100,000 seats of ours the chance that a
 * stranger's id is taken for one of them is 100,000 / 2^64.
 */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/** Where the 32 digits stand among the hyphens. */
const digits = Array.from({ length: 36 }, (_, i) => i).filter((i) => ![8, 13, 18, 23].includes(i));
const places = Uint8Array.from(digits);
const hyphen = 45;

/** All bits of the argument reach all of the result, and no two arguments have one result (murmur3's last step). */
const mixed = (word: number): number => {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
};

/** A UUID's four words are read into this and its fingerprint out of it: 100,000 look-ups make no garbage. */
const words = new Int32Array(4);
const found = new Uint32Array(2);

/** `false`: not a UUID as they are usually written. Otherwise its fingerprint is in `found`. */
const scan = (id: string): boolean => {
  if (id.length !== 36 || id.charCodeAt(8) !== hyphen || id.charCodeAt(13) !== hyphen) return false;
  if (id.charCodeAt(18) !== hyphen || id.charCodeAt(23) !== hyphen) return false;
  let wrong = 0;
  for (let w = 0; w < 4; w++) {
    let word = 0;
    for (let i = w * 8; i < w * 8 + 8; i++) {
      const code = id.charCodeAt(places[i] ?? 0);
      const digit = code < 58 ? code - 48 : code < 97 ? -1 : code - 87; // upper case is another id
      wrong |= digit;
      word = (word << 4) | (digit & 15);
    }
    words[w] = word;
  }
  if ((wrong & ~15) !== 0) return false;
  const [a = 0, b = 0, c = 0, d = 0] = words;
  found[0] = mixed(mixed(mixed(mixed(a) ^ b) ^ c) ^ d);
  found[1] = mixed(mixed(mixed(mixed(d ^ 0x9e3779b9) ^ c) ^ b) ^ a);
  return true;
};

/** `null`: not a UUID in lower case. */
export const fingerprintOf = (id: string): Fingerprint | null =>
  scan(id) ? { high: found[0] ?? 0, low: found[1] ?? 0 } : null;

export const byFingerprint = (a: Fingerprint, b: Fingerprint): number => a.high - b.high || a.low - b.low;

/** Sorted fingerprints: which place has an id? */
export class Fingerprints {
  readonly size: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #shift: number;

  private constructor(high: Uint32Array, low: Uint32Array) {
    this.size = high.length;
    this.#high = high;
    this.#low = low;
    const bits = Math.min(24, Math.max(1, 32 - Math.clz32(high.length)));
    this.#shift = 32 - bits;
    this.#starts = new Uint32Array(2 ** bits + 1);
    for (const one of high)
      this.#starts[(one >>> this.#shift) + 1] = (this.#starts[(one >>> this.#shift) + 1] ?? 0) + 1;
    for (let i = 1; i < this.#starts.length; i++) this.#starts[i] = (this.#starts[i] ?? 0) + (this.#starts[i - 1] ?? 0);
  }

  /** -1: none of them. */
  find(id: string): number {
    return scan(id) ? this.#place(found[0] ?? 0, found[1] ?? 0) : -1;
  }

  at(place: number): Fingerprint {
    return { high: this.#high[place] ?? 0, low: this.#low[place] ?? 0 };
  }

  /** Each as its distance from the one before, and of all distances the first byte, then the second: the first ones are nearly all zero. */
  packed(): string {
    const bytes = Buffer.alloc(this.size * 8);
    let [high, low] = [0, 0];
    for (let i = 0; i < this.size; i++) {
      const [nextHigh, nextLow] = [this.#high[i] ?? 0, this.#low[i] ?? 0];
      const gapLow = (nextLow - low) >>> 0;
      const gapHigh = (nextHigh - high - (nextLow < low ? 1 : 0)) >>> 0;
      for (let byte = 0; byte < 4; byte++) {
        bytes[byte * this.size + i] = gapHigh >>> (24 - byte * 8);
        bytes[(byte + 4) * this.size + i] = gapLow >>> (24 - byte * 8);
      }
      [high, low] = [nextHigh, nextLow];
    }
    return bytes.toString("base64");
  }

  static unpacked(text: string): Fingerprints {
    const bytes = Buffer.from(text, "base64");
    const size = bytes.length / 8;
    if (!Number.isInteger(size)) throw new Error("the list of people is cut short");
    const [highs, lows] = [new Uint32Array(size), new Uint32Array(size)];
    const word = (plane: number, i: number): number =>
      ((bytes[plane * size + i] ?? 0) << 24) |
      ((bytes[(plane + 1) * size + i] ?? 0) << 16) |
      ((bytes[(plane + 2) * size + i] ?? 0) << 8) |
      (bytes[(plane + 3) * size + i] ?? 0);
    let [high, low] = [0, 0];
    for (let i = 0; i < size; i++) {
      const nextLow = (low + (word(4, i) >>> 0)) >>> 0;
      high = (high + (word(0, i) >>> 0) + (nextLow < low ? 1 : 0)) >>> 0;
      low = nextLow;
      highs[i] = high;
      lows[i] = low;
    }
    return new Fingerprints(highs, lows);
  }

  /** Of fingerprints in their order, none twice. */
  static of(sorted: readonly Fingerprint[]): Fingerprints {
    return new Fingerprints(
      Uint32Array.from(sorted, ({ high }) => high),
      Uint32Array.from(sorted, ({ low }) => low),
    );
  }

  #place(high: number, low: number): number {
    const bucket = high >>> this.#shift;
    const end = this.#starts[bucket + 1] ?? 0;
    for (let i = this.#starts[bucket] ?? 0; i < end; i++) if (this.#high[i] === high && this.#low[i] === low) return i;
    return -1;
  }
}
