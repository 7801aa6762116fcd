import type { Path } from "../../core/problem.ts";
import { attributePath, placeText } from "./attribute-path.ts";
import { packageSchema } from "./package-schema.ts";
import type { ObjectSchema } from "./schema-model.ts";

const find = (type: string): ObjectSchema => packageSchema.resources.find((of) => of.type === type) ?? { fields: [] };
const pool = find("SeatPool");
const { provider } = packageSchema;

test.each<[string, Path, ObjectSchema, object[] | null, string]>([
  ["an attribute", ["onExhaustion"], pool, [{ attributeName: "on_exhaustion" }], "on_exhaustion"],
  ["a renamed one", ["connection"], find("License"), [{ attributeName: "connection_name" }], "connection_name"],
  ["an element of a list", ["rules", 1], pool, [{ attributeName: "rules" }, { elementKeyInt: 1 }], "rules[1]"],
  [
    "inside an element: Terraform has no line for it",
    ["rules", 1, "claim", "grants", 0, "expiresAt"],
    pool,
    [{ attributeName: "rules" }, { elementKeyInt: 1 }],
    "rules[1].claim.grants[0].expires_at",
  ],
  // A path to `license.connection` would make Terraform look for a root attribute `connection`.
  ["inside an object", ["license", "connection"], pool, [{ attributeName: "license" }], "license.connection"],
  ["inside another", ["gracePeriod", "unclaimed"], pool, [{ attributeName: "grace_period" }], "grace_period.unclaimed"],
  [
    "a map's entry",
    ["connections", "c r m", "keycloak", "baseUrl"],
    provider,
    [{ attributeName: "connections" }, { elementKeyString: "c r m" }],
    'connections["c r m"].keycloak.base_url',
  ],
  [
    "a key that looks like a name of ours stays as it is",
    ["connections", "baseUrl", "scim", "baseUrl"],
    provider,
    [{ attributeName: "connections" }, { elementKeyString: "baseUrl" }],
    "connections.baseUrl.scim.base_url",
  ],
  [
    "the one block inside a block",
    ["timeouts", "create"],
    pool,
    [{ attributeName: "timeouts" }, { attributeName: "create" }],
    "timeouts.create",
  ],
  ["no place", [], pool, null, ""],
  ["a place that is not Terraform's", ["__record"], pool, null, "__record"],
  ["a wrong kind of step", ["name", 0], pool, [{ attributeName: "name" }], "name[0]"],
])("%s", (_name, path, schema, steps, text) => {
  expect(attributePath(path, schema)).toEqual(steps && { steps });
  expect(placeText(path, schema)).toBe(text);
});
