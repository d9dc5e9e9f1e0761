import type { Projectors } from '../projection/projector.ts';
import { careProjectors } from './care.ts';
import { consentProjectors } from './consent.ts';
import { registryProjectors } from './registry.ts';
import { regulatoryProjectors } from './regulatory.ts';
import { supplyProjectors } from './supply.ts';
import { supplyEventProjectors } from './supplyEvents.ts';
import { supplyTradeProjectors } from './supplyTrade.ts';

/** Every projector, by stored type name. A capability adds its types in its domain's file. */
export const projectors: Projectors = Object.fromEntries([
  ...registryProjectors,
  ...careProjectors,
  ...consentProjectors,
  ...supplyProjectors,
  ...supplyEventProjectors,
  ...regulatoryProjectors,
  ...supplyTradeProjectors,
]);
