/** Balances that a transaction writes: each carries the policy of its holder. */
import type { HeldQuantity } from '@chain-of-care/chaincode/model';
import type { ReadModel } from '../readmodel/index.ts';
import type { Root } from './goods.ts';

/** @param own premises and organisation of who acts */
export async function quantityRoots(
  db: ReadModel['db'],
  quantities: readonly Pick<HeldQuantity, 'gtin' | 'lot' | 'holder'>[],
  own: { readonly gln?: string; readonly mspId: string },
): Promise<readonly Root[]> {
  const roots: Root[] = [];
  for (const { gtin, lot, holder = own.gln } of quantities) {
    const name = `balance ${gtin} ${lot} ${holder ?? ''}`;
    roots.push({ name, mspIds: [holder === own.gln ? own.mspId : await memberAt(db, holder, own.mspId)] });
  }
  return roots;
}

/** Whose premises these are; the ledger refuses unknown ones, so that any answer does then. */
async function memberAt(db: ReadModel['db'], gln: string | undefined, otherwise: string): Promise<string> {
  const row = await db
    .selectFrom('premises')
    .select('msp_id')
    .where('gln', '=', gln ?? '')
    .executeTakeFirst();
  return row?.msp_id ?? otherwise;
}
