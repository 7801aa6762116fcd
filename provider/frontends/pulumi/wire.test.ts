import fc from "fast-check";
import { Secret, UNKNOWN, type Value, type Values } from "../../core/value.ts";
import { decode, encode } from "./codec.ts";
import { providerPb, structPb } from "./proto.ts";
import { service, structBytes } from "./wire.ts";
import { readStruct } from "./wire-read.ts";

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, UNKNOWN, 0, 1.5, -1, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true }).map((n) => n + 0 || 0),
    fc.string({ unit: "grapheme", size: "medium" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.string().map((text) => new Secret(text)),
  ),
}));
const values: fc.Arbitrary<Values> = fc
  .dictionary(fc.string({ unit: "grapheme" }), value, { noNullPrototype: true })
  .filter((v) => !JSON.stringify(v).includes("__proto__"));

test("the generated code reads what we write as what it would have written", () => {
  fc.assert(
    fc.property(values, (given) => {
      const struct = encode(given);
      const theirs = structPb.Struct.deserializeBinary(struct.serializeBinary());
      const ours = structPb.Struct.deserializeBinary(Uint8Array.from(structBytes(struct)));
      expect(decode(ours)).toEqual(decode(theirs));
      expect(decode(readStruct(Buffer.from(struct.serializeBinary())))).toEqual(decode(theirs));
    }),
    { numRuns: 500 },
  );
});

test("strings of every length that changes the length's own length", () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const struct = encode({ text: "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2) });
    const bytes = structBytes(struct);
    expect(decode(structPb.Struct.deserializeBinary(Uint8Array.from(bytes)))).toEqual(decode(struct));
    expect(decode(readStruct(bytes))).toEqual(decode(struct));
  }
});

test("whole answers: every field is where the generated code looks for it", () => {
  const [properties, inputs] = [{ __record: new Secret("r") }, { name: "eng" }];
  const answers = () => ({
    create: new providerPb.CreateResponse().setId("eng").setRefreshBeforeUpdate(true).setProperties(encode(properties)),
    update: new providerPb.UpdateResponse().setRefreshBeforeUpdate(true).setProperties(encode(properties)),
    read: new providerPb.ReadResponse()
      .setId("eng")
      .setRefreshBeforeUpdate(true)
      .setProperties(encode(properties))
      .setInputs(encode(inputs)),
  });
  const reread = {
    create: providerPb.CreateResponse.deserializeBinary(
      Uint8Array.from(service.create.responseSerialize(answers().create)),
    ),
    update: providerPb.UpdateResponse.deserializeBinary(
      Uint8Array.from(service.update.responseSerialize(answers().update)),
    ),
    read: providerPb.ReadResponse.deserializeBinary(Uint8Array.from(service.read.responseSerialize(answers().read))),
  };
  for (const name of ["create", "update", "read"] as const)
    expect(reread[name].toObject()).toEqual(answers()[name].toObject());
});

test("whole requests: every field is read as the generated code reads it, what is absent stays absent", () => {
  const state = () => encode({ __record: new Secret("r"), ключ: [1, null, { deep: true }] });
  const requests = {
    read: [
      new providerPb.ReadRequest().setId("i").setUrn("u").setProperties(state()).setInputs(encode({})).setTimeout(1.5),
      new providerPb.ReadRequest().setId("i").setName("n").setProperties(state()),
    ],
    diff: [
      new providerPb.DiffRequest()
        .setOlds(state())
        .setNews(state())
        .setOldInputs(state())
        .setIgnorechangesList(["a", "b"]),
      new providerPb.DiffRequest().setOlds(state()).setType("t"),
    ],
    update: [
      new providerPb.UpdateRequest().setOlds(state()).setNews(state()).setOldInputs(state()).setPreview(true),
      new providerPb.UpdateRequest().setNews(state()).setTimeout(3600),
    ],
  };
  for (const name of ["read", "diff", "update"] as const)
    for (const request of requests[name]) {
      const bytes = Buffer.from(request.serializeBinary());
      expect(service[name].requestDeserialize(bytes).toObject()).toEqual(request.toObject());
    }
});

test("a request that is cut short is an error, not fewer properties", () => {
  const bytes = Buffer.from(new providerPb.ReadRequest().setProperties(encode({ a: "text" })).serializeBinary());
  for (let length = 1; length < bytes.length; length += 1)
    expect(() => service.read.requestDeserialize(bytes.subarray(0, length))).toThrow("cut short");
});
