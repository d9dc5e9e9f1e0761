/** The header: canonical JSON (RFC 8785), open to whoever holds the ciphertext, bound to every chunk by the content key. */
import canonicalize from 'canonicalize';
import { concat, equalBytes, fromBase64Url, fromUtf8, toBase64Url, utf8, type Bytes } from '../encoding/index.ts';
import { EnvelopeError } from './errors.ts';
import { maxHeaderLength, prefixLength } from './layout.ts';

/** AES-256-GCM in chunks of 1 MiB, STREAM construction, keys by HKDF-SHA-256. */
export const envelopeAlgorithm = 'A256GCM-STREAM-1M';

/** What an envelope is the content of. */
export interface EnvelopeSubject {
  readonly recordId: string;
  readonly version: number;
  /** Kind of content as the application names it, e.g. `record`. It is readable in the store: never a clinical code. */
  readonly type: string;
}

export interface EnvelopeHeader {
  readonly v: 1;
  /** Record id and version. */
  readonly rid: string;
  readonly ver: number;
  readonly typ: string;
  readonly alg: typeof envelopeAlgorithm;
  /** 32 random bytes, base64url. */
  readonly salt: string;
  /** Key commitment, 32 bytes, base64url. */
  readonly kc: string;
}

/** A header with the bytes it was read from or is written as. */
export interface EncodedHeader {
  readonly header: EnvelopeHeader;
  readonly bytes: Bytes;
}

export function encodeHeader(header: EnvelopeHeader): EncodedHeader {
  return { header, bytes: canonicalBytes(header) };
}

/** The bytes that the commitment is over: the header but for the commitment itself. */
export function committedBytes({ v, rid, ver, typ, alg, salt }: Omit<EnvelopeHeader, 'kc'>): Bytes {
  return canonicalBytes({ v, rid, ver, typ, alg, salt });
}

/** The header's length, big endian, and the header. */
export function prefixed({ bytes }: EncodedHeader): Bytes {
  const prefix = new Uint8Array(prefixLength);
  new DataView(prefix.buffer).setUint32(0, bytes.length);
  return concat(prefix, bytes);
}

/**
 * @param prefix the envelope's first 4 bytes
 * @returns length of the header in bytes
 * @throws EnvelopeError envelope_truncated, envelope_malformed
 */
export function headerLengthOf(prefix: Uint8Array): number {
  if (prefix.length < prefixLength) throw new EnvelopeError('envelope_truncated');
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0);
  if (length === 0 || length > maxHeaderLength) throw new EnvelopeError('envelope_malformed');
  return length;
}

/**
 * @param bytes the header alone
 * @throws EnvelopeError envelope_malformed for other members, another version or bytes that are not canonical
 */
export function decodeHeader(bytes: Bytes): EncodedHeader {
  const value = parse(bytes);
  if (!isHeader(value) || !equalBytes(canonicalBytes(value), bytes)) throw new EnvelopeError('envelope_malformed');
  return { header: value, bytes };
}

/** @throws EnvelopeError envelope_wrong_record */
export function checkSubject(header: EnvelopeHeader, { recordId, version, type }: EnvelopeSubject): void {
  if (header.rid !== recordId || header.ver !== version || header.typ !== type)
    throw new EnvelopeError('envelope_wrong_record');
}

function canonicalBytes(value: object): Bytes {
  return utf8(canonicalize(value) ?? '');
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes)) as unknown;
  } catch (cause) {
    throw new EnvelopeError('envelope_malformed', { cause });
  }
}

const members: Readonly<Record<keyof EnvelopeHeader, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  rid: (value) => typeof value === 'string',
  ver: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  typ: (value) => typeof value === 'string',
  alg: (value) => value === envelopeAlgorithm,
  salt: isBase64UrlOf32,
  kc: isBase64UrlOf32,
};

function isHeader(value: unknown): value is EnvelopeHeader {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(members) as (keyof EnvelopeHeader)[];
  const given = value as Record<string, unknown>;
  return Object.keys(given).length === names.length && names.every((name) => members[name](given[name]));
}

function isBase64UrlOf32(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== 43) return false;
  try {
    return toBase64Url(fromBase64Url(value)) === value;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
