import { command, type Transaction } from '../ledger/index.ts';
import {
  AddWraps,
  clinicalRoles,
  collectionName,
  consentBucketType,
  consentStopsType,
  consentType,
  DelegateConsent,
  GrantConsent,
  grantKeyType,
  grantWrapType,
  Refusal,
  RevokeConsent,
  staffType,
  subjectOf,
  subjectsOf,
  type ClosingKind,
  type Command,
  type Consent,
  type ConsentDecision,
  type ConsentRule,
  type Grantee,
  type OfferedGrantKey,
  type OfferedWrap,
} from '../model/index.ts';
import {
  consentIdOf,
  delegatedRule,
  delegationDepth,
  emptyBucket,
  isFull,
  mayHoldSeed,
  requireAct,
  withRule,
  type StaffActor,
} from '../rules/index.ts';
import { findStaffActor, requireStaffActor } from '../registry/actor.ts';
import { staffAddress } from '../registry/addresses.ts';
import {
  bucketAddress,
  consentAddress,
  grantKeyAddress,
  placeOf,
  stopsAddress,
  wrapAddress,
  type PatientRef,
  type Place,
} from './addresses.ts';
import { approveRequest } from './accessRequests.ts';
import { requireBegunEpochs } from './keyEpochs.ts';
import { openTo } from './openings.ts';
import { patientRefOf, requirePatientSide } from './patientRef.ts';
import { rulesFor } from './reader.ts';

/** Where the rules of a grantee lie: those of everyone at home only. */
function placeOfGrantee(home: string, { mspId }: Grantee): Place {
  return placeOf(home, mspId);
}

/**
 * The patient permits or denies. The rule goes to the grantee's bucket, sealed keys beside it. What only narrows rights is
 * never refused for want of room: see `rules/consentBucket`.
 */
export const grantConsent = command<GrantConsent>({
  body: GrantConsent,
  guards: ({ home, grantee }) => placeOfGrantee(home, grantee).facts,
  async decide(transaction, command) {
    const { time, submitter } = transaction;
    const { patientId, home, grantKeys, wraps, grantee, sealedNote, requestId, renews, ...rule } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    await requireGrantee(transaction, grantee, rule.decision);
    requireNew(transaction, command);
    if (['everyone', 'care-team'].includes(grantee.kind) && delegationDepth({ ...rule, grantedAt: time }) > 0)
      throw new Refusal('delegation_not_allowed', `by ${grantee.kind}`, '/mayDelegate');
    const place = placeOfGrantee(home, grantee);
    if (requestId !== undefined && rule.decision === 'deny')
      throw new Refusal('validation_failed', 'a denial approves no request', '/requestId');
    if (requestId !== undefined)
      await approveRequest(transaction, patient, place, { requestId, consentId: rule.consentId, grantee });
    if (renews !== undefined) await requireRenewable(transaction, patient, place, { renews, grantee });
    const granted: ConsentRule = { ...rule, grantedAt: time };
    const more = {
      ...(sealedNote === undefined ? {} : { sealedNote }),
      ...(renews === undefined ? {} : { renews }),
    };
    const consent: Consent = { ...granted, patientId, grantee, grantedBy: submitter.deviceKey, ...more };
    const result = await put(transaction, patient, place, { granted, consent, grantKeys, wraps });
    if (place.facts === collectionName.exchange(home)) await openTo(grantee.mspId!, transaction, patient, granted);
    return { result };
  },
});

/**
 * Whom a consent names passes it on, more narrowly, to somebody on the same side of the home hospital: what decides lies in
 * one place. What is handed over, facts and keys, is a part of what the parent handed over.
 */
