import type { PlanState, SkuState } from "./state.ts";

const plan = (
  servicePlanName: string,
  servicePlanId: string,
  appliesTo: PlanState["appliesTo"] = "User",
): PlanState => ({ servicePlanName, servicePlanId, appliesTo });
const exchange = plan("EXCHANGE_S_ENTERPRISE", "efb87545-963c-4e0d-99df-69c6916d9eb0");
const exchangeSmall = plan("EXCHANGE_S_STANDARD", "9aaf7827-d63c-4b61-89c3-182f06f82e5c");
const foundation = plan("EXCHANGE_S_FOUNDATION", "113feb6c-3fe4-4440-bddc-54d774bf0318", "Company");
const sharepoint = plan("SHAREPOINTENTERPRISE", "5dbe027f-2339-4123-9542-606e4d348a72");
const office = plan("OFFICESUBSCRIPTION", "43de0ff5-c92c-492b-9116-175376d08c38");
const teams = plan("TEAMS1", "57ff2da0-773e-42df-b2af-ffb7a2317929");
const intune = plan("INTUNE_A", "c1ec4a95-1f05-45b3-a911-aa3fa01094f5");
const premium = plan("AAD_PREMIUM", "41781fb2-bc02-4b7c-bd55-b576c07bb09d");
const premium2 = plan("AAD_PREMIUM_P2", "eec0eb4f-6444-4f95-aba0-50c24d67f998");
const phone = plan("MCOEV", "4828c8ec-dc2e-4779-b502-87ac9ce28ab7");
const powerBi = plan("BI_AZURE_P2", "70d33638-9c74-4d01-bfd3-562de28bd4ba");
const visio = plan("VISIO_CLIENT_SUBSCRIPTION", "663a804f-1c30-4ff0-9915-9db84f0d1cea");
const visioWeb = plan("VISIOONLINE", "2bdbaf8f-738f-4ac7-9234-3c3ee2ce7d0f");

/** The usual SKUs with some of their plans, as Microsoft's table of product names names them. */
const known: readonly Pick<SkuState, "skuId" | "skuPartNumber" | "plans">[] = [
  {
    skuPartNumber: "SPE_E5",
    skuId: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
    plans: [exchange, sharepoint, office, teams, intune, premium, premium2, phone, powerBi],
  },
  {
    skuPartNumber: "SPE_E3",
    skuId: "05e9a617-0261-4cee-bb44-138d3ef5d965",
    plans: [exchange, sharepoint, office, teams, intune, premium],
  },
  { skuPartNumber: "VISIOCLIENT", skuId: "c5928f49-12ba-48f7-ada3-0d743a3601d5", plans: [visio, visioWeb, foundation] },
  { skuPartNumber: "POWER_BI_PRO", skuId: "f8a1db68-be16-40ed-86d5-cb42ce701560", plans: [powerBi, foundation] },
  { skuPartNumber: "EXCHANGESTANDARD", skuId: "4b9405b0-7788-4568-add1-99614e613b69", plans: [exchangeSmall] },
  { skuPartNumber: "MCOEV", skuId: "e43b5b99-8dfb-405f-9987-dc307f34bcbd", plans: [phone] },
];
/** A mailbox is of one kind; a telephone needs Teams. */
export const exclusive: readonly (readonly [string, string])[] = [
  [exchange.servicePlanId, exchangeSmall.servicePlanId],
];
export const needs: readonly (readonly [string, string])[] = [[phone.servicePlanId, teams.servicePlanId]];

export const knownSku = (word: string): (typeof known)[number] | undefined =>
  known.find(({ skuId, skuPartNumber }) =>
    [skuId, skuPartNumber].some((own) => own.toLowerCase() === word.toLowerCase()),
  );
