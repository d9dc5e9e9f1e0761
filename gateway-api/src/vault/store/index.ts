export { cidOf, digestOf } from './cid.ts';
export * from './ciphertextStore.ts';
export { DirectoryStore } from './directoryStore.ts';
export { ReplicatedStore } from './replicatedStore.ts';
