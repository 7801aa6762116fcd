import { RunMemory } from "./run-memory.ts";

describe("what a run remembers of its reads", () => {
  const previous = (record: string, inputs: object, id = "eng") => ({ id, inputs: { ...inputs }, outputs: {}, record });
  const type = "SeatPool";

  test("nothing for a create, although the URN was read: a replacement is checked without old inputs", () => {
    const memory = new RunMemory();
    memory.remember({ urn: "u", type, previous: previous("r", { a: 1 }) });
    expect(memory.recall({ urn: "u", type, oldInputs: {} })).toBeNull();
  });

  test("of two states under one URN the one with these inputs", () => {
    const memory = new RunMemory();
    memory.remember({ urn: "u", type, previous: previous("old", { a: 1 }) });
    memory.remember({ urn: "u", type, previous: previous("new", { a: 2 }) });
    expect(memory.recall({ urn: "u", type, oldInputs: { a: 1 } })?.record).toBe("old");
    expect(memory.recall({ urn: "u", type, oldInputs: { a: 2 } })?.record).toBe("new");
  });

  test("a second read takes the place of the first", () => {
    const memory = new RunMemory();
    memory.remember({ urn: "u", type, previous: previous("first", { a: 1 }) });
    memory.remember({ urn: "u", type, previous: previous("second", { a: 1 }) });
    expect(memory.recall({ urn: "u", type, oldInputs: { a: 1 } })?.record).toBe("second");
  });

  test("a renamed resource, read under its old URN, by its inputs; never one of another type or with other inputs", () => {
    const memory = new RunMemory();
    memory.remember({ urn: "old", type, previous: previous("r", { a: 1 }) });
    expect(memory.keyOf("new")).toBe("new");
    expect(memory.recall({ urn: "new", type, oldInputs: { a: 1 } })?.record).toBe("r");
    expect(memory.keyOf("new")).toBe("old");
    expect(memory.recall({ urn: "new", type: "License", oldInputs: { a: 1 } })?.record).toBeNull();
    expect(memory.recall({ urn: "new", type, oldInputs: { a: 2 } })?.record).toBeNull();
  });
});
