import { codeToken } from '@chain-of-care/client';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import type { Services } from '../services.ts';
import type { SoughtCode } from './coding.ts';

/**
 * Tokens that a code has in any of the patient's categories and epochs.
 *
 * @returns undefined where the index cannot be asked: a code without its system, or keys that are not kept here
 */
export async function termsSought(
  services: Pick<Services, 'keystore' | 'facts'>,
  patientId: string,
  sought: SoughtCode | undefined,
): Promise<readonly string[] | undefined> {
  if (sought?.system === undefined) return undefined;
  const keys = new CustodialPatientKeys(services.keystore);
  const terms: string[] = [];
  for (const pair of await services.facts.categoryKeys(patientId))
    for (let epoch = 0; epoch <= pair.epoch; epoch += 1) {
      const indexKey = await keys.indexKey({ ...pair, epoch });
      if (indexKey === undefined) return undefined;
      terms.push(codeToken(indexKey, sought.system, sought.code));
    }
  return terms;
}
