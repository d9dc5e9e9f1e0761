/** Repackaging: packs that were checked out are the material of new ones (EPCIS TransformationEvent). */
import type { Transaction } from '../ledger/index.ts';
import { Refusal, transformationType, type LotQuantity } from '../model/index.ts';
import type { PremisesActor } from './actor.ts';
import { transformationAddress } from './addresses.ts';
import { lotsOf, type FoundGoods } from './goods.ts';
import { requireProduct } from './lotFacts.ts';

/** Notes what a check-out makes available. */
export async function offerForTransformation(
  transaction: Transaction,
  { gln, mspId }: PremisesActor,
  goods: readonly FoundGoods[],
  eventId: string,
): Promise<void> {
  const inputs = sumByLot(
    goods.flatMap((found) => lotsOf(found).map(({ gtin, lot, units }) => ({ gtin, lot, units }))),
  );
  const content = await contentOf(transaction, inputs);
  const fields = { eventId, gln, mspId, inputs, content, usedContent: 0 };
  transaction.ledger.put(transformationType, transformationAddress(eventId), fields);
}

/**
 * Takes checked-out goods back out of the material.
 *
 * @throws Refusal already_transformed when new packs were made of it
 */
export async function giveBack(transaction: Transaction, found: FoundGoods): Promise<void> {
  if (found.goods.act?.event !== 'checkOut') return;
  const at = transformationAddress(found.goods.eventId);
  const offered = await transaction.ledger.get(transformationType, at);
  if (offered === undefined) return;
  const back = lotsOf(found);
  const content = offered.content - (await contentOf(transaction, back));
  if (content < offered.usedContent) throw new Refusal('already_transformed');
  const inputs = sumByLot([...offered.inputs, ...back.map(({ gtin, lot, units }) => ({ gtin, lot, units: -units }))]);
  transaction.ledger.put(transformationType, at, { ...offered, inputs, content });
}

/**
 * Uses up the content of check-outs for new packs.
 *
 * @param units new packs
 * @throws Refusal event_not_found, wrong_premises, content_exceeded
 */
export async function useForTransformation(
  transaction: Transaction,
  actor: PremisesActor,
  { gtin, units, transformations }: { gtin: string; units: number; transformations: readonly string[] },
): Promise<void> {
  let wanted = await contentOf(transaction, [{ gtin, units }]);
  for (const [index, eventId] of transformations.entries()) {
    const pointer = `/transformations/${index}`;
    const at = transformationAddress(eventId);
    const offered = await transaction.ledger.get(transformationType, at);
    if (offered === undefined) throw new Refusal('event_not_found', 'is no check-out', pointer);
    if (offered.gln !== actor.gln || offered.mspId !== actor.mspId)
      throw new Refusal('wrong_premises', undefined, pointer);
    const used = Math.min(wanted, offered.content - offered.usedContent);
    wanted -= used;
    transaction.ledger.put(transformationType, at, { ...offered, usedContent: offered.usedContent + used });
  }
  if (wanted > 0) throw new Refusal('content_exceeded', `${wanted} units of content are missing`, '/transformations');
}

/** In the products' units. */
async function contentOf(
  transaction: Transaction,
  lines: readonly { readonly gtin: string; readonly units: number }[],
): Promise<number> {
  let content = 0;
  for (const { gtin, units } of lines) content += units * (await requireProduct(transaction, gtin)).packContent;
  return content;
}

function sumByLot(lines: readonly LotQuantity[]): LotQuantity[] {
  const sums = new Map<string, LotQuantity>();
  for (const { gtin, lot, units } of lines) {
    const key = `${gtin}|${lot}`;
    sums.set(key, { gtin, lot, units: units + (sums.get(key)?.units ?? 0) });
  }
  return [...sums.values()].filter(({ units }) => units > 0);
}
