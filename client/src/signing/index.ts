export * from './deviceKey.ts';
export * from './ecdsa.ts';
