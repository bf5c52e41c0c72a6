// An authority for certificates, and a certificate of it, made with nothing but Node's own cryptography.

import { generateKeyPairSync, sign } from "node:crypto";

function der(tag, ...parts) {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...parts) => der(0x30, ...parts);
const bytes = (hex) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const integer = (value) => der(0x02, Buffer.from([value]));
const TRUE = bytes("01 01 ff");
const ECDSA_SHA256 = sequence(bytes("06 08 2a 86 48 ce 3d 04 03 02"));
const COMMON_NAME = bytes("06 03 55 04 03");
const SUBJECT_ALT_NAME = bytes("06 03 55 1d 11");
const BASIC_CONSTRAINTS = bytes("06 03 55 1d 13");

const named = (name) => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
const time = (date) => der(0x17, Buffer.from(date.toISOString().replace(/^..|[-:T]|\..*/g, "") + "Z"));
const extension = (id, critical, value) => sequence(id, ...(critical ? [TRUE] : []), der(0x04, value));
const DAY = 24 * 60 * 60 * 1000;

function certificate({ serial, subject, issuer, publicKey, issuerKey, extensions }) {
  const toBeSigned = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ECDSA_SHA256,
    named(issuer),
    sequence(time(new Date(Date.now() - DAY)), time(new Date(Date.now() + DAY))),
    named(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", toBeSigned, issuerKey));
  const text = sequence(toBeSigned, ECDSA_SHA256, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${text.trim()}\n-----END CERTIFICATE-----\n`;
}

/** PEM texts: of an authority's certificate, and of a certificate for the loopback address with its key. */
export function authority(name) {
  const [own, server] = [0, 1].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" }));
  const common = { issuer: name, issuerKey: own.privateKey };
  return {
    ca: certificate({
      ...common,
      serial: 1,
      subject: name,
      publicKey: own.publicKey,
      extensions: [extension(BASIC_CONSTRAINTS, true, sequence(TRUE))],
    }),
    cert: certificate({
      ...common,
      serial: 2,
      subject: "loopback",
      publicKey: server.publicKey,
      extensions: [extension(SUBJECT_ALT_NAME, false, sequence(der(0x87, Buffer.from([127, 0, 0, 1]))))],
    }),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }),
  };
}
