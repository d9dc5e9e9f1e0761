/** The records that a new consent opens: what its keys are for, and whose facts are mirrored. */
import {
  purposeCodes,
  subjectsAround,
  type ConsentRule,
  type Grantee,
  type RecordFact,
  type Requester,
} from '@chain-of-care/chaincode/model';
import { decideConsent, readRequest, type HeldRule } from '@chain-of-care/chaincode/rules';
import type { KnownPatient } from '../custody/patients.ts';
import { recordsInChainOrder } from '../readmodel/queries/care.ts';
import { PatientRules } from '../readmodel/queries/consentRules.ts';
import type { Services } from '../services.ts';

/**
 * Record versions that the grantee may read by the rule, with what is denied to them and without what was withdrawn, in
 * the order of the chain, by command. They are cut where the rule alone says, so that a repeat cuts at the same places
 * whatever was denied, withdrawn or appended meanwhile: some commands may have none.
 */
export async function openedRecords(
  services: Services,
  patient: KnownPatient,
  rule: HeldRule,
  grantee: Grantee,
  perCommand: number,
): Promise<readonly (readonly RecordFact[])[]> {
  const { db } = services.readModel;
  const timeMs = services.clock();
  const versions = await recordsInChainOrder(db, patient.patientId);
  const withdrawn = new Set(versions.flatMap((each) => (each.withdrawn === undefined ? [] : [each.recordId])));
  const rules = [rule, ...(await denialsTo(services, patient, grantee))];
  const { parents: _parents, ancestors: _ancestors, ...said } = rule;
  const covered = versions.filter((record) => isPermitted([said], record, timeMs));
  return Array.from({ length: Math.ceil(covered.length / perCommand) }, (_, index) =>
    covered
      .slice(index * perCommand, (index + 1) * perCommand)
      .filter((record) => !withdrawn.has(record.recordId) && isPermitted(rules, record, timeMs)),
  );
}

/** Whether a record is permitted for any purpose. */
function isPermitted(rules: readonly HeldRule[], record: RecordFact, timeMs: number): boolean {
  return purposeCodes.some(
    (purpose) => decideConsent(rules, readRequest(purpose, timeMs), record).decision === 'permit',
  );
}

/**
 * Standing denials for everybody whom the grantee names: one to a person takes nothing from their department.
 *
 * @param rules the patient's, where they are at hand
 */
export async function denialsTo(
  services: Pick<Services, 'readModel' | 'facts'>,
  patient: Pick<KnownPatient, 'patientId' | 'home'>,
  grantee: Grantee,
  rules?: PatientRules,
): Promise<readonly ConsentRule[]> {
  const { patientId, home } = patient;
  const { db } = services.readModel;
  const person = grantee.kind === 'person' ? await services.facts.staff(grantee.id!) : undefined;
  const known = rules ?? (await rulesAbout(db, patientId, grantee, person));
  const speaking = person === undefined ? known.rulesForAllOf(grantee, home) : known.rulesFor(person, home);
  return speaking.filter(({ decision }) => decision === 'deny');
}

function rulesAbout(
  db: Services['readModel']['db'],
  patientId: string,
  grantee: Grantee,
  person: Requester | undefined,
): Promise<PatientRules> {
  return person === undefined
    ? PatientRules.about(db, patientId, subjectsAround(grantee))
    : PatientRules.aboutStaff(db, patientId, person);
}

/** What is denied to the holders of the consents that a delegated one comes from. */
export function denialsAbove({ ancestors = [] }: HeldRule): readonly ConsentRule[] {
  return ancestors.flatMap(({ around }) => around.filter(({ decision }) => decision === 'deny'));
}
