export * from './errors.ts';
export * from './payload.ts';
export * from './proposal.ts';
export * from './unseal.ts';
