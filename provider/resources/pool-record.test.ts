import fc from "fast-check";
import type { Owned } from "../planner/index.ts";
import { fromTable, type OwnedTable, toTable } from "./owned-table.ts";
import { decodeRecord, encodeRecord, holderOf, newRecord } from "./pool-record.ts";

const owned: fc.Arbitrary<Owned> = fc
  .record({
    license: fc.constantFrom("people/group:crm", "crm/active"),
    holder: fc.oneof(fc.uuid(), fc.string()),
    account: fc.string(),
    since: fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"),
    how: fc.constantFrom("assigned" as const, "adopted" as const),
    rule: fc.option(fc.constantFrom("eng", "")),
    releaseUntil: fc.option(fc.constant("2026-12-31T00:00:00.000Z")),
  })
  .map(({ rule, releaseUntil, ...rest }) => ({
    ...rest,
    ...(rule === null ? {} : { rule }),
    ...(releaseUntil === null ? {} : { releaseUntil }),
  }));
/** As Keycloak has them; as others do, names of object properties included; and both mixed. */
const id = fc.oneof(fc.uuid(), fc.constantFrom("constructor", "42", "person-1"), fc.string({ minLength: 1 }));
const everybody = fc.oneof(
  fc.dictionary(fc.uuid(), owned, { maxKeys: 40 }),
  fc.dictionary(id, owned, { maxKeys: 20 }),
  fc
    .array(fc.uuid(), { maxLength: 30 })
    .map((ids) =>
      Object.fromEntries(
        ids.map((one): [string, Owned] => [
          one,
          { license: "l", holder: one, account: `a-${one}`, since: "2026-01-01T00:00:00.000Z", how: "adopted" },
        ]),
      ),
    ),
);
const recordOf = (all: Readonly<Record<string, Owned>>) => {
  const record = { ...newRecord(), id: "0011223344556677" };
  return { ...record, memory: { ...record.memory, owned: all } };
};

test("a record comes back as it was written, and in whatever order people were learnt, as the same bytes", () => {
  fc.assert(
    fc.property(everybody, (all) => {
      const text = encodeRecord(recordOf(all));
      expect(decodeRecord(text)).toEqual(recordOf(all));
      expect(encodeRecord(recordOf(Object.fromEntries(Object.entries(all).reverse())))).toBe(text);
      expect(encodeRecord(decodeRecord(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test("a table that lost a row is an error, not fewer seats", () => {
  const one: Owned = { license: "l", holder: "h", account: "a", since: "s", how: "assigned" };
  const table = toTable({ p1: one, p2: { ...one, account: "b" } });
  const cut: OwnedTable = { ...table, account: { each: ["a"] } };
  expect(() => fromTable(cut)).toThrow("cut short");
  expect(() => fromTable({ ...table, people: { uuids: "AAAA" } })).toThrow("cut short");
});

test("a record written before there were tables is read", () => {
  const old =
    "seatwise1:LU5BisMwDPzLnN3FTtsUdN0v7KnLHowtUoMjB9tJKCF/X5wUhNBIM6PZYKcpvkEyx6gwsHC2NSQBGYXgQdDamK67Xm+3+73vHw8ojDym/AZtcFZ88LZyAW27gksp+rTKiXzI7OpBPf0j2yXIcF7TKuybyWRat86lWSoIFgqvFD1nEF4HWNu6lDA0iUIMjqUwCBEKJYhrc6e7/qLNRZsfremoL631E/uukHlMi40F9PunkOfI3+3dJ/dqQ/0E2xVmKXPmk7mAzP4P";
  const { owned: all } = decodeRecord(old).memory;
  expect(all).toEqual({
    p1: { license: "l", holder: "h", account: "a", since: "2026-01-01T00:00:00.000Z", how: "assigned" },
  });
});

test("whose seat it is, is the same from the short way (everybody is their own holder) as from the map", () => {
  const at = (license: string, holder: string): Owned => ({
    license,
    holder,
    account: "a",
    since: "s",
    how: "assigned",
  });
  const rows: { owned: Record<string, Owned>; seats: [string, string, string | undefined][] }[] = [
    { owned: {}, seats: [["l", "p1", undefined]] },
    {
      owned: { p1: at("l", "p1"), p2: at("l", "p2") },
      seats: [
        ["l", "p1", "p1"],
        ["l", "p3", undefined],
        ["l", "constructor", undefined],
        ["m", "p1", undefined],
      ],
    },
    {
      owned: { p1: at("l", "p1"), p2: at("l", "x2") },
      seats: [
        ["l", "x2", "p2"],
        ["l", "p2", undefined],
      ],
    },
    {
      owned: { p1: at("l", "p1"), p2: at("m", "p2") },
      seats: [
        ["l", "p1", "p1"],
        ["l", "p2", undefined],
        ["m", "p2", "p2"],
      ],
    },
  ];
  for (const { owned: all, seats } of rows) {
    const holders = holderOf(recordOf(all));
    expect([...holders.keys()].sort()).toEqual([...new Set(Object.values(all).map((o) => o.license))].sort());
    for (const [license, holder, person] of seats) {
      expect(holders.get(license)?.get(holder)).toBe(person);
      expect(holders.get(license)?.has(holder) ?? false).toBe(person !== undefined);
    }
  }
});
