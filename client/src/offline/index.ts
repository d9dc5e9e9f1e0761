export * from './queue.ts';
export * from './statement.ts';
