/** A block's header as Fabric hashes and signs it: DER (fabric `protoutil/blockutils.go`, BlockHeaderBytes). */
import { Buffer } from 'node:buffer';

/** The sequence of number, previous hash and data hash. */
export function blockHeaderBytes(number: bigint, previousHash: Uint8Array, dataHash: Uint8Array): Buffer {
  const body = Buffer.concat([derInteger(number), derOctets(previousHash), derOctets(dataHash)]);
  return Buffer.concat([derTag(0x30, body.length), body]);
}

function derTag(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.of(tag, length);
  const bytes = bigEndian(BigInt(length));
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes]);
}

function derInteger(value: bigint): Buffer {
  const bytes = bigEndian(value);
  const positive = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([derTag(0x02, positive.length), positive]);
}

function derOctets(bytes: Uint8Array): Buffer {
  return Buffer.concat([derTag(0x04, bytes.length), bytes]);
}

function bigEndian(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
