export type { ByteSource } from './byteReader.ts';
export { newDataKey } from './chunkCipher.ts';
export * from './errors.ts';
export type { EnvelopeHeader, EnvelopeSubject } from './header.ts';
export { chunkLength, contentLength, envelopeLength, sealedChunkLength } from './layout.ts';
export * from './open.ts';
export * from './rangeReader.ts';
export * from './seal.ts';
export * from './transform.ts';
