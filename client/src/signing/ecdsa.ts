/**
 * The two forms of an ECDSA signature on P-256: P1363 (r ‖ s, 64 bytes; WebCrypto) and DER (X.509, Fabric). Fabric takes
 * only low-S signatures: of s and n − s the smaller.
 */
import { concat, toHex, type Bytes } from '../encoding/index.ts';

const scalarLength = 32;
/** Order of P-256 (SEC 2 §2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const halfOrder = order >> 1n;

/**
 * @param signature r ‖ s, 64 bytes
 * @returns DER SEQUENCE of r and the smaller of s and n − s
 * @throws RangeError when it is not 64 bytes, or s is not below the order
 */
export function fabricSignature(signature: Uint8Array): Bytes {
  if (signature.length !== 2 * scalarLength) throw new RangeError('a P1363 signature on P-256 has 64 bytes');
  const r = derInteger(signature.subarray(0, scalarLength));
  const s = derInteger(lowS(signature.subarray(scalarLength)));
  return concat(Uint8Array.of(0x30, r.length + s.length), r, s);
}

/**
 * @param der SEQUENCE of two INTEGERs as {@link fabricSignature} writes them
 * @returns r ‖ s, 64 bytes
 * @throws RangeError when it is not strict DER of two positive integers of at most 32 bytes
 */
export function p1363Signature(der: Uint8Array): Bytes {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new RangeError('not a DER signature');
  const r = readInteger(der, 2);
  const s = readInteger(der, r.end);
  if (s.end !== der.length) throw new RangeError('not a DER signature');
  const signature = new Uint8Array(2 * scalarLength);
  signature.set(r.magnitude, scalarLength - r.magnitude.length);
  signature.set(s.magnitude, 2 * scalarLength - s.magnitude.length);
  return signature;
}

/** Whether s is at most half the order, as Fabric demands. */
export function isLowS(p1363: Uint8Array): boolean {
  return scalar(p1363.subarray(scalarLength)) <= halfOrder;
}

function lowS(s: Uint8Array): Uint8Array {
  // n/2 begins 7fffffff80…: a smaller first byte needs no arithmetic.
  if (s[0]! < 0x7f) return s;
  const value = scalar(s);
  if (value >= order) throw new RangeError('s lies outside the order of P-256');
  return value <= halfOrder ? s : scalarBytes(order - value);
}

function scalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function scalarBytes(value: bigint): Bytes {
  const bytes = new Uint8Array(scalarLength);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < 4; word += 1)
    view.setBigUint64(8 * word, BigInt.asUintN(64, value >> BigInt(64 * (3 - word))));
  return bytes;
}

/** INTEGER: no leading zero bytes, but one where the first bit would read as a sign. */
function derInteger(magnitude: Uint8Array): Bytes {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const digits = magnitude.subarray(start);
  const sign = digits[0]! >= 0x80 ? [0] : [];
  return concat(Uint8Array.of(0x02, digits.length + sign.length, ...sign), digits);
}

function readInteger(der: Uint8Array, offset: number): { magnitude: Uint8Array; end: number } {
  const length = der[offset + 1] ?? 0;
  const end = offset + 2 + length;
  const content = der.subarray(offset + 2, end);
  const [first, second = 0] = content;
  const padded = first === 0 && length > 1;
  if (der[offset] !== 0x02 || first === undefined || end > der.length || first >= 0x80 || (padded && second < 0x80))
    throw new RangeError('not a DER integer');
  const magnitude = padded ? content.subarray(1) : content;
  if (magnitude.length > scalarLength) throw new RangeError('the integer is longer than 32 bytes');
  return { magnitude, end };
}
