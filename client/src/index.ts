/** What runs on the holder's side, in a browser as in Node: keys, envelopes, signatures, sealed transactions, REST. */
export * from './encoding/index.ts';
export * from './envelope/index.ts';
export * from './keys/index.ts';
export * from './merkle/index.ts';
export * from './offline/index.ts';
export * from './outcome/index.ts';
export * from './primitives/index.ts';
export * from './rest/index.ts';
export * from './signing/index.ts';
export type * from './webCrypto.ts';
