import type { Bytes } from '../encoding/index.ts';
import { ByteReader, type ByteSource } from './byteReader.ts';
import { collect } from './collect.ts';
import { ChunkCipher, newHeader } from './chunkCipher.ts';
import { prefixed, type EnvelopeSubject } from './header.ts';
import { mapInOrder } from './inOrder.ts';
import { chunkLength, envelopeLength } from './layout.ts';

/** Chunks in the cipher at once: one is encrypted while the one before is written. */
const inFlight = 3;

/**
 * Seals content of any size, a few MiB in memory at a time.
 *
 * @param dataKey 32 bytes, of this record version alone
 * @returns the envelope in pieces: the header first, then a piece a chunk
 * @throws EnvelopeError envelope_too_long above 4 PiB; envelope_wrong_key when the key is not 32 bytes
 */
export async function* sealContent(
  source: ByteSource,
  dataKey: Uint8Array,
  subject: EnvelopeSubject,
): AsyncGenerator<Bytes, void, void> {
  const encoded = newHeader(dataKey, subject);
  const cipher = await ChunkCipher.for(dataKey, encoded);
  const reader = new ByteReader(source);
  try {
    yield prefixed(encoded);
    yield* mapInOrder(reader.chunks(chunkLength, inFlight), inFlight, async (chunk) => cipher.seal(chunk));
  } finally {
    await reader.close();
  }
}

/** As {@link sealContent}, for content that is in memory anyway. */
export async function sealBytes(content: Uint8Array, dataKey: Uint8Array, subject: EnvelopeSubject): Promise<Bytes> {
  return collect(sealContent([content], dataKey, subject));
}

/**
 * Length of the envelope that content of this length will have: a Content-Length before anything is sealed.
 *
 * @param contentLength in bytes
 * @returns bytes
 */
export function sealedLength(contentLength: number, subject: EnvelopeSubject): number {
  const probe = newHeader(new Uint8Array(32), subject);
  return envelopeLength(probe.bytes.length, contentLength);
}
