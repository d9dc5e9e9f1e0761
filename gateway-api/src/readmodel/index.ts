export { DirectoryInUse } from './database/directoryLock.ts';
export type { Database } from './database/schema.ts';
export type { BlockSource } from './projection/blockSource.ts';
export { LedgerMismatch } from './projection/follow.ts';
export { WaitTimeout, type WaitOptions } from './projection/heightSignal.ts';
export type { TableDump } from './projection/rebuild.ts';
export * from './readModel.ts';
