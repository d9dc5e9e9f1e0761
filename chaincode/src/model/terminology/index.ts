export * from './checkDigits.ts';
export * from './codeSystems.ts';
