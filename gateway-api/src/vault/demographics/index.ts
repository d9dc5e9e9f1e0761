export * from './demographics.ts';
export { DemographicsVault } from './demographicsVault.ts';
