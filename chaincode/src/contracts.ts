/** Every contract of the chaincode by its name. */
import type { ContractDefinition } from './ledger/index.ts';
import type { ContractName } from './model/index.ts';
import { careDefinition } from './care/definition.ts';
import { registryDefinition } from './registry/definition.ts';
import { supplyDefinition } from './supply/definition.ts';

export const contractDefinitions: Readonly<Record<ContractName, ContractDefinition>> = {
  registry: registryDefinition,
  care: careDefinition,
  supply: supplyDefinition,
};
