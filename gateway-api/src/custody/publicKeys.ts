/** Public keys that content and notes are sealed to, as the ledger publishes them. */
import type { Confidentiality, RecordCategory } from '@chain-of-care/chaincode/model';
import { fromBase64Url, type BatchRecipients } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';

export type CategoryPublicKey = BatchRecipients['category'];
export type GroupPublicKey = BatchRecipients['author'];

/** The key pair of a category and confidentiality, or that of `other` where the category has none. */
export type CategoryKeys = (category: RecordCategory, confidentiality: Confidentiality) => CategoryPublicKey;

/** The group that everybody of an organisation belongs to. */
export const wholeOrganization = '*';

/** @throws Problem category_key_not_found from the returned function */
export async function categoryKeys(services: Services, patientId: string): Promise<CategoryKeys> {
  const published = await services.facts.categoryKeys(patientId);
  const byPair = new Map(published.map((key) => [`${key.category}|${key.confidentiality}`, key]));
  return (category, confidentiality) => {
    const key = byPair.get(`${category}|${confidentiality}`) ?? byPair.get(`other|${confidentiality}`);
    if (key === undefined) throw new Problem('category_key_not_found');
    return { ...key, publicKey: fromBase64Url(key.publicKey) };
  };
}

/** @throws Problem organization_not_found when the group has published no key */
export async function groupPublicKey(
  services: Pick<Services, 'facts'>,
  mspId: string,
  group: string,
): Promise<GroupPublicKey> {
  const key = await services.facts.groupKey(mspId, group);
  if (key === undefined)
    throw new Problem('organization_not_found', { detail: `${mspId} has no group ${group}, or no key for it` });
  return { mspId, group, epoch: key.epoch, publicKey: fromBase64Url(key.publicKey) };
}

/** @throws Problem staff_not_found when the person has published no key */
export async function staffPublicKey(services: Services, staffId: string): Promise<Uint8Array> {
  const key = (await services.facts.staff(staffId))?.sealingKey;
  if (key === undefined)
    throw new Problem('staff_not_found', { detail: 'nobody with this staffId has a key: GET /v1/staff lists who has' });
  return fromBase64Url(key);
}
