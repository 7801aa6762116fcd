import { randomUUID } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import type { Owned } from "../planner/index.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { isLost } from "./owned-people.ts";
import { fromTable, type OwnedTable, toTable } from "./owned-table.ts";
import { decodeRecord, encodeRecord, holderOf, newRecord, type PoolRecord, showPeople } from "./pool-record.ts";

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
type All = Readonly<Record<string, Owned>>;
const recordOf = (all: All): PoolRecord => {
  const record = { ...newRecord(), id: "0011223344556677" };
  return { ...record, memory: { ...record.memory, owned: new Map(Object.entries(all)) } };
};
/** Read again, once their people have been seen. */
const readAgain = (text: string, ids: readonly string[]): PoolRecord => {
  const record = decodeRecord(text);
  showPeople(record, () => ids);
  return record;
};
const ownedIn = ({ memory: { owned } }: PoolRecord): All => Object.fromEntries(owned);
/** Their own holders, by UUID: all that is kept of the id is its fingerprint. */
const selves = fc
  .uniqueArray(fc.uuid(), { maxLength: 30 })
  .chain((ids) =>
    fc
      .tuple(...ids.map((one) => owned.map((about): [string, Owned] => [one, { ...about, holder: one }])))
      .map((all) => Object.fromEntries(all) as All),
  );

test("a record comes back as it was written, and in whatever order people were learnt, as the same bytes", () => {
  fc.assert(
    fc.property(everybody, (all) => {
      const text = encodeRecord(recordOf(all));
      const { memory, ...read } = readAgain(text, Object.keys(all));
      const { memory: written, ...wrote } = recordOf(all);
      expect([read, { ...memory, owned: null }]).toEqual([wrote, { ...written, owned: null }]);
      expect(Object.fromEntries(memory.owned)).toEqual(all);
      expect(memory.owned.size).toBe(Object.keys(all).length);
      for (const [id, one] of Object.entries(all)) expect(memory.owned.get(id)).toEqual(one);
      expect(encodeRecord(recordOf(Object.fromEntries(Object.entries(all).reverse())))).toBe(text);
      expect(encodeRecord(decodeRecord(text))).toBe(text); // though nobody was shown
    }),
    { numRuns: 600 },
  );
});

test("people whom nothing shows any more are counted and keep all but their id; others are known again", () => {
  fc.assert(
    fc.property(selves, fc.nat(), (all, cut) => {
      const ids = Object.keys(all);
      const there = ids.slice(0, cut % (ids.length + 1));
      const record = readAgain(encodeRecord(recordOf(all)), [...there, "11111111-2222-4333-8444-555555555555"]);
      const found = ownedIn(record);
      for (const id of there) expect(found[id]).toEqual(all[id]);
      const lost = Object.entries(found).filter(([id]) => isLost(id));
      expect(lost).toHaveLength(ids.length - there.length);
      const about = (some: readonly Owned[]) => some.map(({ holder: _, ...rest }) => JSON.stringify(rest)).sort();
      expect(about(lost.map(([, one]) => one))).toEqual(
        about(
          ids
            .slice(there.length)
            .map((id) => all[id])
            .filter((one) => one !== undefined),
        ),
      );
      for (const id of ids) expect(record.memory.owned.get(id)).toEqual(all[id]); // asked by id they are known at once
      for (const [id, one] of lost) expect(record.memory.owned.get(id)).toEqual(one);
      expect(encodeRecord({ ...record, memory: { ...record.memory, owned: new Map(record.memory.owned) } })).toBe(
        encodeRecord(recordOf(all)),
      );
    }),
    { numRuns: 300 },
  );
});

test("a seat that the vendor may not list yet is kept by its whole id", () => {
  const id = "0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3d1";
  const one: Owned = { license: "l", holder: id, account: "a", since: "2026-01-01T00:00:00.000Z", how: "assigned" };
  const at = Date.parse(one.since);
  expect(Object.keys(ownedIn(decodeRecord(encodeRecord(recordOf({ [id]: one }), at))))).toEqual([id]);
  const later = Object.keys(ownedIn(decodeRecord(encodeRecord(recordOf({ [id]: one }), at + 1))));
  expect(later.map(isLost)).toEqual([true]);
});

