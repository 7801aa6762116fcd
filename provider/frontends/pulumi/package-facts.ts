import { isUnknown, Secret, type Value, type Values } from "../../core/value.ts";

export const PACKAGE = "seatwise";

/** What serving needs to know of the package schema; the rest is for code generators. */
interface Properties {
  readonly [name: string]: { readonly type?: string; readonly secret?: boolean } | undefined;
}
interface PackageSchema {
  readonly provider?: { readonly inputProperties?: Properties };
  readonly types?: Readonly<Record<string, { readonly properties?: Properties } | undefined>>;
  readonly resources?: Readonly<Record<string, { readonly inputProperties?: Properties } | undefined>>;
}

/** `seatwise:index:SeatPool` → `SeatPool`. */
export const memberOf = (token: string): string => token.slice(token.lastIndexOf(":") + 1);

const parsed = (text: string): Value | null => {
  try {
    return JSON.parse(text) as Value; // JSON holds nothing but values
  } catch {
    return null;
  }
};

const read = (type: string | undefined, text: string): Value => {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "integer":
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return /^\s*[[{]/.test(text) ? (parsed(text) ?? text) : text;
  }
};

/** Facts from the package schema, parsed when first asked for: most runs need few of them. */
export class PackageFacts {
  readonly #text: () => string;
  #schema: PackageSchema | null = null;

  constructor(text: () => string) {
    this.#text = text;
  }

  #facts(): PackageSchema {
    this.#schema ??= JSON.parse(this.#text()) as PackageSchema; // our own generated file
    return this.#schema;
  }

  inputsOf(type: string): Properties {
    return this.#facts().resources?.[`${PACKAGE}:index:${type}`]?.inputProperties ?? {};
  }

  /** Names of all fields that are secret by definition. */
  secretNames(): ReadonlySet<string> {
    const { types = {}, provider = {} } = this.#facts();
    const all = [provider.inputProperties, ...Object.values(types).map((type) => type?.properties)];
    return new Set(
      all.flatMap((properties = {}) => Object.keys(properties).filter((name) => properties[name]?.secret)),
    );
  }

  /**
   * Stack configuration and generated SDKs send everything in a provider's configuration as text, lists and maps as JSON.
   * What the SDK adds for the engine's own use is left out.
   */
  config(raw: Values): Values {
    const properties = this.#facts().provider?.inputProperties ?? {};
    const value = (name: string, given: Value): Value => {
      if (given instanceof Secret) return new Secret(value(name, given.value));
      return typeof given === "string" && !isUnknown(given) ? read(properties[name]?.type, given) : given;
    };
    const ours = Object.entries(raw).filter(
      ([name]) => name !== "version" && name !== "pluginDownloadURL" && !name.startsWith("__"),
    );
    return Object.fromEntries(
      ours.map(([name, given]) => [name, given === undefined ? undefined : value(name, given)]),
    );
  }
}
