/**
 * How many members go into one PATCH. Servers differ by a factor of hundreds: scim2-server takes 10,000 as fast as 100
 * (each PATCH costs the whole group), Keycloak's SCIM needs the same time for each member. So the size grows tenfold
 * while the answers are quick and shrinks when they are not. A declared size stays.
 */
export interface Pace {
  size(): number;
  took(members: number, ms: number): void;
  /** The service finds so many too many. */
  tooMany(members: number): void;
}
const first = 100;
const aimMs = 2000;
export const mostPerPatch = 10_000;

export const createPace = (declared: number | undefined): Pace => {
  let size = declared ?? first;
  let most = declared ?? mostPerPatch;
  return {
    size: () => size,
    took(members, ms) {
      // A small last chunk says little about a large one.
      if (declared !== undefined || members < size) return;
      const factor = Math.min(10, Math.max(0.25, aimMs / Math.max(1, ms)));
      size = Math.max(1, Math.min(most, Math.floor(members * factor)));
    },
    tooMany(members) {
      most = Math.max(1, Math.floor(members / 2));
      size = Math.min(size, most);
    },
  };
};
