import { createHash } from 'node:crypto';
import { command, type Transaction } from '../ledger/index.ts';
import {
  accessType,
  batchKeyType,
  consentStopsType,
  CreateSharingToken,
  recordFactType,
  RedeemSharingToken,
  Refusal,
  RevokeSharingToken,
  sharingTokenType,
  type Access,
  type RecordVersion,
  type SharingToken,
} from '../model/index.ts';
import { accessIdOf, accessTimes, requireAct, sharingTokenIdOf, stateOfToken } from '../rules/index.ts';
import { findStaffActor } from '../registry/actor.ts';
import {
  accessAddress,
  batchKeyAddress,
  placeOf,
  recordAddress,
  sharingTokenAddress,
  stopsAddress,
  withdrawalAddress,
  type PatientRef,
  type Place,
} from './addresses.ts';
import { requireClinician } from './clinicians.ts';
import { patientRefOf, requirePatientSide } from './patientRef.ts';

/** Role and id of a redeemer without an account. */
export const bearerRole = 'bearer';

/** Stops of a token lie where those of consents do: ending one works without the regulator. */
const stopSubject = (tokenId: string): string => `token/${tokenId}`;

/**
 * The patient shares record versions with whoever shows the secret, or with one person. The ledger holds a hash of what
 * proves possession, and the data keys wrapped under what never leaves the holder's side.
 */
export const createSharingToken = command<CreateSharingToken>({
  body: CreateSharingToken,
  guards: ({ home, grantee }) => placeOf(home, grantee?.mspId).facts,
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { tokenId, home, grantee, keys, redeemHash, expiresAt, singleUse, purposeOfUse } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    const origin = { commandKey: command.key, deviceKey: submitter.deviceKey, handle: patient.handle };
    if (tokenId !== sharingTokenIdOf(origin, grantee?.mspId))
      throw new Refusal('validation_failed', 'does not follow from the command', '/tokenId');
    if (Date.parse(expiresAt) <= timeMs) throw new Refusal('validation_failed', 'must lie in the future', '/expiresAt');
    if (grantee !== undefined) await requireClinician(transaction, grantee, '/grantee');
    const place = placeOf(home, grantee?.mspId);
    const at = sharingTokenAddress(place.facts, patient, tokenId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/tokenId');
    await placeRecords(transaction, patient, place, keys);
    ledger.put(sharingTokenType, at, {
      tokenId,
      patientId: patient.patientId,
      redeemHash,
      keys,
      purposeOfUse,
      singleUse,
      ...(grantee === undefined ? {} : { grantee }),
      createdAt: time,
      expiresAt,
    });
    return { result: { tokenId } };
  },
});

/** The patient ends a token; accesses that run under it are served no more. */
export const revokeSharingToken = command<RevokeSharingToken>({
  body: RevokeSharingToken,
  guards: ({ home, granteeOrg }) => placeOf(home, granteeOrg).accesses,
  async decide(transaction, command) {
    const { ledger, submitter, time } = transaction;
    const { tokenId, home, granteeOrg, patientId } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    const place = placeOf(home, granteeOrg);
    const token = await ledger.get(sharingTokenType, sharingTokenAddress(place.facts, patient, tokenId));
    if (token === undefined) throw new Refusal('token_not_found', undefined, '/tokenId');
    if (await isRevoked(transaction, patient, place, tokenId)) throw new Refusal('token_ended');
    const subject = stopSubject(tokenId);
    const stop = { consentId: tokenId, revokedAt: time, revokedBy: submitter.deviceKey };
    ledger.put(consentStopsType, stopsAddress(place.accesses, patient, subject), { patientId, subject, stops: [stop] });
    return { result: { tokenId, revokedAt: time } };
  },
});

/**
 * Whoever shows what proves possession gets an access to the records shared. A single-use token is spent by it: of two
 * redemptions at the same time one is invalid. Without an account the redeemer is recorded as bearer; a token that ended
 * is refused, and that is recorded too.
 */
