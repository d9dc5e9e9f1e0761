/** Confirms who acts for a patient, ends it, and shows it: the ledger's facts, with names opened for whom they are sealed to. */
import { collectionName, type ConfirmRepresentative, type EndRepresentative } from '@chain-of-care/chaincode/model';
import { isRepresenting, representativeIdOf } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { openReason, sealReason } from '../custody/notes.ts';
import type { Applied } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { PatientName } from '../patients/dto.ts';
import { ownPatient } from '../patients/links.ts';
import type { Person } from '../people/people.ts';
import { representativesOf, type RepresentativeFact } from '../readmodel/queries/representatives.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';
import type { NewRepresentative, RepresentativeView } from './dto.ts';

export interface Confirmed extends Pick<Applied, 'transaction'> {
  readonly representativeId: string;
  readonly personId: string;
}

/**
 * By a registrar. A repeat confirms the same person with the same keys.
 *
 * @throws Problem patient_not_found, content_not_found, already_exists when the login is staff's; Refusal of the ledger
 */
export async function confirmRepresentative(
  services: Services,
  caller: Caller,
  patientId: string,
  { relationship, account, name, evidence, period }: NewRepresentative,
  idempotency: Derivation,
): Promise<Confirmed> {
  const patient = await ownPatient(services, patientId);
  const { home, handle } = patient;
  await requireKept(services, evidence);
  const { id: personId, identity } = await personOf(services, account.subject, idempotency);
  const command = idempotency.command('representative');
  const representativeId = representativeIdOf({
    commandKey: command.key,
    deviceKey: caller.identity.deviceKey,
    handle,
  });
  const note = { kind: 'representative', patientId, id: representativeId } as const;
  const body: ConfirmRepresentative = {
    representativeId,
    patientId,
    home,
    personId,
    deviceKey: identity.deviceKey,
    relationship,
    evidence,
    ...(name === undefined
      ? {}
      : { sealedName: await sealReason(services, home, patient, note, JSON.stringify(name)) }),
    ...(period === undefined ? {} : { endsAt: period.end }),
  };
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.confirmRepresentative',
    body,
    handle,
    ...command,
    touches: {
      writes: [collectionName.care(home)],
      reads: [collectionName.access(home), collectionName.clinical, collectionName.registry],
    },
    head: patientId,
  });
  return { representativeId, personId, ...(transaction === undefined ? {} : { transaction }) };
}

/** @throws Problem content_not_found, also for what is no CID at all */
async function requireKept({ store }: Pick<Services, 'store'>, cid: string): Promise<void> {
  const found = await store.stat(cid).catch((error: unknown) => {
    if (error instanceof CiphertextStoreError && error.code === 'cid') return undefined;
    throw error;
  });
  if (found === undefined)
    throw new Problem('content_not_found', {
      errors: [{ pointer: '/evidence', code: 'content_not_found', detail: 'was not uploaded' }],
    });
}

/** Whose login it is; somebody new gets a Fabric identity, and represents nobody until the ledger says so. */
async function personOf(
  { people, enrolment, config: { issuer } }: Services,
  subject: string,
  idempotency: Derivation,
): Promise<Person> {
  const known = await people.find(issuer, subject);
  if (known?.kind === 'staff')
    throw new Problem('already_exists', {
      detail: 'this subject is registered',
      errors: [{ pointer: '/account/subject', code: 'already_exists', detail: 'names a member of staff' }],
    });
  if (known !== undefined) return known;
  const id = idempotency.uuid('person');
  const identity = await enrolment.enrol(`identity/${id}`);
  const person: Person = { issuer, subject, kind: 'representative', role: 'representative', id, identity };
  await people.put(person);
  return person;
}

/** @throws Problem representative_not_found; Refusal not_own_patient, role_not_allowed, representation_ended */
export async function endRepresentative(
  services: Services,
  caller: Caller,
  patientId: string,
  representativeId: string,
  idempotency: Derivation,
): Promise<Applied<{ readonly endedAt: string }>> {
  const { home, handle } = await ownPatient(services, patientId);
  const { deviceKey } = await representativeOf(services, patientId, representativeId);
  const body: EndRepresentative = { representativeId, patientId, home, deviceKey };
  return services.ledger.submit(caller.identity, {
    type: 'care.endRepresentative',
    body,
    handle,
    ...idempotency.command('ending'),
    touches: { writes: [collectionName.access(home)], reads: [collectionName.care(home), collectionName.clinical] },
  });
}

/** @throws Problem representative_not_found */
export async function representativeOf(
  { readModel }: Pick<Services, 'readModel'>,
  patientId: string,
  representativeId: string,
): Promise<RepresentativeFact> {
  const all = await representativesOf(readModel.db, patientId);
  const found = all.find((each) => each.representativeId === representativeId);
  if (found === undefined) throw new Problem('representative_not_found');
  return found;
}

/** With the name where it is sealed to the caller or their organisation. */
export async function representativeView(
  services: Services,
  caller: Caller,
  fact: RepresentativeFact,
): Promise<RepresentativeView> {
  const { representativeId: id, patientId, personId, relationship, sealedName, confirmedBy } = fact;
  const note = { kind: 'representative', patientId, id } as const;
  const name = sealedName === undefined ? undefined : await openReason(services, caller, note, sealedName);
  const end = fact.endedAt ?? fact.endsAt;
  return {
    id,
    patientId,
    personId,
    relationship,
    active: isRepresenting(fact, fact.endedAt !== undefined, fact.patient, services.clock()),
    ...(name === undefined ? {} : { name: JSON.parse(name) as PatientName }),
    period: { start: fact.confirmedAt, ...(end === undefined ? {} : { end }) },
    confirmedBy,
  };
}
