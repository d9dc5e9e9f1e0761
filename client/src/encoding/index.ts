export * from './base64url.ts';
export * from './bytes.ts';
export * from './hex.ts';
