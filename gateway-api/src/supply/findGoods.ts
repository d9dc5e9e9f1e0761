/** Goods that a caller asks for by name, where they are anything to it. */
import { normaliseGtin } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import type { PackParams } from './dto.ts';
import { locateContainer, locatePacks } from './location.ts';
import { maySeeContainer, maySeePack, viewerOf } from './visibility.ts';

/** @throws Problem pack_not_found, also where it is nothing to the caller */
export async function findPack({ readModel: { db }, consortium }: Services, params: PackParams, caller: Caller) {
  const found = await locatePacks(db, normaliseGtin(params.gtin), [params.serial]);
  const pack = found.get(params.serial);
  const viewer = await viewerOf(db, consortium, caller);
  if (pack === undefined || !(await maySeePack(db, viewer, pack))) throw new Problem('pack_not_found');
  return { pack, viewer };
}

/** @throws Problem container_not_found, also where it is nothing to the caller */
export async function findContainer({ readModel: { db }, consortium }: Services, sscc: string, caller: Caller) {
  const chain = await locateContainer(db, sscc);
  const row = await db
    .selectFrom('containers')
    .select(['contents', 'quantities'])
    .where('sscc', '=', sscc)
    .executeTakeFirst();
  const viewer = await viewerOf(db, consortium, caller);
  if (row === undefined || !(await maySeeContainer(db, viewer, chain, row.contents)))
    throw new Problem('container_not_found');
  return { chain, contents: [...row.contents], quantities: row.quantities, viewer };
}
