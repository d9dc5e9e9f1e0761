export * from './aesGcm.ts';
export * from './digest.ts';
export * from './hkdf.ts';
export * from './random.ts';
