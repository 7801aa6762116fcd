import type { Connector } from "../../core/connector.ts";
import type { User } from "./api.ts";
import { isGroupSku } from "./sku.ts";

/**
 * Entra licenses nobody directly who has no usage location; somebody in a licensed group takes the tenant's. Known only of
 * people whose answer held the property: emptied it is null, and not asked for it is absent.
 */
export const createLacks =
  (told: (id: string) => User | null): NonNullable<Connector["lacks"]> =>
  ({ sku }, id) => {
    const location = isGroupSku(sku) ? undefined : told(id)?.usageLocation;
    if (location !== null && location !== "") return null;
    return {
      code: "no-usage-location",
      text: "no usageLocation, and Entra licenses nobody without one. Set it (two letters, DE or US) in Entra or where its people come from; it is not set from here, since it decides which services somebody may use. The next plan goes on.",
    };
  };
