import type { Services } from '../services.ts';
import type { LaterActs } from './laterActs.ts';

/** What the capability has besides: commerce that waits for the regulator. */
export interface SupplyServices extends Services {
  readonly commerceLater: LaterActs;
}
