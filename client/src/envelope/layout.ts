/**
 * Where what lies in an envelope: `header length (4, big endian) ‖ header ‖ chunk 0 ‖ … ‖ last chunk`. A chunk is up to
 * 1 MiB of content with its 16-byte tag; all but the last are full; empty content is one empty last chunk.
 */
export const chunkLength = 1024 * 1024;
export const tagLength = 16;
export const sealedChunkLength = chunkLength + tagLength;
export const prefixLength = 4;
export const maxHeaderLength = 4096;
/** The counter in the nonce has 32 bits. */
export const maxChunks = 2 ** 32;

/** Chunks that some bytes of content make: at least one. */
export function chunkCount(contentLength: number): number {
  return Math.max(1, Math.ceil(contentLength / chunkLength));
}

/**
 * @param headerLength of the header alone, in bytes
 * @param contentLength in bytes
 * @returns exact length of the whole envelope in bytes
 */
export function envelopeLength(headerLength: number, contentLength: number): number {
  return prefixLength + headerLength + contentLength + tagLength * chunkCount(contentLength);
}

/**
 * The inverse of {@link envelopeLength}.
 *
 * @returns bytes of content, or undefined when no content makes an envelope of this length
 */
export function contentLength(headerLength: number, totalLength: number): number | undefined {
  const body = totalLength - prefixLength - headerLength;
  if (body < tagLength) return undefined;
  const content = body - tagLength * Math.ceil(body / sealedChunkLength);
  return content >= 0 && envelopeLength(headerLength, content) === totalLength ? content : undefined;
}
