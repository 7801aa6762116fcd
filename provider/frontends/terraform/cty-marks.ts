import type { Path } from "../../core/problem.ts";
import type { Value } from "../../core/value.ts";
import type { Cty } from "./cty.ts";

interface Node {
  exact?: NonNullable<Cty["exact"]>;
  inside?: Map<string | number, Node>;
}

/** Collects a value's Cty while it is read. */
export class Marks {
  readonly root: Node & Cty = {};

  add(path: Path, value: Value, bytes: Uint8Array): void {
    let node: Node = this.root;
    for (const step of path) {
      node.inside ??= new Map();
      const next: Node = node.inside.get(step) ?? {};
      node.inside.set(step, next);
      node = next;
    }
    node.exact = { value, bytes };
  }
}