test("fingerprints differ where ids do: random ones, those of one minute of one machine, and in upper case", () => {
  const inOrder = (i: number): string => `${i.toString(16).padStart(8, "0")}-3c4d-11ef-9a8b-0242ac120002`;
  const ids = [
    ...Array.from({ length: 50_000 }, () => randomUUID()),
    ...Array.from({ length: 50_000 }, (_, i) => inOrder(i)),
  ];
  const prints = new Set(ids.map((id) => JSON.stringify(fingerprintOf(id))));
  expect(prints.size).toBe(ids.length);
  for (const not of [
    ids[0]?.toUpperCase() ?? "",
    "",
    "person-1",
    `${ids[0]} `,
    (ids[0] ?? "").replaceAll("-", "_"),
    "0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3dg",
  ])
    expect(fingerprintOf(not)).toBeNull();
});

test("a version before fingerprints is read, and written as it is read", () => {
  const id = "0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3d1";
  const one: Owned = { license: "l", holder: id, account: "a", since: "2026-01-01T00:00:00.000Z", how: "assigned" };
  const { memory, ...record } = recordOf({});
  const { owned: _, ...rest } = memory;
  const old = { ...record, v: 1, memory: rest, owned: toTable(new Map([[id, one]])) };
  const text = `seatwise1:${deflateRawSync(JSON.stringify(old)).toString("base64")}`;
  expect(ownedIn(decodeRecord(text))).toEqual({ [id]: one });
  expect(encodeRecord(decodeRecord(text))).toBe(encodeRecord(recordOf({ [id]: one })));
});

test("a table that lost a row is an error, not fewer seats", () => {
  const one: Owned = { license: "l", holder: "h", account: "a", since: "s", how: "assigned" };
  const table = toTable(
    new Map([
      ["p1", one],
      ["p2", { ...one, account: "b" }],
    ]),
  );
  const cut: OwnedTable = { ...table, account: { each: ["a"] } };
  expect(() => fromTable(cut)).toThrow("cut short");
  expect(() => fromTable({ ...table, people: { uuids: "AAAA" } })).toThrow("cut short");
});

test("a record written before there were tables is read", () => {
  const old =
    "seatwise1:LU5BisMwDPzLnN3FTtsUdN0v7KnLHowtUoMjB9tJKCF/X5wUhNBIM6PZYKcpvkEyx6gwsHC2NSQBGYXgQdDamK67Xm+3+73vHw8ojDym/AZtcFZ88LZyAW27gksp+rTKiXzI7OpBPf0j2yXIcF7TKuybyWRat86lWSoIFgqvFD1nEF4HWNu6lDA0iUIMjqUwCBEKJYhrc6e7/qLNRZsfremoL631E/uukHlMi40F9PunkOfI3+3dJ/dqQ/0E2xVmKXPmk7mAzP4P";
  expect(ownedIn(decodeRecord(old))).toEqual({
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
  const [u1, u2, u3] = [1, 2, 3].map((i) => `0b0e7ba2-52a0-4b9c-8f30-e1a77ff4a3d${i}`) as [string, string, string];
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
  rows.push({
    owned: { [u1]: at("l", u1), [u2]: at("m", u2), p3: at("l", u3) },
    seats: [
      ["l", u1, u1],
      ["m", u1, undefined],
      ["m", u2, u2],
      ["l", u2, undefined],
      ["l", u3, "p3"],
    ],
  });
  for (const { owned: all, seats } of rows) {
    const holders = holderOf(recordOf(all));
    const read = holderOf(decodeRecord(encodeRecord(recordOf(all))));
    expect([...holders.keys()].sort()).toEqual([...new Set(Object.values(all).map((o) => o.license))].sort());
    for (const [license, holder, person] of seats) {
      expect(holders.get(license)?.get(holder)).toBe(person);
      expect(holders.get(license)?.has(holder) ?? false).toBe(person !== undefined);
      expect(read.get(license)?.get(holder)).toBe(person);
      expect(read.get(license)?.size).toBe(holders.get(license)?.size);
    }
  }
});
