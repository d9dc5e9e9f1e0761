/** The one vocabulary: ledger state, commands, errors and who must endorse what. Pulls in no Fabric code. */
import 'reflect-metadata';

export * from './core/index.ts';
export * from './gs1/index.ts';
export * from './care/index.ts';
export * from './registry/index.ts';
export * from './supply/index.ts';
export * from './terminology/index.ts';