export const delegateConsent = command<DelegateConsent>({
  body: DelegateConsent,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).facts,
  async decide(transaction, command) {
    const { ledger, time, timeMs, submitter } = transaction;
    const { patientId, home, consentId, parentId, grantee, grantKeys, wraps, ...wanted } = command.body;
    const patient = patientRefOf(transaction, command);
    const actor = await requireStaffActor(transaction, ['clinical', 'registry']);
    requireAct(actor, 'care.delegateConsent', timeMs);
    const place = placeOf(home, submitter.mspId);
    if (placeOfGrantee(home, grantee).facts !== place.facts)
      throw new Refusal('organization_not_allowed', "across the home hospital's border", '/grantee/mspId');
    const parent = await ledger.get(consentType, consentAddress(place.facts, patient, parentId));
    if (parent === undefined || !subjectsOf(actor).includes(subjectOf(parent.grantee)))
      throw new Refusal('consent_not_found', undefined, '/parentId');
    const held = (await rulesFor(transaction, patient, place, actor)).find((each) => each.consentId === parentId);
    if (held === undefined) throw new Refusal('consent_already_ended', undefined, '/parentId');
    await requireGrantee(transaction, grantee, 'permit');
    const rule = delegatedRule(held, parent.grantee, grantee, wanted, { consentId, grantedAt: time });
    requireNew(transaction, { ...command, body: { ...rule, grantee } });
    const by = { grantedBy: submitter.deviceKey, delegatedBy: actor.staffId };
    const consent: Consent = { ...rule, patientId, grantee, ...by };
    return { result: await put(transaction, patient, place, { granted: rule, consent, grantKeys, wraps }) };
  },
});

/** @throws Refusal validation_failed for an id of another command, or an end that is past */
function requireNew({ submitter, timeMs }: Transaction, { key: commandKey, handle, body }: NewRule): void {
  const origin = { commandKey, deviceKey: submitter.deviceKey, handle: handle! };
  if (body.consentId !== consentIdOf(origin, body.grantee))
    throw new Refusal('validation_failed', 'does not follow from the command', '/consentId');
  if (body.expiresAt !== undefined && Date.parse(body.expiresAt) <= timeMs)
    throw new Refusal('validation_failed', 'must lie in the future', '/expiresAt');
}

type NewRule = Pick<
  Command<Pick<ConsentRule, 'consentId' | 'expiresAt'> & { grantee: Grantee }>,
  'key' | 'handle' | 'body'
>;

/** The consent, its rule in the grantee's bucket, and its keys. */
async function put(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  { granted, consent, ...keys }: { readonly granted: ConsentRule; readonly consent: Consent } & OfferedKeys,
): Promise<{ readonly consentId: string; readonly closes?: ClosingKind }> {
  const { ledger } = transaction;
  const { consentId } = granted;
  const at = consentAddress(place.facts, patient, consentId);
  if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/consentId');
  const closes = await addToBucket(transaction, patient, place, subjectOf(consent.grantee), granted);
  const closing = closes === undefined ? {} : { closes };
  ledger.put(consentType, at, { ...consent, ...closing });
  await storeKeys(transaction, patient, place, consent, keys);
  return { consentId, ...closing };
}

/** Further keys for the grantee of a consent that stands: whoever had it and has it no more is handed nothing. */
export const addWraps = command<AddWraps>({
  body: AddWraps,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).facts,
  async decide(transaction, command) {
    const { ledger, submitter } = transaction;
    const { home, consentId, grantKeys, wraps } = command.body;
    const patient = patientRefOf(transaction, command);
    const { facts: own } = placeOf(home, submitter.mspId);
    for (const facts of new Set([own, collectionName.exchange(home)])) {
      const consent = await ledger.get(consentType, consentAddress(facts, patient, consentId));
      if (consent === undefined) continue;
      const delegator = await requireGrantor(transaction, patient, consent);
      if (delegator !== undefined) requireAct(delegator, 'care.delegateConsent', transaction.timeMs);
      const place = placeOfGrantee(home, consent.grantee);
      await requireStanding(transaction, patient, place, consent);
      await storeKeys(transaction, patient, place, consent, { grantKeys, wraps });
      return { result: { consentId } };
    }
    await requirePatientSide(transaction, patient);
    throw new Refusal('consent_not_found', undefined, '/consentId');
  },
});

