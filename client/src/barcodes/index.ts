/** Printing and scanning of GS1 symbols, apart from the rest: the libraries are large. */
export * from './print.ts';
export * from './scan.ts';
