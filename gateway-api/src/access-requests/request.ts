/** Asks a patient for access, answers and withdraws such requests. */
import {
  collectionName,
  type AccessRequest,
  type DenyAccessRequest,
  type Grantee,
  type RequestAccess,
  type WithdrawAccessRequest,
} from '@chain-of-care/chaincode/model';
import { accessRequestIdOf } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { grantConsent } from '../consents/grant.ts';
import { patientOf, rememberReferral, requireReferralOf, type KnownPatient } from '../custody/patients.ts';
import type { Applied, Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { sealReason } from '../custody/notes.ts';
import type { Services } from '../services.ts';
import { approveByRule, ruledConsents } from '../standing-rules/rules.ts';
import type { AccessRequestResponse, NewAccessRequest } from './dto.ts';

const dayMs = 24 * 3600_000;

export interface Requested {
  readonly requestId: string;
  readonly lapsesAt: string;
}

/** @throws Refusal role_not_allowed, licence_*; Problem patient_not_found, handle_mismatch */
export async function requestAccess(
  services: Services,
  caller: Caller,
  patientId: string,
  { referral, reason, purposeOfUse = 'TREAT', categories, days, receivingDepartment }: NewAccessRequest,
  idempotency: Derivation,
): Promise<Applied<Requested>> {
  if (referral !== undefined) requireReferralOf(services, patientId, referral);
  const patient = await patientOf(services, patientId, referral);
  const command = idempotency.command('request');
  const origin = { commandKey: command.key, deviceKey: caller.identity.deviceKey, handle: patient.handle };
  const requestId = accessRequestIdOf(origin);
  const note = { kind: 'request', patientId, id: requestId } as const;
  const body: RequestAccess = {
    ...named(patient),
    requestId,
    purposeOfUse,
    categories,
    days,
    ...(receivingDepartment === undefined ? {} : { receivingDepartment }),
    sealedReason: await sealReason(services, caller.identity.mspId, patient, note, reason),
  };
  const requested = await services.ledger.submit<Requested>(caller.identity, {
    type: 'care.requestAccess',
    body,
    handle: patient.handle,
    ...command,
    touches: touchesOf(patient, caller.identity.mspId),
  });
  // That it was taken proves nothing about a patient of another hospital: it replaces no referral that is kept.
  if (referral?.handle === patient.handle) await rememberReferral(services, referral, false);
  return requested;
}

export interface Answered {
  readonly status: AccessRequest['status'];
  readonly consentId?: string;
  readonly transaction?: Applied['transaction'];
}

/**
 * By the patient. An approval is a consent to who asked, or to the department they refer to, for the chosen records or
 * categories.
 *
 * @throws Refusal request_already_answered, request_lapsed; Problem validation_failed for categories nobody asked for
 */
export async function answerRequest(
  services: Services,
  caller: Caller,
  request: AccessRequest,
  { response, records, categories, days = request.days, maxAccesses, standingRule }: AccessRequestResponse,
  idempotency: Derivation,
): Promise<Answered> {
  const { requestId, patientId, purposeOfUse } = request;
  if (response === 'deny') return denyRequest(services, caller, request, idempotency);
  if (standingRule !== undefined) return approveAsRuled(services, caller, request, standingRule, idempotency);
  const unasked = categories?.find((category) => !request.categories.includes(category));
  if (unasked !== undefined)
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/categories', code: 'validation_failed', detail: `${unasked} was not asked for` }],
    });
  const { consentId, transaction } = await grantConsent(
    services,
    caller,
    patientId,
    {
      grantee: granteeOf(request),
      purposes: [purposeOfUse],
      categories: [...(categories ?? request.categories)],
      ...(records === undefined ? {} : { recordIds: records }),
      expiresAt: new Date(services.clock() + days * dayMs).toISOString(),
      ...(maxAccesses === undefined ? {} : { maxAccesses }),
    },
    idempotency,
    { requestId },
  );
  return { status: 'approved', consentId, ...(transaction === undefined ? {} : { transaction }) };
}

function granteeOf({ requesterId, requesterOrg: mspId, receivingDepartment }: AccessRequest): Grantee {
  if (receivingDepartment === undefined) return { kind: 'person', mspId, id: requesterId };
  return { kind: 'department', mspId, id: receivingDepartment };
}

/** To whom the rule names: the department of who asked, or themselves. */
async function approveAsRuled(
  services: Services,
  caller: Caller,
  request: AccessRequest,
  ruleId: string,
  idempotency: Derivation,
): Promise<Answered> {
  const found = (await ruledConsents(services, request)).find(({ rule }) => rule.ruleId === ruleId);
  if (found === undefined)
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/standingRule', code: 'validation_failed', detail: 'says nothing to this request' }],
    });
  const { consentId, transaction } = await approveByRule(services, caller, request.requestId, found, idempotency);
  return { status: 'approved', consentId, ...(transaction === undefined ? {} : { transaction }) };
}

async function denyRequest(
  services: Services,
  caller: Caller,
  { requestId, patientId, requesterOrg }: AccessRequest,
  idempotency: Derivation,
): Promise<Answered> {
  const patient = await patientOf(services, patientId);
  const body: DenyAccessRequest = { ...named(patient), requestId, requesterOrg };
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.denyAccessRequest',
    body,
    handle: patient.handle,
    ...idempotency.command('deny'),
    touches: touchesOf(patient, requesterOrg),
  });
  return { status: 'denied', ...(transaction === undefined ? {} : { transaction }) };
}

/** By who asked. @throws Refusal request_already_answered, request_lapsed */
export async function withdrawRequest(
  services: Services,
  caller: Caller,
  { requestId, patientId, requesterOrg }: AccessRequest,
  idempotency: Derivation,
): Promise<Answered> {
  const patient = await patientOf(services, patientId);
  const body: WithdrawAccessRequest = { ...named(patient), requestId };
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.withdrawAccessRequest',
    body,
    handle: patient.handle,
    ...idempotency.command('withdraw'),
    touches: touchesOf(patient, requesterOrg),
  });
  return { status: 'withdrawn', ...(transaction === undefined ? {} : { transaction }) };
}

/** At home a request lies in `care_H`, from another hospital in `exchange_H`; only the home knows the patient's keys. */
function touchesOf({ home }: KnownPatient, requesterOrg: string): Touches {
  const isHome = requesterOrg === home;
  return {
    writes: [isHome ? collectionName.care(home) : collectionName.exchange(home)],
    reads: [collectionName.clinical, collectionName.registry],
  };
}

const named = ({ patientId, home }: KnownPatient) => ({ patientId, home });
