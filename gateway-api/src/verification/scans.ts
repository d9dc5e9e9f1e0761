/** Where a pack was scanned before, as far as its scanners told: a box far away from itself is a copy. */
import type { EarlierScan } from '@chain-of-care/chaincode/rules';
import type { ReadModel } from '../readmodel/index.ts';
import type { Asked } from './asked.ts';

const scansLookedAt = 20;

/** Asked for only when this scan tells its place. */
export async function earlierScans(
  db: ReadModel['db'],
  asked: Extract<Asked, { scope: 'pack' }>,
): Promise<{ readonly scans?: readonly EarlierScan[] }> {
  if (asked.request.place === undefined) return {};
  const rows = await db
    .selectFrom('verification_log')
    .select(['verified_at', 'latitude_e6', 'longitude_e6'])
    .where('gtin', '=', asked.gtin)
    .where('serial', '=', asked.serial)
    .where('latitude_e6', 'is not', null)
    .orderBy('verified_at', 'desc')
    .limit(scansLookedAt)
    .execute();
  const scans = rows.flatMap(({ verified_at: at, latitude_e6: latitudeE6, longitude_e6: longitudeE6 }) =>
    latitudeE6 === null || longitudeE6 === null
      ? []
      : [{ scannedAt: at.toISOString(), place: { latitudeE6, longitudeE6 } }],
  );
  return { scans };
}
