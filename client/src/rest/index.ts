export type * from './care.ts';
export * from './healthDataBank.ts';
export * from './healthRecords.ts';
export * from './problem.ts';
export * from './restClient.ts';
export * from './retry.ts';
export type * from './supply.ts';
export * from './supplyChain.ts';
