import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Certificate {
  readonly der: Buffer;
  /** As TLS takes them. */
  readonly pem: string;
  readonly key: string;
}

// Node parses certificates and issues none; packages that do cost each start of the provider 75 to 175 ms. These few DER forms cost 4.
const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
const integer = (bytes: Uint8Array): Buffer => tlv(0x02, bytes);
const octets = (body: Uint8Array): Buffer => tlv(0x04, body);
/** No unused bits but the named ones. */
const bits = (body: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), body);
const yes = tlv(0x01, Buffer.from([0xff]));

const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const oids = {
  ecdsaWithSha256: oid("2a8648ce3d040302"),
  commonName: oid("550403"),
  keyUsage: oid("551d0f"),
  subjectAltName: oid("551d11"),
  basicConstraints: oid("551d13"),
  extKeyUsage: oid("551d25"),
  serverAuth: oid("2b06010505070301"),
  clientAuth: oid("2b06010505070302"),
};

/** Years from 2050 on have four digits and another tag. */
const time = (at: Date): Buffer => {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  const short = at.getUTCFullYear() < 2050;
  return tlv(short ? 0x17 : 0x18, Buffer.from(short ? text.slice(2) : text));
};

const localhost = Buffer.from("localhost");
const name = sequence(set(sequence(oids.commonName, tlv(0x0c, localhost))));

const extension = (id: Buffer, value: Buffer, critical: boolean): Buffer =>
  sequence(id, ...(critical ? [yes] : []), octets(value));
/** Its own authority: Terraform puts the certificate into its list of roots. */
const extensions = sequence(
  extension(oids.basicConstraints, sequence(yes), true),
  extension(oids.keyUsage, bits(Buffer.from([0x84]), 2), true), // digitalSignature, keyCertSign
  extension(oids.extKeyUsage, sequence(oids.serverAuth, oids.clientAuth), false), // as go-plugin's own
  extension(oids.subjectAltName, sequence(tlv(0x82, localhost)), false),
);

/** Positive, without leading zeros, as an INTEGER must be. */
const serial = (): Buffer => {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
};

const HOUR = 3_600_000;
/** A clock set back while we run must not refuse us; nobody applies for a month. */
const BEFORE = HOUR;
const AFTER = 30 * 24 * HOUR;

/** A self-signed P-256 certificate for localhost. The key never leaves the process. */
export const selfSigned = (now: Date): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oids.ecdsaWithSha256);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial()),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - BEFORE)), time(new Date(now.getTime() + AFTER))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, extensions),
  );
  const der = sequence(body, algorithm, bits(sign("sha256", body, privateKey)));
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return {
    der,
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};
