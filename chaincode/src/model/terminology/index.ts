export * from './checkDigits.ts';
export { malformedCodeOf } from './codeSystems.ts';
