/** Google's products and SKUs as its page "Google product and SKU IDs" names them; no API lists them. */
const products: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Google-Apps": {
    "1010020027": "Google Workspace Business Starter",
    "1010020028": "Google Workspace Business Standard",
    "1010020025": "Google Workspace Business Plus",
    "1010060003": "Google Workspace Enterprise Essentials",
    "1010060005": "Google Workspace Enterprise Essentials Plus",
    "1010020029": "Google Workspace Enterprise Starter",
    "1010020026": "Google Workspace Enterprise Standard",
    "1010020020": "Google Workspace Enterprise Plus",
    "1010060001": "Google Workspace Essentials",
    "1010020030": "Google Workspace Frontline Starter",
    "1010020031": "Google Workspace Frontline Standard",
    "1010020034": "Google Workspace Frontline Plus",
    "1010020035": "Google Workspace Business Continuity",
    "1010020036": "Google Workspace Business Continuity Plus",
    "Google-Apps-Unlimited": "G Suite Business",
    "Google-Apps-For-Business": "G Suite Basic",
    "Google-Apps-Lite": "G Suite Lite",
    "Google-Apps-For-Postini": "Google Apps Message Security",
    "Google-Apps-For-Education": "Google Workspace for Education Fundamentals",
    "1010070001": "Google Workspace for Education Fundamentals (1010070001)",
    "1010070004": "Google Workspace for Education Gmail Only",
  },
  "101031": {
    "1010310005": "Google Workspace for Education Standard",
    "1010310006": "Google Workspace for Education Standard (Staff)",
    "1010310007": "Google Workspace for Education Standard (Extra Student)",
    "1010310008": "Google Workspace for Education Plus",
    "1010310009": "Google Workspace for Education Plus (Staff)",
    "1010310010": "Google Workspace for Education Plus (Extra Student)",
    "1010310002": "Google Workspace for Education Plus - Legacy",
    "1010310003": "Google Workspace for Education Plus - Legacy (Student)",
  },
  "101037": { "1010370001": "Google Workspace for Education: Teaching and Learning Upgrade" },
  "101049": { "1010490001": "Endpoint Education Upgrade" },
  "101047": {
    "1010470001": "Gemini Enterprise",
    "1010470003": "Gemini Business",
    "1010470004": "Google AI Pro for Education",
    "1010470005": "Gemini Education Premium",
    "1010470006": "AI Security",
    "1010470007": "AI Meetings and Messaging",
    "1010470008": "Google AI Ultra for Business",
    "1010470009": "AI Expanded Access",
  },
  "101034": {
    "1010340001": "Google Workspace Enterprise Plus - Archived User",
    "1010340002": "G Suite Business - Archived User",
    "1010340003": "Google Workspace Business Plus - Archived User",
    "1010340004": "Google Workspace Enterprise Standard - Archived User",
    "1010340005": "Google Workspace Business Starter - Archived User",
    "1010340006": "Google Workspace Business Standard - Archived User",
    "1010340007": "Google Workspace for Education Fundamentals - Archived User",
  },
  "101001": { "1010010001": "Cloud Identity Free" },
  "101005": { "1010050001": "Cloud Identity Premium" },
  "101033": {
    "1010330003": "Google Voice Starter",
    "1010330004": "Google Voice Standard",
    "1010330002": "Google Voice Premier",
  },
  "101035": { "1010350001": "Cloud Search" },
  "101036": { "1010360001": "Google Meet Global Dialing" },
  "101038": {
    "1010380001": "AppSheet Core",
    "1010380002": "AppSheet Enterprise Standard",
    "1010380003": "AppSheet Enterprise Plus",
  },
  "101039": { "1010390001": "Assured Controls", "1010390002": "Assured Controls Plus" },
  "101040": { "1010400001": "Chrome Enterprise Premium" },
  "101043": { "1010430001": "Google Workspace Additional Storage" },
  "101050": { "1010500001": "Colab Pro", "1010500002": "Colab Pro+" },
  "Google-Drive-storage": Object.fromEntries(
    ["20GB", "50GB", "200GB", "400GB", "1TB", "2TB", "4TB", "8TB", "16TB"].map((size) => [
      `Google-Drive-storage-${size}`,
      `Google Drive storage ${size.replace(/(GB|TB)$/, " $1")}`,
    ]),
  ),
  "Google-Vault": {
    "Google-Vault": "Google Vault",
    "Google-Vault-Former-Employee": "Google Vault - Former Employee",
  },
  "Google-Chrome-Device-Management": { "Google-Chrome-Device-Management": "Google Chrome Device Management" },
};

export interface LicenseSku {
  readonly product: string;
  readonly sku: string;
  readonly name: string;
}
export const licenseSkus: readonly LicenseSku[] = Object.entries(products).flatMap(([product, skus]) =>
  Object.entries(skus).map(([sku, name]) => ({ product, sku, name })),
);

/** Google writes "Google Workspace Enterprise Plus (formerly G Suite Enterprise)": what it was called before is no part of the name. */
const folded = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\s*\(formerly [^)]*\)/, "")
    .replace(/\s+/g, " ")
    .trim();

const bySku = new Map(licenseSkus.map((one) => [one.sku.toLowerCase(), one]));
const byName = new Map(licenseSkus.map((one) => [folded(one.name), one]));

/** By friendly name or id. A SKU that Google added since is written PRODUCT/SKU. */
export const licenseSku = (name: string): LicenseSku | null => {
  const known = bySku.get(name.toLowerCase()) ?? byName.get(folded(name));
  if (known) return known;
  const parts = /^([\w-]+)\/([\w-]+)$/.exec(name.trim());
  if (!parts?.[1] || !parts[2]) return null;
  const named = bySku.get(parts[2].toLowerCase());
  return named?.product === parts[1] ? named : { product: parts[1], sku: parts[2], name: `${parts[1]}/${parts[2]}` };
};

/** Licences of archived people are a product of their own; whoever is archived can hold no other. */
export const archivedProduct = "101034";
