import type { Person } from "../core/person.ts";

/** The person of the unit rows. */
export const ada: Person = {
  id: "u-1",
  login: "ada",
  email: "ada@acme.test",
  status: "active",
  firstName: "Ada",
  lastName: "Lovelace",
  department: "Engineering",
  title: "Senior Developer",
  manager: null,
  type: "employee",
  createdAt: "2026-01-01T00:00:00Z",
  startsOn: null,
  endsOn: null,
  groups: ["staff", "vpn"],
  attributes: { team: "sre", tags: ["go", "tf"] },
};

/** Processor time of this process so far: what bounds work on a busy machine, where the clock bounds nothing. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
