/** Proofs of events for third parties, checked offline with nothing but the channel's configuration. Node only. */
export * from './blockHeader.ts';
export * from './errors.ts';
export * from './eventProof.ts';
export * from './trust.ts';
export * from './verify.ts';
export { keysOf, openEnvelope } from './envelope.ts';
