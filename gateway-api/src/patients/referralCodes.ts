/**
 * Short codes that lead another hospital to a patient: shown by the patient, good once and for a quarter of an hour. Only
 * the code's hash is kept, and only the hash travels to the home gateway.
 */
import { createHash, randomInt } from 'node:crypto';
import { violationsOf } from '@chain-of-care/chaincode/model';
import { toBase64Url } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';
import { rememberReferral, requireReferralOf } from '../custody/patients.ts';
import { categoryKeys } from '../custody/publicKeys.ts';
import { jsonAnswer } from '../internal/jsonAnswer.ts';
import type { InternalExchange } from '../internal/server.ts';
import type { Reply } from '../http/route.ts';
import type { Services } from '../services.ts';
import { Referral, type ReferredPatient } from './dto.ts';

const lifetimeMs = 15 * 60_000;
/** Crockford's base 32: nothing that is misread; 12 of them are 60 bits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groups = 3;
const lettersOfGroup = 4;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** @returns `HospitalMSP-7K3M-9Q2X-TB4D` and when it ends */
export async function newReferralCode(
  { readModel, profile, clock }: Pick<Services, 'readModel' | 'profile' | 'clock'>,
  patientId: string,
): Promise<{ code: string; expiresAt: string }> {
  const group = (): string =>
    Array.from({ length: lettersOfGroup }, () => alphabet[randomInt(alphabet.length)]).join('');
  const secret = Array.from({ length: groups }, group).join('-');
  const now = clock();
  const expiresAt = new Date(now + lifetimeMs).toISOString();
  await readModel.db.deleteFrom('referral_codes').where('expires_at', '<=', new Date(now)).execute();
  await readModel.db
    .insertInto('referral_codes')
    .values({ code_hash: hashOf(secret), patient_id: patientId, expires_at: expiresAt })
    .execute();
  return { code: `${profile.mspId}-${secret}`, expiresAt };
}

/** What a patient hands over, as the home knows it. @returns undefined for a patient of another hospital */
export async function referralOf(services: Services, patientId: string): Promise<Referral | undefined> {
  const patient = await services.facts.patient(patientId);
  if (patient === undefined || patient.home !== services.profile.mspId) return undefined;
  const noteKey = toBase64Url((await categoryKeys(services, patientId))('other', 'N').publicKey);
  return { patientId, home: patient.home, handle: patient.handle, noteKey };
}

const notGood = (): Problem => new Problem('not_found', { detail: 'the code is wrong, spent or expired' });

/**
 * By staff of any hospital: the code is spent and the patient known here from now on. It gives no right to read anything.
 *
 * @throws Problem not_found for a code that is wrong, spent or expired: they are told apart to nobody; upstream_failed,
 *   handle_mismatch when what the other hospital answers is no patient of theirs
 */
export async function redeemReferralCode(services: Services, code: string): Promise<ReferredPatient> {
  const match = /^([A-Za-z][A-Za-z0-9.]{0,63})-?((?:[0-9A-Z]{4}-?){3})$/.exec(code.trim());
  const [, home = '', letters = ''] = match ?? [];
  const secret = letters.replaceAll('-', '').match(/.{4}/g)?.join('-') ?? '';
  if (services.consortium.roleOf(home) !== 'hospital') throw notGood();
  const isHome = home === services.profile.mspId;
  const referral = isHome ? await spend(services, hashOf(secret)) : await fetchReferral(services, home, hashOf(secret));
  if (referral === undefined || referral.home !== home) throw notGood();
  if (!isHome) {
    requireReferralOf(services, referral.patientId, referral);
    await rememberReferral(services, referral, true);
  }
  return { patientId: referral.patientId, home };
}

/** Two at once: the database gives the row to one. */
async function spend(services: Services, codeHash: string): Promise<Referral | undefined> {
  const row = await services.readModel.db
    .deleteFrom('referral_codes')
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', new Date(services.clock()))
    .returning('patient_id')
    .executeTakeFirst();
  return row === undefined ? undefined : referralOf(services, row.patient_id);
}

async function fetchReferral(
  { internalClient }: Services,
  home: string,
  codeHash: string,
): Promise<Referral | undefined> {
  const { status, stream } = await internalClient.get(home, `/v1/referrals/${codeHash}`);
  if (status === 200) {
    const answer = await jsonAnswer(stream);
    if (violationsOf(Referral, answer).length > 0) throw new Problem('upstream_failed');
    return answer as Referral;
  }
  stream.resume();
  if (status === 404) return undefined;
  throw new Problem('upstream_failed');
}

/** Adds `GET /v1/referrals/{hash}` to the server between gateways: only for hospitals. */
export function addReferralRoute(services: Services): void {
  services.internalRoutes.add(
    'get',
    '/v1/referrals/:codeHash',
    async ({ params, peer }: InternalExchange): Promise<Reply> => {
      if (services.consortium.roleOf(peer.mspId) !== 'hospital') throw new Problem('organization_not_allowed');
      const referral = await spend(services, params['codeHash'] ?? '');
      if (referral === undefined) throw new Problem('not_found');
      return { status: 200, body: referral };
    },
  );
}
