import { harness, pool } from "../engine/runs.fixture.ts";
import { person, world } from "../testing/memory-world.ts";
import { approvedBy } from "./check-approve.ts";

let h: ReturnType<typeof harness>;
afterEach(() => h.close());

const step = (urn: string, digest: unknown, op = "create") =>
  JSON.stringify({ steps: [{ op, urn, newState: { inputs: { digest } } }] });

test("the plans of the preview that FILE shows are approved, and no other ones", async () => {
  h = harness(world([person("ada")]));
  const { checked } = await h.preview(pool());
  expect(Object.keys(approvedBy(step("urn::crm", checked.inputs.digest), h.home).pools)).toEqual(["urn::crm"]);
  const other = "0".repeat(64);
  const refused = /^nothing is approved: the last preview on this machine planned urn::crm otherwise$/;
  expect(() => approvedBy(step("urn::crm", other), h.home)).toThrow(refused);
  expect(() => approvedBy(step("urn::of-another-stack", other), h.home)).toThrow(/nothing is approved/);
  expect(() => approvedBy(step("urn::not-targeted", other, "same"), h.home)).not.toThrow();
  const terraform = (name: string, actions: string[]) =>
    JSON.stringify({
      resource_changes: [{ type: "seatwise_seat_pool", change: { actions, after: { name, digest: other } } }],
    });
  expect(() => approvedBy(terraform("crm", ["update"]), h.home)).toThrow(/planned SeatPool::crm otherwise/);
  expect(() => approvedBy(terraform("crm", ["no-op"]), h.home)).not.toThrow();
});
