/** Epochs of a patient's key pairs: what is sealed to the current one, nobody opens who has the keys of those before only. */
import { command, type Transaction } from '../ledger/index.ts';
import { BeginKeyEpoch, categoryKeyType, collectionName, Refusal, type OfferedWrap } from '../model/index.ts';
import { categoryKeyAddress, type PatientRef } from './addresses.ts';
import { patientRefOf, requireSelf } from './patientRef.ts';

/**
 * The patient begins an epoch: from this transaction on records are sealed to the new keys only. An append in flight that
 * was sealed to the keys before reads what is written here, and is decided again.
 */
export const beginKeyEpoch = command<BeginKeyEpoch>({
  body: BeginKeyEpoch,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const { ledger } = transaction;
    const { patientId, keys } = command.body;
    const patient = patientRefOf(transaction, command);
    await requireSelf(transaction, patient);
    const begun = new Set<string>();
    for (const [index, { category, confidentiality, epoch, publicKey }] of keys.entries()) {
      const pointer = `/keys/${index}`;
      const at = categoryKeyAddress(patient, category, confidentiality);
      const current = await ledger.get(categoryKeyType, at);
      if (current === undefined) throw new Refusal('category_key_not_found', undefined, pointer);
      if (begun.has(at.key)) throw new Refusal('validation_failed', 'names a pair twice', pointer);
      if (epoch !== current.epoch + 1)
        throw new Refusal('epoch_not_current', `the epoch is ${current.epoch}`, `${pointer}/epoch`);
      ledger.put(categoryKeyType, at, { patientId, category, confidentiality, epoch, publicKey });
      begun.add(at.key);
    }
    return { result: { begun: begun.size } };
  },
});

/**
 * Seeds are handed over of epochs that have begun: of one to come nobody knows yet who may have it.
 *
 * @throws Refusal category_key_not_found, epoch_not_current
 */
export async function requireBegunEpochs(
  { ledger }: Transaction,
  patient: PatientRef,
  wraps: readonly OfferedWrap[],
): Promise<void> {
  const seeds = [...wraps.entries()].filter(([, { kind }]) => kind === 'seed');
  const at = ({ category, confidentiality }: OfferedWrap) => categoryKeyAddress(patient, category, confidentiality);
  await ledger.prefetch(seeds.map(([, wrap]) => at(wrap)));
  for (const [index, wrap] of seeds) {
    const current = await ledger.get(categoryKeyType, at(wrap));
    if (current === undefined) throw new Refusal('category_key_not_found', undefined, `/wraps/${index}`);
    if (wrap.epoch > current.epoch)
      throw new Refusal('epoch_not_current', `the epoch is ${current.epoch}`, `/wraps/${index}/epoch`);
  }
}
