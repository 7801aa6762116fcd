import type { Previous } from "../../core/resource.ts";
import { same, type Values } from "../../core/value.ts";

interface Seen {
  readonly urn: string;
  readonly type: string;
  readonly previous: Previous;
}
interface Asked {
  readonly urn: string;
  readonly type: string;
  readonly oldInputs: Values;
}

/**
 * Check is told the old inputs only. Outputs and record come from this run's Read, which `refresh_before_update` puts before
 * every Check. Two states can stand under one URN (the older one failed to be deleted), and a renamed resource is read under
 * its old URN: the old inputs tell which one is meant.
 */
export class RunMemory {
  readonly #seen: Seen[] = [];
  readonly #keys = new Map<string, string>();

  remember(seen: Seen): void {
    const older = this.#seen.findIndex(
      ({ urn, previous }) =>
        urn === seen.urn && previous.id === seen.previous.id && same(previous.inputs, seen.previous.inputs),
    );
    if (older >= 0) this.#seen.splice(older, 1);
    this.#seen.push(seen);
  }

  /** null for a create. Without a Read in this run (`--target`, state of an old version) only the inputs are known. */
  recall({ urn, type, oldInputs }: Asked): Previous | null {
    if (Object.keys(oldInputs).length === 0) return null;
    const newestFirst = this.#seen.toReversed();
    const alike = newestFirst.filter((seen) => seen.type === type && same(seen.previous.inputs, oldInputs));
    const found =
      alike.find((seen) => seen.urn === urn) ?? newestFirst.find((seen) => seen.urn === urn) ?? alike[0] ?? null;
    if (!found) return { id: "", inputs: oldInputs, outputs: {}, record: null };
    this.#keys.set(urn, found.urn);
    return { ...found.previous, inputs: oldInputs };
  }

  /** Under which URN this run knows a resource: the old one, once a renamed resource was recalled. */
  keyOf(urn: string): string {
    return this.#keys.get(urn) ?? urn;
  }
}
