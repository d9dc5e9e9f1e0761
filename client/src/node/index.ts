/** What only Node can do. Everything else of the client runs in a browser too. */
export * from './signer.ts';
export * from './queueStore.ts';
