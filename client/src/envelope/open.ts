import { asBytes, type Bytes } from '../encoding/index.ts';
import { ByteReader, type ByteSource } from './byteReader.ts';
import { collect } from './collect.ts';
import { ChunkCipher } from './chunkCipher.ts';
import { EnvelopeError } from './errors.ts';
import { checkSubject, decodeHeader, headerLengthOf, type EncodedHeader, type EnvelopeSubject } from './header.ts';
import { mapInOrder } from './inOrder.ts';
import { prefixLength, sealedChunkLength } from './layout.ts';

const inFlight = 3;

/**
 * Opens an envelope, a few MiB in memory at a time. Every piece it yields is authentic and in its place; that nothing is
 * missing is known only when the iteration ends without an error.
 *
 * @param dataKey 32 bytes
 * @param subject what the envelope must be the content of
 * @throws EnvelopeError
 */
export async function* openContent(
  source: ByteSource,
  dataKey: Uint8Array,
  subject: EnvelopeSubject,
): AsyncGenerator<Bytes, void, void> {
  const reader = new ByteReader(source);
  try {
    const encoded = await readHeader(reader);
    checkSubject(encoded.header, subject);
    const cipher = await ChunkCipher.for(dataKey, encoded);
    yield* mapInOrder(reader.chunks(sealedChunkLength, inFlight), inFlight, async (chunk) => cipher.open(chunk));
  } finally {
    await reader.close();
  }
}

/**
 * As {@link openContent}, for an envelope that is in memory anyway.
 *
 * @throws EnvelopeError
 */
export async function openBytes(envelope: Uint8Array, dataKey: Uint8Array, subject: EnvelopeSubject): Promise<Bytes> {
  return collect(openContent([envelope], dataKey, subject));
}

/** @throws EnvelopeError envelope_truncated, envelope_malformed */
async function readHeader(reader: ByteReader): Promise<EncodedHeader> {
  const length = headerLengthOf(await reader.read(prefixLength));
  const bytes = await reader.read(length);
  if (bytes.length < length) throw new EnvelopeError('envelope_truncated');
  return decodeHeader(asBytes(bytes));
}
