/**
 * A set of people, by their index: one bit each. 100,000 people take 12.5 kB, and a whole `&&` a few microseconds.
 * Operations return one of their operands where that is the answer: most rules leave few people open, and arrays cost more than arithmetic.
 */
export class Bits {
  private readonly words: Uint32Array;
  /** Nobody is in it. */
  blank = true;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  static none(size: number): Bits {
    return new Bits(new Uint32Array((size + 31) >>> 5));
  }

  static all(size: number): Bits {
    const bits = Bits.none(size);
    bits.words.fill(0xffff_ffff);
    const rest = size & 31;
    if (rest !== 0) bits.words[bits.words.length - 1] = (1 << rest) - 1;
    bits.blank = size === 0;
    return bits;
  }

  add(index: number): void {
    const word = index >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (index & 31));
    this.blank = false;
  }

  // Written out three times: a loop that is handed its operation as a function is several times slower.
  and(other: Bits): Bits {
    if (this.blank || this === other) return this;
    if (other.blank) return other;
    const [a, b] = [this.words, other.words];
    const result = new Bits(new Uint32Array(a.length));
    let any = 0;
    for (let i = 0; i < a.length; i++) any |= result.words[i] = (a[i] ?? 0) & (b[i] ?? 0);
    result.blank = any === 0;
    return result;
  }

  or(other: Bits): Bits {
    if (other.blank || this === other) return this;
    if (this.blank) return other;
    const [a, b] = [this.words, other.words];
    const result = new Bits(new Uint32Array(a.length));
    for (let i = 0; i < a.length; i++) result.words[i] = (a[i] ?? 0) | (b[i] ?? 0);
    result.blank = false;
    return result;
  }

  without(other: Bits): Bits {
    if (this.blank || other.blank) return this;
    const [a, b] = [this.words, other.words];
    const result = new Bits(new Uint32Array(a.length));
    let any = 0;
    for (let i = 0; i < a.length; i++) any |= result.words[i] = (a[i] ?? 0) & ~(b[i] ?? 0);
    result.blank = any === 0;
    return result;
  }

  /** Calls `visit` with each index, in order. */
  each(visit: (index: number) => void): void {
    if (this.blank) return;
    for (let i = 0; i < this.words.length; i++) {
      let word = this.words[i] ?? 0;
      while (word !== 0) {
        const low = word & -word;
        visit((i << 5) + 31 - Math.clz32(low));
        word ^= low;
      }
    }
  }

  indexes(): number[] {
    const result: number[] = [];
    this.each((index) => result.push(index));
    return result;
  }
}
