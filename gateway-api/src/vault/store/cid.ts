/**
 * CIDv1 of a block of bytes: version 1, codec raw (0x55), multihash SHA-256, base32 lower case (multiformats CID
 * specification). An IPFS node that is given the same bytes as one raw leaf computes the same CID; how larger objects
 * become compatible is said in docs/decisions/0010.
 */
import { CiphertextStoreError } from './ciphertextStore.ts';

const prefix = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** @param digest SHA-256, 32 bytes */
export function cidOf(digest: Uint8Array): string {
  return `b${base32([...prefix, ...digest])}`;
}

/** @returns the SHA-256 that a raw CIDv1 names; undefined when the text is none in its one canonical form */
export function digestOf(cid: string): Uint8Array | undefined {
  if (!/^b[a-z2-7]{58}$/.test(cid)) return undefined;
  const bytes = fromBase32(cid.slice(1));
  if (!prefix.every((byte, index) => bytes[index] === byte)) return undefined;
  const digest = bytes.subarray(prefix.length);
  return cidOf(digest) === cid ? digest : undefined;
}

/** @throws CiphertextStoreError `cid` */
export function digestFrom(cid: string): Uint8Array {
  const digest = digestOf(cid);
  if (digest === undefined) throw new CiphertextStoreError('cid', cid, 'not a CIDv1 of raw bytes with SHA-256');
  return digest;
}

/** RFC 4648 §6, lower case, without padding. */
function base32(bytes: Iterable<number>): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(buffer >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(buffer << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (const letter of text) {
    buffer = ((buffer << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length] = (buffer >> bits) & 0xff;
    length += 1;
  }
  return bytes;
}
