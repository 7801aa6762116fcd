/** A seeded stream: the same seed gives the same world, tokens and faults. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** 0 ≤ n < below */
  int(below: number): number;
  pick<T>(of: readonly T[]): T;
  shuffle<T>(of: readonly T[]): T[];
  uuid(): string;
  /** Letters and digits. */
  word(length: number): string;
}

// Looked up once: in Jest, where every global is asked of a sandbox, a look-up costs more than the whole draw.
const { imul, floor } = Math;

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = imul(t ^ (t >>> 15), t | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => floor(next() * below);
  const pick = <T>(of: readonly T[]): T => {
    const item = of[int(of.length)];
    if (item === undefined) throw new Error("pick from an empty list");
    return item;
  };
  const shuffle = <T>(of: readonly T[]): T[] => {
    const out = [...of];
    for (let i = out.length - 1; i > 0; i -= 1) {
      const j = int(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T]; // both indexes are inside
    }
    return out;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => int(16).toString(16)).join("");
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[int(4)]}${hex(3)}-${hex(12)}`;
  const word = (length: number): string => Array.from({ length }, () => alphabet[int(alphabet.length)]).join("");
  return { next, int, pick, shuffle, uuid, word };
};
