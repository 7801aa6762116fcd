import { faultedNames, faultedSystem } from "./faulted/faulted-runs.ts";
import { foldersWith } from "./measured/fixtures.ts";
import { leastRequests } from "./measured/least-requests.ts";
import { sharedBudget } from "./measured/shared-budget.ts";

/** `make bench` counts 10,000 seats and 2,000 people; these are fewer of the same. */
const seats = 2000;
const people = 400;
jest.setTimeout(300_000);

test("the vendors whose limits hurt are measured", () => {
  expect(foldersWith("measured")).toEqual(expect.arrayContaining(["entra", "github", "google-workspace", "okta"]));
});

test.each(foldersWith("measured"))("%s: requests are near the least that its API takes", async (folder) => {
  const ways = await leastRequests(folder, seats);
  expect(ways.length).toBeGreaterThan(0);
  for (const { name, assign, refresh } of ways) {
    expect([name, assign.refused, refresh.refused]).toEqual([name, 0, 0]);
    // Look-ups by name and a token do not grow with the seats: of 10,000 they are within the tenth.
    expect(assign.requests).toBeLessThanOrEqual(assign.least.requests * 1.05 + 3);
    expect(refresh.requests).toBeLessThanOrEqual(refresh.least.requests * 1.05 + 3);
    expect(assign.requests).toBeGreaterThanOrEqual(assign.least.requests);
    expect(refresh.requests).toBeGreaterThanOrEqual(refresh.least.requests);
  }
});

test.each(faultedNames())("%s: eight resources side by side are never refused by a limit", async (folder) => {
  const { requests, selfInflicted, failed, ms } = await sharedBudget(await faultedSystem(folder), people);
  expect({ selfInflicted, failed }).toEqual({ selfInflicted: 0, failed: 0 });
  expect(requests).toBeGreaterThan(100);
  // They did come near it: time was waited for.
  expect(ms).toBeGreaterThan(1000);
});
