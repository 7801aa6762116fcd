import type { Property, Schema } from "./filter.ts";
import { effective } from "./licensing.ts";
import type { GroupState, SkuState, Tenant, UserState } from "./state.ts";

const byDefault: Property = { eq: "default" };
const withHeader: Property = { eq: "advanced" };
const never: Property = { eq: "none" };
const mail: Property = { eq: "default", endsWith: true };

/** Which properties there are, and how they may be filtered: aad-advanced-queries, "Support for filter by properties". */
const userProperties: ReadonlyMap<string, Property> = new Map([
  ["id", byDefault],
  ["userPrincipalName", mail],
  ["mail", mail],
  ["otherMails", mail],
  ["proxyAddresses", mail],
  ["accountEnabled", byDefault],
  ["displayName", byDefault],
  ["givenName", byDefault],
  ["surname", byDefault],
  ["department", byDefault],
  ["jobTitle", byDefault],
  ["city", byDefault],
  ["state", byDefault],
  ["country", byDefault],
  ["usageLocation", byDefault],
  ["userType", byDefault],
  ["employeeId", byDefault],
  ["employeeType", byDefault],
  ["createdDateTime", byDefault],
  ["onPremisesSyncEnabled", byDefault],
  ["assignedLicenses", byDefault],
  ["companyName", withHeader],
  ["officeLocation", withHeader],
  ["employeeHireDate", withHeader],
  ["onPremisesExtensionAttributes", withHeader],
  ...Array.from(
    { length: 15 },
    (_, i) => [`onPremisesExtensionAttributes/extensionAttribute${i + 1}`, withHeader] as const,
  ),
  ["businessPhones", never],
  ["licenseAssignmentStates", never],
  ["signInActivity", byDefault],
]);
const groupProperties: ReadonlyMap<string, Property> = new Map([
  ["id", byDefault],
  ["displayName", byDefault],
  ["groupTypes", byDefault],
  ["securityEnabled", byDefault],
  ["mailEnabled", byDefault],
  ["onPremisesSyncEnabled", byDefault],
  ["assignedLicenses", byDefault],
]);

const licenseStates = (user: UserState) => [
  ...[...user.direct].map(([skuId, { disabledPlans, at }]) => ({
    skuId,
    disabledPlans: [...disabledPlans],
    lastUpdatedDateTime: at,
    state: "Active",
    error: "None",
    assignedByGroup: null,
  })),
  ...user.inherited.map(({ skuId, disabledPlans, at, state, error, groupId }) => ({
    skuId,
    disabledPlans: [...disabledPlans],
    lastUpdatedDateTime: at,
    state,
    error,
    assignedByGroup: groupId,
  })),
];

const reads: Readonly<Record<string, (user: UserState) => unknown>> = {
  id: ({ id }) => id,
  assignedLicenses: (user) =>
    [...effective(user)].map(([skuId, disabledPlans]) => ({ skuId, disabledPlans: [...disabledPlans] })),
  licenseAssignmentStates: licenseStates,
  signInActivity: ({ attempted, succeeded }) =>
    attempted === null && succeeded === null
      ? undefined
      : {
          lastSignInDateTime: attempted,
          lastSignInRequestId: null,
          lastNonInteractiveSignInDateTime: null,
          lastNonInteractiveSignInRequestId: null,
          lastSuccessfulSignInDateTime: succeeded,
          lastSuccessfulSignInRequestId: null,
        },
};

export const readUser = (user: UserState, path: string): unknown => {
  const [name = "", inner] = path.split("/");
  const value = reads[name] ? reads[name](user) : user.properties[name];
  return inner === undefined ? value : (value as Record<string, unknown> | null | undefined)?.[inner];
};
export const userSchema: Schema<UserState> = { type: "user", properties: userProperties, read: readUser };

const readGroup = (group: GroupState, path: string): unknown =>
  path === "assignedLicenses"
    ? group.licenses.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: [...disabledPlans] }))
    : {
        id: group.id,
        displayName: group.displayName,
        groupTypes: [...group.groupTypes],
        securityEnabled: true,
        mailEnabled: false,
        onPremisesSyncEnabled: group.onPremisesSyncEnabled,
      }[path];
export const groupSchema: Schema<GroupState> = { type: "group", properties: groupProperties, read: readGroup };

/** What Graph gives where nothing is selected. */
export const userDefaults = [
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
];
export const groupDefaults = [...groupProperties.keys()];

export const represent = <T>(schema: Schema<T>, item: T, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = schema.read(item, name);
      // Never signed in: the property is left out.
      return name === "signInActivity" && value === undefined
        ? []
        : [[name, value ?? (name === "businessPhones" ? [] : null)]];
    }),
  );

export const skuRow = (tenant: Tenant, sku: SkuState, tenantId: string) => ({
  accountId: tenantId,
  accountName: "acme",
  id: `${tenantId}_${sku.skuId}`,
  skuId: sku.skuId,
  skuPartNumber: sku.skuPartNumber,
  appliesTo: sku.appliesTo,
  capabilityStatus: sku.enabled > 0 ? "Enabled" : sku.warning > 0 ? "Warning" : "Suspended",
  consumedUnits: tenant.consumed.get(sku.skuId) ?? 0,
  prepaidUnits: { enabled: sku.enabled, suspended: sku.suspended, warning: sku.warning, lockedOut: 0 },
  servicePlans: sku.plans.map((plan) => ({ ...plan, provisioningStatus: "Success" })),
  subscriptionIds: [],
});
