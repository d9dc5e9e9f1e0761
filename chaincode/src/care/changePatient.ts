/** What a registrar of the home hospital changes about a registration: links to another one of the same person, death. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  ChangePatientStatus,
  collectionName,
  LinkPatients,
  patientLinkType,
  patientType,
  Refusal,
} from '../model/index.ts';
import { requireAct } from '../rules/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { linkAddress, patientAddress } from './addresses.ts';
import { patientRefOf, requirePatient } from './patientRef.ts';

/** @throws Refusal role_not_allowed, organization_not_allowed */
async function requireRegistrar(transaction: Transaction, home: string): Promise<string> {
  const actor = await requireStaffActor(transaction, ['clinical']);
  requireAct(actor, 'care.changePatient', transaction.timeMs);
  if (transaction.submitter.mspId !== home) throw new Refusal('organization_not_allowed');
  return actor.staffId;
}

/** The link lies under both registrations, so that either leads to the other; their chains stay two. */
export const linkPatients = command<LinkPatients>({
  body: LinkPatients,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const { ledger, time } = transaction;
    const { home, otherId, otherHandle, ended } = command.body;
    const one = patientRefOf(transaction, command);
    const linkedBy = await requireRegistrar(transaction, home);
    if (otherId === one.patientId) throw new Refusal('validation_failed', 'is the patient itself', '/otherId');
    const other = patientRefOf(transaction, { handle: otherHandle, body: { patientId: otherId, home } });
    for (const patient of [one, other]) await requirePatient(transaction, patient);
    const known = await ledger.get(patientLinkType, linkAddress(one, otherId));
    const isLinked = known !== undefined && known.endedAt === undefined;
    if (isLinked === (ended !== true))
      throw new Refusal(isLinked ? 'already_exists' : 'not_found', undefined, '/otherId');
    const fact =
      ended === true
        ? { linkedAt: known!.linkedAt, linkedBy: known!.linkedBy, endedAt: time }
        : { linkedAt: time, linkedBy };
    ledger.put(patientLinkType, linkAddress(one, otherId), { patientId: one.patientId, otherId, ...fact });
    ledger.put(patientLinkType, linkAddress(other, one.patientId), {
      patientId: otherId,
      otherId: one.patientId,
      ...fact,
    });
    return { result: { patientId: one.patientId, otherId } };
  },
});

export const changePatientStatus = command<ChangePatientStatus>({
  body: ChangePatientStatus,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const patient = patientRefOf(transaction, command);
    await requireRegistrar(transaction, command.body.home);
    const { status } = command.body;
    const known = await requirePatient(transaction, patient);
    if (known.status === status) throw new Refusal('conflict', `the patient is ${status} already`, '/status');
    transaction.ledger.put(patientType, patientAddress(patient), { ...known, status });
    return { result: { patientId: patient.patientId, status } };
  },
});
