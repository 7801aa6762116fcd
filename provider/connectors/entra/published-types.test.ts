import type {
  AssignedLicense,
  Group,
  LicenseAssignmentState,
  LicenseUnitsDetail,
  ServicePlanInfo,
  SignInActivity,
  SubscribedSku,
  User,
} from "@microsoft/microsoft-graph-types";
import { groupFields, holderFields } from "./api.ts";
import { config } from "./config.ts";
import { selected } from "./person.ts";
import { groupDefaults, readUser, skuRow, userDefaults, userSchema } from "./server/represent.ts";
import { apply, sku, start, stopAll } from "./world.fixture.ts";

afterAll(stopAll);

/** The compiler checks every name here against Microsoft's published types; the tests, that it is what we send and serve. */
const person = [
  "id",
  "userPrincipalName",
  "mail",
  "accountEnabled",
  "givenName",
  "surname",
  "department",
  "jobTitle",
  "createdDateTime",
  "employeeHireDate",
  "companyName",
  "country",
  "city",
  "state",
  "officeLocation",
  "employeeId",
  "employeeType",
  "userType",
  "usageLocation",
  "onPremisesExtensionAttributes",
] as const satisfies readonly (keyof User)[];
const holder = [
  "id",
  "userPrincipalName",
  "accountEnabled",
  "assignedLicenses",
  "licenseAssignmentStates",
] as const satisfies readonly (keyof User)[];
const group = [
  "id",
  "displayName",
  "groupTypes",
  "onPremisesSyncEnabled",
  "assignedLicenses",
] as const satisfies readonly (keyof Group)[];
const served = [
  ...person,
  "assignedLicenses",
  "businessPhones",
  "displayName",
  "licenseAssignmentStates",
  "onPremisesSyncEnabled",
  "otherMails",
  "proxyAddresses",
  "signInActivity",
] as const satisfies readonly (keyof User)[];

const given = { tenantId: "t", clientId: "c" };

it("what the connector selects are properties of Microsoft's types", () => {
  expect(selected(config.parse(given)).split(",")).toEqual(person);
  expect(holderFields.split(",")).toEqual(holder);
  expect(groupFields.split(",")).toEqual(group);
});
it("what the simulator serves of people and groups are properties of Microsoft's types", () => {
  const own = [...userSchema.properties.keys()].filter((name) => !name.includes("/"));
  expect(own.sort()).toEqual([...served].sort());
  const defaults = ["mobilePhone", "preferredLanguage"] as const satisfies readonly (keyof User)[];
  expect(userDefaults.filter((name) => !own.includes(name))).toEqual(defaults);
  const groups = ["mailEnabled", "securityEnabled", ...group] as const satisfies readonly (keyof Group)[];
  expect([...groupDefaults].sort()).toEqual([...groups].sort());
});

const world = () =>
  start({
    skus: [{ sku: "SPE_E5", enabled: 5 }],
    groups: [{ name: "lic", licenses: ["SPE_E5"] }],
    people: [{ login: "ada", licenses: ["SPE_E5"], groups: ["lic"], signedIn: 0 }, { login: "bob" }],
  });
it("a row of subscribedSkus is Microsoft's SubscribedSku", async () => {
  const { simulator } = await world();
  const [one] = simulator.tenant().skus.values();
  if (!one) throw new Error("no SKU");
  const row = skuRow(simulator.tenant(), one, simulator.tenantId) satisfies SubscribedSku & {
    prepaidUnits: LicenseUnitsDetail;
    servicePlans: ServicePlanInfo[];
  };
  expect(row).toMatchObject({ skuPartNumber: "SPE_E5", consumedUnits: 1, prepaidUnits: { enabled: 5, warning: 0 } });
});
it("states, licenses and sign-ins have the keys of Microsoft's types, each of them", async () => {
  const { simulator, id } = await world();
  const user = simulator.tenant().users.get(id("ada"));
  if (!user) throw new Error("nobody");
  const keysOf = (value: unknown): string[] => Object.keys(Array.isArray(value) ? value[0] : (value as object)).sort();
  const state: Required<Record<keyof LicenseAssignmentState, 1>> = {
    assignedByGroup: 1,
    disabledPlans: 1,
    error: 1,
    lastUpdatedDateTime: 1,
    skuId: 1,
    state: 1,
  };
  const license: Required<Record<keyof AssignedLicense, 1>> = { disabledPlans: 1, skuId: 1 };
  const signIn: Required<Record<keyof SignInActivity, 1>> = {
    lastNonInteractiveSignInDateTime: 1,
    lastNonInteractiveSignInRequestId: 1,
    lastSignInDateTime: 1,
    lastSignInRequestId: 1,
    lastSuccessfulSignInDateTime: 1,
    lastSuccessfulSignInRequestId: 1,
  };
  expect(keysOf(readUser(user, "licenseAssignmentStates"))).toEqual(Object.keys(state));
  expect(keysOf(readUser(user, "assignedLicenses"))).toEqual(Object.keys(license));
  expect(keysOf(readUser(user, "signInActivity"))).toEqual(Object.keys(signIn));
});
it("the connector's assignLicense holds what Microsoft's action takes", async () => {
  const w = await world();
  const sent: string[] = [];
  const transport: typeof w.simulator.transport = (one) => {
    if (one.url.endsWith("$batch")) sent.push(one.body ?? "");
    return w.simulator.transport(one);
  };
  await apply(w.open({}, { transport }), [{ act: "assign", sku: sku.e5, holder: w.id("bob"), account: "bob" }]);
  const expected: { addLicenses: AssignedLicense[]; removeLicenses: string[] } = {
    addLicenses: [{ skuId: sku.e5, disabledPlans: [] }],
    removeLicenses: [],
  };
  expect(JSON.parse(sent[0] ?? "{}")).toEqual({
    requests: [
      {
        id: "1",
        method: "POST",
        url: `/users/${w.id("bob")}/assignLicense`,
        headers: { "Content-Type": "application/json" },
        body: expected,
      },
    ],
  });
});
