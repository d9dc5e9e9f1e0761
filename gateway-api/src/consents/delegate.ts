/** Passes a consent on: a narrower one for somebody else, with keys that the caller was handed. */
import { collectionName, type DelegateConsent, type Grantee } from '@chain-of-care/chaincode/model';
import { consentIdOf, delegatedRule } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import type { Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { PatientRules } from '../readmodel/queries/consentRules.ts';
import type { ConsentFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { requesterOf } from './authorized.ts';
import type { NewDelegation } from './dto.ts';
import { addFurtherWraps, counted, isElsewhere, offered, type Granted } from './grant.ts';
import { grantedKeys, keysFor } from './keys.ts';

/**
 * @param parent names the caller
 * @throws Refusal delegation_not_allowed, delegation_too_wide; Problem consent_already_ended; patient_not_found without a
 *   referral to a patient of another hospital
 */
export async function delegateConsent(
  services: Services,
  caller: Caller,
  parent: ConsentFact,
  { grantee, ...wanted }: NewDelegation,
  idempotency: Derivation,
): Promise<Granted> {
  const patient = await patientOf(services, parent.patientId);
  const { patientId, home, handle } = patient;
  const requester = requesterOf(caller);
  const rules = await PatientRules.aboutStaff(services.readModel.db, patientId, requester);
  const { consentId: parentId } = parent;
  const held = rules.rulesFor(requester, home).find((each) => each.consentId === parentId);
  if (held === undefined) throw new Problem('consent_already_ended');
  const command = idempotency.command('delegate');
  const origin = { commandKey: command.key, deviceKey: caller.identity.deviceKey, handle };
  const made = { consentId: consentIdOf(origin, grantee), grantedAt: new Date(services.clock()).toISOString() };
  const rule = delegatedRule(held, parent.grantee, grantee, wanted, made);
  const decided = rules.withAncestors(rule, caller.identity.mspId, home)!;
  const keys = grantedKeys(services, caller, parentId);
  const [first, ...further] = await keysFor(services, keys, patient, decided, grantee);
  const { consentId } = rule;
  const body: DelegateConsent = { ...wanted, patientId, home, consentId, parentId, grantee, ...offered(first) };
  const touches = touchesOf(patient, caller);
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.delegateConsent',
    body,
    handle,
    ...command,
    touches,
    head: patientId,
  });
  await addFurtherWraps(services, caller, patient, { consentId, grantee, further, touches }, idempotency);
  return {
    consentId,
    ...counted([first, ...further]),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

/** The caller's place, and no other: another hospital's peer reads nothing of `care_H`. */
function touchesOf({ home }: KnownPatient, { identity: { mspId } }: Caller): Touches {
  const { clinical, registry } = collectionName;
  return mspId === home
    ? { writes: [collectionName.care(home)], reads: [collectionName.access(home), clinical, registry] }
    : { writes: [collectionName.exchange(home)], reads: [clinical, registry] };
}

/** Of a revocation, by the patient's side or by who delegated the consent. */
export function revocationTouches(patient: KnownPatient, grantee: Grantee, caller: Caller): Touches {
  const { home } = patient;
  const elsewhere = isElsewhere(patient, grantee);
  const writes = [elsewhere ? collectionName.exchange(home) : collectionName.access(home)];
  if (caller.kind !== 'staff') return { writes, reads: [collectionName.care(home)] };
  const { clinical, registry } = collectionName;
  return { writes, reads: [...(elsewhere ? [] : [collectionName.care(home)]), clinical, registry] };
}
