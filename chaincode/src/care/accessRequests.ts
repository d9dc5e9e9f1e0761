import { command, type Transaction } from '../ledger/index.ts';
import {
  accessRequestType,
  DenyAccessRequest,
  Refusal,
  RequestAccess,
  staffType,
  WithdrawAccessRequest,
  type AccessRequest,
  type Grantee,
} from '../model/index.ts';
import { accessRequestIdOf, lapsesAt, requireAct, requireUnanswered } from '../rules/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { staffAddress } from '../registry/addresses.ts';
import { accessRequestAddress, placeOf, type PatientRef, type Place } from './addresses.ts';
import { patientRefOf, requirePatient, requirePatientSide } from './patientRef.ts';

/**
 * A clinician asks the patient for access, or refers the patient to a department of the own organisation. It gives no
 * right: the patient's consent does, and answers the request.
 */
export const requestAccess = command<RequestAccess>({
  body: RequestAccess,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).facts,
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { requestId, home, purposeOfUse, categories, days, receivingDepartment, sealedReason } = command.body;
    const patient = patientRefOf(transaction, command);
    const actor = await requireStaffActor(transaction, ['clinical', 'registry']);
    requireAct(actor, 'care.requestAccess', timeMs);
    const origin = { commandKey: command.key, deviceKey: submitter.deviceKey, handle: patient.handle };
    if (requestId !== accessRequestIdOf(origin))
      throw new Refusal('validation_failed', 'does not follow from the command', '/requestId');
    if (submitter.mspId === home) await requirePatient(transaction, patient);
    const at = accessRequestAddress(placeOf(home, submitter.mspId).facts, patient, requestId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/requestId');
    ledger.put(accessRequestType, at, {
      requestId,
      patientId: patient.patientId,
      requesterId: actor.staffId,
      requesterOrg: actor.mspId,
      requesterRole: actor.role,
      purposeOfUse,
      categories,
      days,
      ...(receivingDepartment === undefined ? {} : { receivingDepartment }),
      sealedReason,
      requestedAt: time,
      lapsesAt: lapsesAt(timeMs),
      status: 'requested',
    });
    return { result: { requestId, lapsesAt: lapsesAt(timeMs) } };
  },
});

export const denyAccessRequest = command<DenyAccessRequest>({
  body: DenyAccessRequest,
  guards: ({ home, requesterOrg }) => placeOf(home, requesterOrg).facts,
  async decide(transaction, command) {
    const { home, requestId, requesterOrg } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    return answer(transaction, patient, placeOf(home, requesterOrg), requestId, { status: 'denied' });
  },
});

/** By who asked. */
export const withdrawAccessRequest = command<WithdrawAccessRequest>({
  body: WithdrawAccessRequest,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).facts,
  async decide(transaction, command) {
    const { home, requestId } = command.body;
    const patient = patientRefOf(transaction, command);
    const { staffId } = await requireStaffActor(transaction, ['clinical', 'registry']);
    const place = placeOf(home, transaction.submitter.mspId);
    const request = await requestOf(transaction, patient, place, requestId);
    if (request.requesterId !== staffId) throw new Refusal('request_not_found', undefined, '/requestId');
    return answer(transaction, patient, place, requestId, { status: 'withdrawn' });
  },
});

/**
 * A consent answers the request that it names: it must be for who asked, or for their department; of a referral, for the
 * receiving one. Both are one transaction, so that of two answers one wins.
 *
 * @throws Refusal request_not_found, request_already_answered, request_lapsed, validation_failed for another grantee
 */
export async function approveRequest(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  { requestId, consentId, grantee }: { requestId: string; consentId: string; grantee: Grantee },
): Promise<void> {
  const request = await requestOf(transaction, patient, place, requestId);
  if (grantee.mspId !== request.requesterOrg || !(await isAnswerTo(transaction, request, grantee)))
    throw new Refusal('validation_failed', 'somebody else asked', '/grantee');
  await answer(transaction, patient, place, requestId, { status: 'approved', consentId });
}

async function isAnswerTo(
  { ledger }: Transaction,
  { requesterId, receivingDepartment }: AccessRequest,
  { kind, id }: Grantee,
): Promise<boolean> {
  if (kind === 'person') return receivingDepartment === undefined && id === requesterId;
  if (kind !== 'department') return false;
  if (receivingDepartment !== undefined) return id === receivingDepartment;
  const staff = await ledger.get(staffType, staffAddress('clinical', requesterId));
  return staff?.department === id;
}

async function answer(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  requestId: string,
  given: Pick<AccessRequest, 'status' | 'consentId'>,
): Promise<{ result: { requestId: string; status: string } }> {
  const { ledger, time, timeMs } = transaction;
  const request = await requestOf(transaction, patient, place, requestId);
  requireUnanswered(request, timeMs);
  const at = accessRequestAddress(place.facts, patient, requestId);
  ledger.put(accessRequestType, at, { ...request, ...given, answeredAt: time });
  return { result: { requestId, status: given.status } };
}

async function requestOf(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  requestId: string,
): Promise<AccessRequest> {
  const request = await ledger.get(accessRequestType, accessRequestAddress(place.facts, patient, requestId));
  if (request === undefined) throw new Refusal('request_not_found', undefined, '/requestId');
  return request;
}
