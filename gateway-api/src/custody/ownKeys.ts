/** That the keys which this organisation keeps for a patient are the patient's: what is handed over must open something. */
import { toBase64Url } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { CustodialPatientKeys } from './patientKeys.ts';
import { categoryKeys } from './publicKeys.ts';

/**
 * All of a patient's seeds come from one root, so that one pair is compared with what the ledger publishes.
 *
 * @throws Problem wrong_key; not_found when this organisation does not keep the patient's root
 */
export async function requireOwnKeys(services: Services, patientId: string): Promise<void> {
  const published = (await categoryKeys(services, patientId))('other', 'N');
  const kept = await new CustodialPatientKeys(services.keystore).publicKey(published);
  if (kept !== toBase64Url(published.publicKey)) throw new Problem('wrong_key');
}
