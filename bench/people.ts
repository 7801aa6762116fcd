import type { Person } from "../provider/core/person.ts";

/** Multiplicative congruential numbers: the same people in every run. */
function* numbers(): Generator<number, never> {
  for (let seed = 42; ; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    yield seed;
  }
}

export const departments = ["Engineering", "Sales", "Finance", "Support", "Legal", "People", "Marketing", "Security"];
export const titles = ["Senior Developer", "Developer", "Senior Analyst", "Analyst", "Intern", "Manager"];
export const teams = 400;

/**
 * The directory of limits-and-libraries 1.5. One thing is missing now and then, but one only, so that a hand-written
 * closure has as much to skip as ours.
 */
export function people(size: number): Person[] {
  const next = numbers();
  const pick = (from: readonly string[]): string | null => from[next.next().value % from.length] ?? null;
  return Array.from({ length: size }, (_, i): Person => {
    const groups = Array.from({ length: 7 }, () => `team-${next.next().value % teams}`);
    return {
      id: `id-${i}`,
      login: `login-${i}`,
      email: `login-${i}@acme.test`,
      status: "active",
      firstName: "Ada",
      lastName: `Person ${i}`,
      department: next.next().value % 50 === 0 ? null : pick(departments),
      title: next.next().value % 50 === 0 ? null : pick(titles),
      manager: null,
      type: "employee",
      createdAt: "2024-01-01T00:00:00Z",
      startsOn: null,
      endsOn: null,
      groups: (next.next().value % 2 === 0 ? [...groups, "vpn"] : groups).sort(),
      attributes: {},
    };
  });
}
