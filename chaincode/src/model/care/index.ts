export * from './commands.ts';
export * from './state.ts';
export * from './subject.ts';
export * from './vocabulary.ts';