export const redeemSharingToken = command<RedeemSharingToken>({
  body: RedeemSharingToken,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).accesses,
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { tokenId, accessId, home, redeem } = command.body;
    const patient = patientRefOf(transaction, command);
    const origin = { commandKey: command.key, deviceKey: submitter.deviceKey, handle: patient.handle };
    if (accessId !== accessIdOf(origin))
      throw new Refusal('validation_failed', 'does not follow from the command', '/accessId');
    const place = placeOf(home, submitter.mspId);
    const at = sharingTokenAddress(place.facts, patient, tokenId);
    const token = await ledger.get(sharingTokenType, at);
    const shown = createHash('sha256').update(Buffer.from(redeem, 'base64url')).digest('hex');
    if (token?.redeemHash !== shown) throw new Refusal('token_not_found', undefined, '/tokenId');
    const redeemer = await redeemerOf(transaction, token);
    const hasEnded = stateOfToken(token, await isRevoked(transaction, patient, place, tokenId), timeMs) !== 'active';
    if (token.singleUse && !hasEnded) ledger.put(sharingTokenType, at, { ...token, spentBy: accessId, spentAt: time });
    const times = accessTimes(timeMs);
    const access: Access = {
      accessId,
      patientId: patient.patientId,
      ...redeemer,
      deviceKey: submitter.deviceKey,
      purposeOfUse: token.purposeOfUse,
      records: token.keys.map(({ recordId, version }) => ({ recordId, version })),
      decision: hasEnded ? 'deny' : 'permit',
      ...(hasEnded ? { code: 'token_ended' } : {}),
      basis: hasEnded ? [] : [{ kind: 'token', tokenId }],
      withheld: hasEnded ? token.keys.length : 0,
      recordTime: time,
      notAfter: times.notAfter,
      servesUntil: earlier(times.servesUntil, token.expiresAt),
    };
    ledger.put(accessType, accessAddress(place.accesses, patient, accessId), access);
    const { notAfter, servesUntil } = access;
    return {
      result: { accessId, servesUntil, notAfter },
      ...(hasEnded ? { refusal: { code: 'token_ended' as const } } : {}),
    };
  },
});

/**
 * What a token's access may be served now: nothing once the token was revoked, or was spent by another access.
 *
 * @throws Refusal access_not_permitted
 */
export async function requireTokenOf(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  { accessId, accessorId }: Access,
  tokenId: string,
): Promise<readonly RecordVersion[]> {
  const token = await transaction.ledger.get(sharingTokenType, sharingTokenAddress(place.facts, patient, tokenId));
  const isSpentElsewhere = token?.singleUse === true && token.spentBy !== accessId;
  const isForAnother = token?.grantee !== undefined && token.grantee.id !== accessorId;
  if (token === undefined || isSpentElsewhere || isForAnother) throw new Refusal('access_not_permitted');
  if (await isRevoked(transaction, patient, place, tokenId)) throw new Refusal('access_not_permitted');
  return token.keys.map(({ recordId, version }) => ({ recordId, version }));
}

/** Offsets differ: it is instants that are compared. */
function earlier(one: string, other: string): string {
  return Date.parse(one) < Date.parse(other) ? one : other;
}

async function isRevoked(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  tokenId: string,
): Promise<boolean> {
  return ledger.has(stopsAddress(place.accesses, patient, stopSubject(tokenId)));
}

/** @throws Refusal token_not_found for another than the one named */
async function redeemerOf(
  transaction: Transaction,
  { grantee }: SharingToken,
): Promise<Pick<Access, 'accessorId' | 'accessorOrg' | 'accessorRole' | 'accessorGroup'>> {
  const { submitter, timeMs } = transaction;
  const actor = await findStaffActor(transaction, ['clinical', 'registry']);
  if (grantee !== undefined && actor?.staffId !== grantee.id)
    throw new Refusal('token_not_found', undefined, '/tokenId');
  if (actor === undefined) return { accessorId: bearerRole, accessorOrg: submitter.mspId, accessorRole: bearerRole };
  requireAct(actor, 'care.openAccess', timeMs);
  const group = actor.department === undefined ? {} : { accessorGroup: actor.department };
  return { accessorId: actor.staffId, accessorOrg: actor.mspId, accessorRole: actor.role, ...group };
}

/** The records exist; those for a person of another hospital are copied to where that hospital reads them. */
async function placeRecords(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  keys: SharingToken['keys'],
): Promise<void> {
  const { facts: care } = placeOf(patient.home, undefined);
  for (const [index, { recordId, version }] of keys.entries()) {
    const fact = await ledger.get(recordFactType, recordAddress(care, patient, recordId, version));
    if (fact === undefined) throw new Refusal('record_not_found', undefined, `/keys/${index}`);
    if (await ledger.has(withdrawalAddress(care, patient, recordId)))
      throw new Refusal('entered_in_error', undefined, `/keys/${index}`);
    if (place.facts === care) continue;
    const batch = await ledger.get(batchKeyType, batchKeyAddress(care, patient, fact.batchId));
    ledger.put(recordFactType, recordAddress(place.facts, patient, recordId, version), fact);
    ledger.put(batchKeyType, batchKeyAddress(place.facts, patient, fact.batchId), batch!);
  }
}
