import { Problem } from "../../core/problem.ts";
import { isRecord, isUnknown, Secret, UNKNOWN, type Value, type Values } from "../../core/value.ts";
import { type Struct, type StructValue, structPb } from "./proto.ts";

/** Marks an object that stands for something else. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** "Not known yet", as a string. The engine has one per type and reads each as unknown; we write the first. */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

const { Struct: StructMessage, Value: ValueMessage, ListValue, NullValue } = structPb;
const { KindCase } = ValueMessage;

const secret = (value: Value): Secret => (value instanceof Secret ? value : new Secret(value));

const decodeSigned = (signature: Value | undefined, of: Values): Value => {
  const value = of.value ?? null;
  switch (signature) {
    case SECRET:
      return secret(value);
    case OUTPUT: {
      const known = "value" in of ? value : UNKNOWN;
      return of.secret === true ? secret(known) : known;
    }
    case REFERENCE: // a resource stands for its id, as it does for providers that do not know references
      return typeof of.id === "string" && of.id !== "" ? of.id : "id" in of ? UNKNOWN : (of.urn ?? null);
    case ASSET:
    case ARCHIVE:
      throw new Problem("invalid", "assets and archives are not accepted here", {
        hint: "Give a plain value instead.",
      });
    default:
      throw new Problem("unsupported", "the engine sent a kind of value that this provider does not know", {
        hint: "A newer Seatwise may know it.",
      });
  }
};

const decodeValue = (value: StructValue): Value => {
  switch (value.getKindCase()) {
    case KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      return unknowns.has(text) ? UNKNOWN : text;
    }
    case KindCase.LIST_VALUE:
      return value.getListValue()?.getValuesList().map(decodeValue) ?? [];
    case KindCase.STRUCT_VALUE: {
      const object = decode(value.getStructValue());
      return SIGNATURE in object ? decodeSigned(object[SIGNATURE], object) : object;
    }
    default:
      return null;
  }
};

/** The wire's properties as values: sentinels become UNKNOWN and Secret. Nothing sent is an empty object. */
export const decode = (struct: Struct | undefined): Values => {
  const entries: [string, Value][] = [];
  struct?.getFieldsMap().forEach((value, key) => {
    entries.push([key, decodeValue(value)]);
  });
  return Object.fromEntries(entries);
};

const signed = (signature: string, value: Value): StructValue =>
  new ValueMessage().setStructValue(encode({ [SIGNATURE]: signature, value }));

const encodeValue = (value: Value): StructValue => {
  if (value === null) return new ValueMessage().setNullValue(NullValue.NULL_VALUE);
  if (isUnknown(value)) return new ValueMessage().setStringValue(UNKNOWN_STRING);
  if (value instanceof Secret)
    return value.value instanceof Secret ? encodeValue(value.value) : signed(SECRET, value.value);
  if (typeof value === "string") return new ValueMessage().setStringValue(value);
  if (typeof value === "number") return new ValueMessage().setNumberValue(value);
  if (typeof value === "boolean") return new ValueMessage().setBoolValue(value);
  if (Array.isArray(value))
    return new ValueMessage().setListValue(new ListValue().setValuesList((value as readonly Value[]).map(encodeValue))); // isArray widens to any[]
  if (isRecord(value)) return new ValueMessage().setStructValue(encode(value));
  throw new Problem("bug", `a value of type ${typeof value} cannot be sent to the engine`);
};

/** Values as the wire's properties. Absent members stay absent. */
export const encode = (values: Values): Struct => {
  const struct = new StructMessage();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) fields.set(key, encodeValue(value));
  return struct;
};
