/** Other registrations of the same person, as the ledger has them. */
import { collectionName } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import type { CommittedTransaction } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { PatientFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import type { PatientLinkView } from './dto.ts';

/** @throws Problem patient_not_found unless the patient is of this hospital */
export async function ownPatient(
  { facts, profile }: Pick<Services, 'facts' | 'profile'>,
  patientId: string,
): Promise<PatientFact> {
  const patient = await facts.patient(patientId);
  if (patient === undefined || patient.home !== profile.mspId) throw new Problem('patient_not_found');
  return patient;
}

/** @throws Refusal already_exists, not_found; Problem patient_not_found */
export async function linkPatients(
  services: Services,
  caller: Caller,
  [patientId, otherId]: readonly [string, string],
  ended: boolean,
  idempotency: Derivation,
): Promise<CommittedTransaction | undefined> {
  const { home, handle } = await ownPatient(services, patientId);
  const other = await ownPatient(services, otherId);
  const body = { patientId, home, otherId, otherHandle: other.handle, ...(ended ? { ended } : {}) };
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.linkPatients',
    body,
    handle,
    ...idempotency.command('link'),
    touches: { writes: [collectionName.care(home)], reads: [collectionName.clinical] },
    head: patientId,
  });
  return transaction;
}

/** @throws Refusal conflict when it is so already; Problem patient_not_found */
export async function changeStatus(
  services: Services,
  caller: Caller,
  patientId: string,
  status: 'active' | 'deceased',
  idempotency: Derivation,
): Promise<CommittedTransaction | undefined> {
  const { home, handle } = await ownPatient(services, patientId);
  const { transaction } = await services.ledger.submit(caller.identity, {
    type: 'care.changePatientStatus',
    body: { patientId, home, status },
    handle,
    ...idempotency.command(status),
    touches: { writes: [collectionName.care(home)], reads: [collectionName.clinical] },
    head: patientId,
  });
  return transaction;
}

/** All of them, ended ones too, the newest first. */
export async function linksOf(
  { readModel }: Pick<Services, 'readModel'>,
  patientId: string,
): Promise<readonly PatientLinkView[]> {
  const rows = await readModel.db
    .selectFrom('patient_links')
    .selectAll()
    .where('patient_id', '=', patientId)
    .orderBy('linked_at', 'desc')
    .orderBy('other_id')
    .execute();
  return rows.map((row) => ({
    patientId: row.other_id,
    linkedAt: row.linked_at.toISOString(),
    linkedBy: row.linked_by,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  }));
}
