/** One value of every stored type of the model. */
import type { Stored } from '@chain-of-care/chaincode/model';
import { care, consent } from './careSamples.fixture.ts';
import { registry } from './registrySamples.fixture.ts';
import { goodsOfLots, supplyEvents, trade } from './supplySamples.fixture.ts';

export const storedSamples: readonly (Stored & Readonly<Record<string, unknown>>)[] = [
  ...registry,
  ...care,
  ...consent,
  ...goodsOfLots,
  ...supplyEvents,
  ...trade,
];
