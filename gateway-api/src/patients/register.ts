/** Registers a patient whose keys the organisation keeps: identity, DID document, category keys, demographics, login. */
import { X509Certificate } from 'node:crypto';
import { collectionName, type RegisterPatient } from '@chain-of-care/chaincode/model';
import { patientIdOf } from '@chain-of-care/chaincode/rules';
import { importDevicePublicKey, patientDidDocument } from '@chain-of-care/client';
import { auditDemographics } from '../audit/demographicReads.ts';
import type { Caller, LedgerIdentity } from '../auth/caller.ts';
import { CustodialPatientKeys, identityName } from '../custody/patientKeys.ts';
import type { CommittedTransaction } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import type { NewPatient } from './dto.ts';

export interface Registered {
  readonly patientId: string;
  readonly did: string;
  readonly transaction?: CommittedTransaction;
}

/**
 * Every step can be repeated: ids, keys and identity come out the same for the same Idempotency-Key, so that a request
 * that broke off half-way is finished by its repeat.
 *
 * @throws Problem already_exists naming the patient when one of the identifiers is known, or when the login is another
 *   person's; Refusal of the ledger
 */
export async function registerPatient(
  services: Services,
  caller: Caller,
  patient: NewPatient,
  idempotency: Derivation,
): Promise<Registered> {
  const home = caller.identity.mspId;
  const handle = idempotency.handle('patient');
  const patientId = patientIdOf(home, handle);
  await requireUnknown(services, caller, patient, patientId);
  await requireFreeLogin(services, patient, patientId);
  const identity = await services.enrolment.enrol(identityName(patientId));
  const didDocument = await didDocumentOf(identity);
  const body: RegisterPatient = {
    patientId,
    didDocument: JSON.stringify(didDocument),
    deviceKeys: [identity.deviceKey],
    categoryKeys: [...(await new CustodialPatientKeys(services.keystore).create(patientId))],
  };
  const { name, birthDate, gender, identifiers } = patient;
  await services.demographics.put(patientId, {
    name,
    birthDate,
    identifiers,
    ...(gender === undefined ? {} : { gender }),
  });
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.registerPatient',
    body,
    handle,
    ...idempotency.command('register'),
    touches: { writes: [collectionName.care(home)], reads: [collectionName.clinical] },
    head: patientId,
  });
  await addLogin(services, patient, patientId, identity);
  return { patientId, did: didDocument.id, ...(transaction === undefined ? {} : { transaction }) };
}

async function requireUnknown(
  services: Services,
  caller: Caller,
  patient: NewPatient,
  patientId: string,
): Promise<void> {
  for (const [index, { system, value }] of patient.identifiers.entries()) {
    const known = await services.demographics.findByIdentifier({ system, value });
    if (known === undefined || known === patientId) continue;
    await auditDemographics(services, caller, known, 'search');
    throw new Problem('already_exists', {
      detail: 'a patient with this identifier is registered',
      errors: [{ pointer: `/identifiers/${index}`, code: 'already_exists', detail: 'names a registered patient' }],
      members: { patientId: known },
    });
  }
}

/** A login is never taken from whoever has it: not from another patient, nor from staff. */
export async function requireFreeLogin(
  { people, config }: Pick<Services, 'people'> & { readonly config: { readonly issuer: string } },
  { account }: Pick<NewPatient, 'account'>,
  patientId: string,
): Promise<void> {
  if (account === undefined) return;
  const known = await people.find(config.issuer, account.subject);
  if (known === undefined || (known.kind === 'patient' && known.id === patientId)) return;
  throw new Problem('already_exists', {
    detail: 'this subject is registered',
    errors: [{ pointer: '/account/subject', code: 'already_exists', detail: 'names a registered person' }],
  });
}

async function didDocumentOf(identity: LedgerIdentity) {
  const { publicKey } = new X509Certificate(identity.certificate);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return patientDidDocument([await importDevicePublicKey(spki)]);
}

async function addLogin(
  services: Services,
  { account }: NewPatient,
  id: string,
  identity: LedgerIdentity,
): Promise<void> {
  const issuer = services.config.issuer;
  const person = { issuer, kind: 'patient', id, role: 'patient', identity } as const;
  await services.people.put({ ...person, subject: account?.subject ?? id });
}
