export * from './commands.ts';
export * from './confidentiality.ts';
export * from './state.ts';
export * from './subject.ts';
export * from './vocabulary.ts';
