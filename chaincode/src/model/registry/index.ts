export * from './commands.ts';
export * from './licenceRequests.ts';
export * from './state.ts';