/**
 * The patient ends a consent, or who delegated it that one. Only a stop is written, in a collection that one endorser (at home) suffices for, so that
 * rights can be narrowed while the regulator is unreachable. The stop alone decides, on what was
 * delegated from the consent too; the bucket keeps its rule.
 */
export const revokeConsent = command<RevokeConsent>({
  body: RevokeConsent,
  guards: ({ home, grantee }) => placeOfGrantee(home, grantee).accesses,
  async decide(transaction, command) {
    const { ledger, time, submitter } = transaction;
    const { patientId, home, consentId, grantee } = command.body;
    const patient = patientRefOf(transaction, command);
    const place = placeOfGrantee(home, grantee);
    const consent = await ledger.get(consentType, consentAddress(place.facts, patient, consentId));
    await requireGrantor(transaction, patient, consent);
    if (consent === undefined) throw new Refusal('consent_not_found', undefined, '/consentId');
    const subject = subjectOf(consent.grantee);
    const at = stopsAddress(place.accesses, patient, subject);
    const stops = (await ledger.get(consentStopsType, at))?.stops ?? [];
    if (stops.some((stop) => stop.consentId === consentId)) throw new Refusal('consent_already_ended');
    const closing = consent.closes === undefined ? {} : { closes: consent.closes };
    const stop = { consentId, revokedAt: time, revokedBy: submitter.deviceKey, ...closing };
    ledger.put(consentStopsType, at, { patientId, subject, stops: [...stops, stop] });
    return { result: { consentId, revokedAt: time } };
  },
});

/**
 * The patient's side, or of a delegated consent who delegated it.
 *
 * @returns who delegated it, if it is they who act
 * @throws Refusal not_own_patient, patient_not_found
 */
async function requireGrantor(
  transaction: Transaction,
  patient: PatientRef,
  consent: Pick<Consent, 'delegatedBy'> | undefined,
): Promise<StaffActor | undefined> {
  if (consent?.delegatedBy !== undefined) {
    const actor = await findStaffActor(transaction, ['clinical', 'registry']);
    if (actor?.staffId === consent.delegatedBy) return actor;
  }
  await requirePatientSide(transaction, patient);
  return undefined;
}

/**
 * The grantee is complete for its kind, of a hospital of ours, and, if a person, registered there; active too, unless the
 * consent is a denial, which takes nothing but rights.
 */
async function requireGrantee(
  { ledger, consortium }: Transaction,
  { kind, mspId, id }: Grantee,
  decision: ConsentDecision,
): Promise<void> {
  const wants = { person: 'mi', department: 'mi', role: 'mi', organization: 'm', 'care-team': 'm', everyone: '' }[kind];
  const has = `${mspId === undefined ? '' : 'm'}${id === undefined ? '' : 'i'}`;
  if (has !== wants) throw new Refusal('validation_failed', `is not complete for a ${kind}`, '/grantee');
  if (mspId !== undefined && consortium.roleOf(mspId) !== 'hospital')
    throw new Refusal('organization_not_found', undefined, '/grantee/mspId');
  if (kind === 'role' && !clinicalRoles.some((role) => role === id))
    throw new Refusal('validation_failed', 'is no role of care', '/grantee/id');
  if (kind !== 'person') return;
  const staff = await ledger.get(staffType, staffAddress('clinical', id!));
  if (staff === undefined || staff.mspId !== mspId) throw new Refusal('staff_not_found', undefined, '/grantee/id');
  if (decision === 'permit' && staff.status !== 'active')
    throw new Refusal('grantee_suspended', undefined, '/grantee/id');
}

/** @returns how the denial closes the grantee's bucket, where it found it full */
async function addToBucket(
  { ledger, timeMs }: Transaction,
  patient: PatientRef,
  place: Place,
  subject: string,
  rule: ConsentRule,
): Promise<ClosingKind | undefined> {
  const at = bucketAddress(place.facts, patient, subject);
  const before = (await ledger.get(consentBucketType, at)) ?? emptyBucket;
  const isDelegated = rule.parents !== undefined;
  const stops =
    isDelegated || isFull(before, rule)
      ? await ledger.get(consentStopsType, stopsAddress(place.accesses, patient, subject))
      : undefined;
  const { bucket, closes } = withRule(before, rule, stops?.stops ?? [], timeMs);
  ledger.put(consentBucketType, at, { patientId: patient.patientId, subject, ...bucket });
  return closes;
}

