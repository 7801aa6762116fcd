import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "./certificate.ts";

const DAY = 86_400_000;

test.each([
  { name: "today", now: new Date() },
  { name: "past 2050, where years are written in another way", now: new Date("2050-06-01T12:00:00Z") },
  { name: "over the turn to 2050", now: new Date("2049-12-20T00:00:00Z") },
])("Node reads what was written: $name", ({ now }) => {
  const { der, pem, key } = selfSigned(now);
  const read = new X509Certificate(der);
  expect(new X509Certificate(pem).raw.equals(der)).toBe(true);
  expect(read.subject).toBe("CN=localhost");
  expect(read.issuer).toBe("CN=localhost");
  expect(read.subjectAltName).toBe("DNS:localhost");
  expect(read.checkHost("localhost")).toBe("localhost");
  expect(read.checkHost("example.org")).toBeUndefined();
  expect(read.ca).toBe(true);
  expect(read.checkIssued(read)).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  expect(Date.parse(read.validFrom)).toBeLessThan(now.getTime());
  expect(Date.parse(read.validTo)).toBeGreaterThan(now.getTime() + 7 * DAY);
  expect(Date.parse(read.validTo)).toBeLessThan(now.getTime() + 90 * DAY);
});

test("no two have the same key or number", () => {
  const [one, other] = [selfSigned(new Date()), selfSigned(new Date())].map(({ der }) => new X509Certificate(der));
  expect(one?.serialNumber).not.toBe(other?.serialNumber);
  expect(one?.fingerprint256).not.toBe(other?.fingerprint256);
});

test("lengths that differ from one to the next are all read", () => {
  // Signatures are 70 to 72 bytes long, so that the base64 of the whole has any padding.
  const made = Array.from({ length: 50 }, () => selfSigned(new Date()).der);
  expect(new Set(made.map((der) => der.length)).size).toBeGreaterThan(1);
  for (const der of made) {
    const read = new X509Certificate(der);
    expect(read.verify(read.publicKey)).toBe(true);
  }
});

describe("openssl", () => {
  const folder = mkdtempSync(join(tmpdir(), "seatwise-certificate-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "cert.pem");
  const openssl = (...args: string[]): string => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });

  test("verifies it as its own authority, for a server called localhost and no other", () => {
    writeFileSync(file, selfSigned(new Date()).pem);
    const verify = ["verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver", "-CAfile", file];
    expect(openssl(...verify, "-verify_hostname", "localhost", file)).toBe(`${file}: OK\n`);
    expect(() => openssl(...verify, "-verify_hostname", "example.org", file)).toThrow(/hostname mismatch/i);
  });
  test("reads what stands in it", () => {
    writeFileSync(file, selfSigned(new Date()).pem);
    const text = openssl("x509", "-in", file, "-noout", "-text");
    expect(text).toMatch(/Version: 3 /);
    expect(text).toMatch(/Signature Algorithm: ecdsa-with-SHA256/);
    expect(text).toMatch(/X509v3 Basic Constraints: critical\n\s+CA:TRUE/);
    expect(text).toMatch(/X509v3 Key Usage: critical\n\s+Digital Signature, Certificate Sign/);
    expect(text).toMatch(
      /X509v3 Extended Key Usage: ?\n\s+TLS Web Server Authentication, TLS Web Client Authentication/,
    );
    expect(text).toMatch(/X509v3 Subject Alternative Name: ?\n\s+DNS:localhost/);
  });
});
