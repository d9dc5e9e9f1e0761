export { cidOf, digestOf } from './cid.ts';
export * from './ciphertextStore.ts';
export { leafBytes } from './ciphertextHash.ts';
export { DirectoryStore } from './directoryStore.ts';
export { KuboStore } from './kuboStore.ts';
export type { KuboAddress } from './kuboRpc.ts';
export { ReplicatedStore } from './replicatedStore.ts';
export { StoreUnavailable } from './storeUnavailable.ts';
