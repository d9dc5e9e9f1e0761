/** A pharmacy's stock, checked at once: lines up as CSV, an operation, a result to fetch. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadCaller } from '../measure/httpClient.ts';
import type { Stage } from '../stage.ts';
import { makeLot, serialOf } from '../../system/lots.ts';

export interface InventoryFigures {
  readonly lines: number;
  readonly seconds: number;
  readonly linesPerSecond: number;
}

const path = '/v1/inventory-verifications';

/** @returns undefined where the gateway does not check inventories */
export async function benchInventory(
  stage: Stage,
  caller: LoadCaller,
  lines: number,
): Promise<InventoryFigures | undefined> {
  const document = JSON.parse(Buffer.from(await caller.get('/openapi.json')).toString('utf8')) as { paths: object };
  if (!(path in document.paths)) return undefined;
  const { gtin, lot, expiry } = await makeLot(caller, lines);
  const rows = Array.from({ length: lines }, (_, index) => [gtin, serialOf(index), lot, expiry].join(','));
  const body = `gtin,serial,lot,expiry\n${rows.join('\n')}\n`;
  const begun = performance.now();
  const accepted = await caller.send('POST', path, { 'content-type': 'text/csv' }, body);
  accepted.resume();
  for (;;) {
    const told = Buffer.from(await caller.get(accepted.headers.location!)).toString('utf8');
    const { status, error, result } = JSON.parse(told) as {
      readonly status: string;
      readonly error?: unknown;
      readonly result?: { readonly authentic: number };
    };
    if (status === 'failed') throw new Error(JSON.stringify(error));
    if (status === 'succeeded' && result?.authentic !== lines)
      throw new Error(`${lines} packs are authentic, the inventory found ${result?.authentic}`);
    if (status === 'succeeded') break;
    await delay(100);
  }
  const seconds = (performance.now() - begun) / 1000;
  const linesPerSecond = lines / seconds;
  stage.say(`  inventory of ${lines} lines: ${seconds.toFixed(1)} s, ${linesPerSecond.toFixed(0)} lines/s`);
  return { lines, seconds, linesPerSecond };
}
