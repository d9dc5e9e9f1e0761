/** Makes, ends and redeems sharing tokens. */
import {
  collectionName,
  type CreateSharingToken,
  type RecordFact,
  type RedeemSharingToken,
  type RevokeSharingToken,
} from '@chain-of-care/chaincode/model';
import { accessIdOf, sharingTokenIdOf } from '@chain-of-care/chaincode/rules';
import { redeemHashOf, SharingSecret } from '@chain-of-care/client';
import { newestVersions } from '../accesses/open.ts';
import type { Caller, LedgerIdentity } from '../auth/caller.ts';
import { DataKeys } from '../custody/dataKeys.ts';
import { patientOf, rememberReferral, requireReferralOf } from '../custody/patients.ts';
import type { Applied, Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { recordVersions } from '../readmodel/queries/care.ts';
import { sharingTokenByRedeemHash, type SharingTokenFact } from '../readmodel/queries/sharingTokens.ts';
import type { Services } from '../services.ts';
import type { NewSharingToken, NewTokenRedemption } from './dto.ts';

const hourMs = 3600_000;

export interface CreatedToken extends Pick<Applied, 'transaction'> {
  readonly tokenId: string;
  readonly secret: string;
  readonly expiresAt: string;
}

/** By the patient. @throws Problem record_not_found; Refusal staff_not_found, grantee_suspended */
export async function createToken(
  services: Services,
  caller: Caller,
  patientId: string,
  { records, expiresInHours, singleUse = true, grantee, purposeOfUse = 'PATRQT' }: NewSharingToken,
  idempotency: Derivation,
): Promise<CreatedToken> {
  const { home, handle } = await patientOf(services, patientId);
  const command = idempotency.command('token');
  const origin = { commandKey: command.key, deviceKey: caller.identity.deviceKey, handle };
  const tokenId = sharingTokenIdOf(origin, grantee?.mspId);
  const secret = new SharingSecret(idempotency.secret('token'));
  const expiresAt = new Date(services.clock() + expiresInHours * hourMs).toISOString();
  const dataKeys = new DataKeys(services, caller, [{ kind: 'self' }]);
  const facts = await ownRecords(services, patientId, records);
  const body: CreateSharingToken = {
    tokenId,
    patientId,
    home,
    redeemHash: await redeemHashOf(secret.redeem),
    keys: await Promise.all(
      facts.map(async (fact) => {
        const { recordId, version } = fact;
        return { recordId, version, wrapped: await secret.wrap(await dataKeys.of(fact), tokenId, fact) };
      }),
    ),
    purposeOfUse,
    singleUse,
    ...(grantee === undefined ? {} : { grantee }),
    expiresAt,
  };
  const isElsewhere = grantee !== undefined && grantee.mspId !== home;
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.createSharingToken',
    body,
    handle,
    ...command,
    touches: {
      writes: [isElsewhere ? collectionName.exchange(home) : collectionName.care(home)],
      reads: [collectionName.care(home), collectionName.clinical],
    },
  });
  return { tokenId, secret: secret.text, expiresAt, ...(transaction === undefined ? {} : { transaction }) };
}

async function ownRecords(
  services: Services,
  patientId: string,
  asked: NewSharingToken['records'],
): Promise<readonly RecordFact[]> {
  const facts = await recordVersions(services.readModel.db, await newestVersions(services, asked));
  if (facts.length !== asked.length || facts.some((fact) => fact.patientId !== patientId))
    throw new Problem('record_not_found');
  return facts;
}

/** By the patient. @throws Refusal token_ended when it was revoked before */
export async function revokeToken(
  services: Services,
  caller: Caller,
  { tokenId, patientId, grantee }: SharingTokenFact,
  idempotency: Derivation,
): Promise<Applied<{ readonly revokedAt: string }>> {
  const { home, handle } = await patientOf(services, patientId);
  const body: RevokeSharingToken = {
    tokenId,
    patientId,
    home,
    ...(grantee === undefined ? {} : { granteeOrg: grantee.mspId }),
  };
  const isElsewhere = grantee !== undefined && grantee.mspId !== home;
  return services.ledger.submit(caller.identity, {
    type: 'care.revokeSharingToken',
    body,
    handle,
    ...idempotency.command('revoke'),
    touches: {
      writes: [isElsewhere ? collectionName.exchange(home) : collectionName.access(home)],
      reads: [collectionName.care(home)],
    },
  });
}

export interface RedeemedToken {
  readonly accessId: string;
  readonly servesUntil: string;
  readonly notAfter: string;
}

export interface Redemption extends Applied<RedeemedToken> {
  readonly token: SharingTokenFact;
}

/**
 * @param caller absent for a bearer: then the gateway acts, which is nobody on the ledger
 * @throws Problem token_not_found; CommittedRefusal token_ended, with the access under which it is in the audit
 */
export async function redeemToken(
  services: Services,
  caller: Caller | undefined,
  { redeem, referral }: NewTokenRedemption,
  idempotency: Derivation,
): Promise<Redemption> {
  const token = await sharingTokenByRedeemHash(services.readModel.db, await redeemHashOf(redeem));
  if (token === undefined) throw new Problem('token_not_found');
  const { tokenId, patientId } = token;
  if (referral !== undefined) requireReferralOf(services, patientId, referral);
  const { home, handle } = await patientOf(services, patientId, referral);
  const identity = caller?.identity ?? services.serviceIdentity;
  const command = idempotency.command('redeem');
  const accessId = accessIdOf({ commandKey: command.key, deviceKey: identity.deviceKey, handle });
  const body: RedeemSharingToken = { tokenId, patientId, home, accessId, redeem };
  const redeemed = await services.ledger.submit<RedeemedToken>(identity, {
    type: 'care.redeemSharingToken',
    body,
    handle,
    ...command,
    touches: touchesOf(home, identity),
    kind: 'access',
  });
  if (!redeemed.replayed && Date.parse(redeemed.result.notAfter) <= services.clock())
    throw new Problem('access_expired', { detail: 'the decision was committed too late' });
  // The token lies under the handle that was handed over: it is the patient's, and the content is asked for without it.
  if (referral?.handle === handle) await rememberReferral(services, referral, true);
  return { ...redeemed, token };
}

/** A single-use token is spent in the collection in which it lies, so home and regulator endorse. */
function touchesOf(home: string, { mspId }: LedgerIdentity): Touches {
  const staff = [collectionName.clinical, collectionName.registry];
  if (mspId !== home) return { writes: [collectionName.exchange(home)], reads: staff };
  return { writes: [collectionName.access(home), collectionName.care(home)], reads: staff };
}