/** @throws Refusal consent_already_ended when it or a consent above it was revoked, or has expired: none outlives those above */
async function requireStanding(
  { ledger, timeMs }: Transaction,
  patient: PatientRef,
  { accesses }: Place,
  { parents = [], ...consent }: Consent,
): Promise<void> {
  const { expiresAt } = consent;
  let hasEnded = expiresAt !== undefined && Date.parse(expiresAt) <= timeMs;
  for (const { consentId, grantee } of [consent, ...parents]) {
    const stopped = await ledger.get(consentStopsType, stopsAddress(accesses, patient, subjectOf(grantee)));
    hasEnded ||= stopped?.stops.some((stop) => stop.consentId === consentId) === true;
  }
  if (hasEnded) throw new Refusal('consent_already_ended', undefined, '/consentId');
}

interface OfferedKeys {
  readonly grantKeys: readonly OfferedGrantKey[] | undefined;
  readonly wraps: readonly OfferedWrap[];
}

/**
 * A consent is followed by one for the same grantee, expired or not; one that was revoked, or that somebody else passed on,
 * by none.
 *
 * @throws Refusal consent_not_found, consent_already_ended
 */
async function requireRenewable(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  { renews, grantee }: { readonly renews: string; readonly grantee: Grantee },
): Promise<void> {
  const subject = subjectOf(grantee);
  const former = await ledger.get(consentType, consentAddress(place.facts, patient, renews));
  if (former === undefined || former.parents !== undefined || subjectOf(former.grantee) !== subject)
    throw new Refusal('consent_not_found', undefined, '/renews');
  const stopped = await ledger.get(consentStopsType, stopsAddress(place.accesses, patient, subject));
  if (stopped?.stops.some(({ consentId }) => consentId === renews) === true)
    throw new Refusal('consent_already_ended', undefined, '/renews');
}

/** Keys that a consent hands over; a wrap under a grant key is for whom that key is sealed to. */
async function storeKeys(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  consent: Consent,
  offered: OfferedKeys,
): Promise<void> {
  const { consentId } = consent;
  // Elsewhere nobody but the patient has a seed that was not handed over.
  if (transaction.submitter.mspId === patient.home) await requireBegunEpochs(transaction, patient, offered.wraps);
  const { ledger } = transaction;
  const named = { patientId: patient.patientId, consentId };
  for (const [index, key] of (offered.grantKeys ?? []).entries()) {
    const at = grantKeyAddress(place.facts, patient, consentId, key.keyId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, `/grantKeys/${index}/keyId`);
    ledger.put(grantKeyType, at, { ...key, ...named });
  }
  for (const [index, wrap] of offered.wraps.entries()) {
    if (wrap.kind === 'seed' && !mayHoldSeed(consent, wrap))
      throw new Refusal('validation_failed', 'the consent does not cover the whole category', `/wraps/${index}/kind`);
    if (wrap.kind === 'dek' && (wrap.recordId === undefined || wrap.version === undefined))
      throw new Refusal('validation_failed', 'a data key names record and version', `/wraps/${index}`);
    if (wrap.keyId !== undefined) {
      const key = await ledger.get(grantKeyType, grantKeyAddress(place.facts, patient, consentId, wrap.keyId));
      if (key?.recipient !== wrap.recipient)
        throw new Refusal(
          'validation_failed',
          'is no grant key of this consent and recipient',
          `/wraps/${index}/keyId`,
        );
    }
    ledger.put(grantWrapType, wrapAddress(place.facts, patient, consentId, wrap.wrapId), { ...wrap, ...named });
  }
}
