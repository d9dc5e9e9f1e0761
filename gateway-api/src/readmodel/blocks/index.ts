export * from './decode.ts';
export * from './types.ts';
