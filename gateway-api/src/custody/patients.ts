/** A patient as the gateway finds them: own patients in the read model, others by what the patient handed over. */
import { patientIdOf } from '@chain-of-care/chaincode/rules';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';

export interface KnownPatient {
  readonly patientId: string;
  readonly home: string;
  /** Secret: leads to the patient's facts on the ledger. Never in logs, answers or addresses. */
  readonly handle: string;
  /** Whether any category is opened to another hospital, so that appends write to `exchange_H` too. */
  readonly openedToOthers: boolean;
  /** Of a patient of another hospital: the public key, base64url, to which notes for the patient are sealed. */
  readonly noteKey?: string;
}

type Handed = Omit<KnownPatient, 'openedToOthers'>;

/**
 * @param referral what the patient hands over with this request; for their own patients the gateway knows better
 * @throws Problem patient_not_found
 */
export async function patientOf(services: Services, patientId: string, referral?: Handed): Promise<KnownPatient> {
  const own = await services.facts.patient(patientId);
  if (own !== undefined) return own;
  if (referral !== undefined) return { ...handedOver(referral), openedToOthers: true };
  const kept = await services.keystore.get(referralName(patientId));
  if (kept === undefined) throw new Problem('patient_not_found');
  return { ...(JSON.parse(Buffer.from(kept).toString('utf8')) as KnownPatient), openedToOthers: true };
}

/**
 * A patient's id follows from home and handle, so whoever made a referral up is found out before it is kept.
 *
 * @throws Problem handle_mismatch for another patient's, organization_not_found
 */
export function requireReferralOf(
  { consortium }: Pick<Services, 'consortium'>,
  patientId: string,
  referral: Handed,
): void {
  if (referral.patientId !== patientId || patientIdOf(referral.home, referral.handle) !== patientId)
    throw new Problem('handle_mismatch');
  if (consortium.roleOf(referral.home) !== 'hospital')
    throw new Problem('organization_not_found', {
      errors: [{ pointer: '/referral/home', code: 'organization_not_found', detail: 'is no hospital' }],
    });
}

/**
 * Keeps what a patient of another hospital handed over. Only a permitted access shows that home and handle are right:
 * without one nothing that is kept is replaced, so that nobody bars colleagues from a patient with a made-up handle.
 */
export async function rememberReferral(
  { keystore }: Pick<Services, 'keystore'>,
  referral: Handed,
  isProven: boolean,
): Promise<void> {
  const name = referralName(referral.patientId);
  if (!isProven && (await keystore.get(name)) !== undefined) return;
  await keystore.put(name, Buffer.from(JSON.stringify(handedOver(referral))));
}

function handedOver({ patientId, home, handle, noteKey }: Handed): Handed {
  return { patientId, home, handle, ...(noteKey === undefined ? {} : { noteKey }) };
}

const referralName = (patientId: string): string => `referral/${patientId}`;
