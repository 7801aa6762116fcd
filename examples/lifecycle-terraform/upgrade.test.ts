import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../provider/testing/real/tool-path.ts";
import { crm, engWith, expectCode, openStand, person, type Stand, stateText } from "./stand.ts";

jest.setTimeout(240_000);

/**
 * The state that version 0.1.0 left, with the ids of this test's people. Later versions must take it without a change.
 * `RECORD_STATE=1` writes it anew: only together with a version that says so.
 */
const recorded = join(repository(), "examples/lifecycle-terraform/state-0.1.0.tfstate");
const people = [person("ada"), person("bob"), person("cy", "sales")];
const program = engWith({ allotment: 1 });

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly instances: readonly { attributes: Record<string, unknown>; private?: string }[];
  }[];
}

let stand: Stand;
afterEach(() => stand.stop());

/** The recorded state in this stand, changed as a test needs. */
const restore = async (change: (attributes: Record<string, unknown>) => void): Promise<void> => {
  const state = JSON.parse(readFileSync(recorded, "utf8")) as StateFile; // by its format
  for (const { type, instances } of state.resources)
    if (type === "seatwise_seat_pool") for (const { attributes } of instances) change(attributes);
  writeFileSync(join(stand.folder, "terraform.tfstate"), JSON.stringify(state));
  await stand.admin.join("ada", "crm-users");
};

/** Nothing to change, the seat is still ours, who waits still waits. */
const goesOn = async (): Promise<void> => {
  expectCode(await stand.cli.plan(), 0);
  expect(await stand.pool()).toMatchObject({ owned: 1, waiting: { total: 1, people: [{ person: "bob" }] } });
  await stand.admin.setAttribute("ada", "department", "sales");
  expectCode(await stand.cli.apply(), 0);
  expect(await stand.seated()).toEqual(["bob"]);
  expectCode(await stand.cli.plan(), 0);
};

test("state of 0.1.0", async () => {
  stand = await openStand(people);
  await stand.declare(program);
  if (process.env.RECORD_STATE) {
    expectCode(await stand.cli.apply(), 0);
    writeFileSync(recorded, await stateText(stand));
  } else await restore(() => {});
  await goesOn();
});

test("state of a version that had another attribute, and lacked one of ours", async () => {
  stand = await openStand(people);
  await stand.declare(program);
  await restore((attributes) => {
    attributes.seats_by_moon_phase = { full: 1 };
    delete attributes.surplus;
    delete attributes.undecided;
    delete attributes.on_exhaustion;
  });
  expectCode(await stand.cli.plan(), 0);
  expectCode(await stand.cli.apply(), 0); // the state is written as this version has it: \`show\` reads no other
  await goesOn();
});

test("state whose private data is gone: the seats count as held before, nobody loses one", async () => {
  stand = await openStand(people);
  await stand.declare(program);
  await restore(() => {});
  const path = join(stand.folder, "terraform.tfstate");
  const state = JSON.parse(readFileSync(path, "utf8")) as StateFile; // as just written
  for (const { instances } of state.resources) for (const instance of instances) delete instance.private;
  writeFileSync(path, JSON.stringify(state));
  stand.writes();
  expectCode(await stand.cli.apply(), 0);
  expect(stand.writes().filter((method) => method === "DELETE")).toEqual([]);
  expect((await stand.seated()).includes("ada")).toBe(true);
  expectCode(await stand.cli.plan(), 0);
  expect(await stand.pool(crm)).toMatchObject({ id: "crm" });
});
