/** Records that consents open to a clinician: from the tables, or decided by the ledger. */
import type { AccessBasis, PurposeOfUse, RecordFact, Requester } from '@chain-of-care/chaincode/model';
import { decideRecordAccess, readRequest } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { PatientRules, patientsWithRulesFor } from '../readmodel/queries/consentRules.ts';
import { recordsOfPatient } from '../readmodel/queries/records.ts';
import type { Page } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import type { AuthorizedPatient, AuthorizedRecord } from './authorizedDto.ts';

/** Of one patient, the newest; more are found under an access. */
const recordsShown = 200;

interface Asked {
  readonly purposeOfUse: PurposeOfUse;
  readonly isProven: boolean;
  readonly limit: number;
  /** Id of the last patient of the page before. */
  readonly after: string;
}

/** Nothing is opened: ids, categories and days only; reading them is an access, which the ledger decides and counts. */
export async function authorizedRecords(
  services: Services,
  caller: Caller,
  { purposeOfUse, isProven, limit, after }: Asked,
): Promise<Page<AuthorizedPatient>> {
  const { db } = services.readModel;
  const requester = requesterOf(caller);
  const patients = await patientsWithRulesFor(db, requester, { after, limit: limit + 1 });
  const items: AuthorizedPatient[] = [];
  for (const patientId of patients.slice(0, limit)) {
    const { items: facts } = await recordsOfPatient(db, patientId, { limit: recordsShown });
    const records = isProven
      ? await provenBy(services, caller, patientId, purposeOfUse, facts)
      : await byTables(services, requester, patientId, purposeOfUse, facts);
    if (records.length > 0) items.push({ patientId, proof: isProven ? 'ledger' : 'readmodel', records });
  }
  const isLast = patients.length <= limit;
  return { items, ...(isLast ? {} : { nextCursor: Buffer.from(patients[limit - 1]!).toString('base64url') }) };
}

/** Consents that permit; what the department wrote itself is not among them. */
async function byTables(
  { readModel, facts, clock }: Services,
  requester: Requester,
  patientId: string,
  purposeOfUse: PurposeOfUse,
  records: readonly RecordFact[],
): Promise<AuthorizedRecord[]> {
  const patient = await facts.patient(patientId);
  const rules = (await PatientRules.aboutStaff(readModel.db, patientId, requester)).rulesFor(
    requester,
    patient?.home ?? '',
  );
  const reader = { kind: 'staff', requester, rules } as const;
  const request = readRequest(purposeOfUse, clock());
  return records.flatMap((record) => {
    const answer = decideRecordAccess(reader, request, record);
    return answer.decision === 'permit' ? shown(record, answer.basis) : [];
  });
}

/** The own peer decides on committed state, with the counters. */
async function provenBy(
  services: Services,
  caller: Caller,
  patientId: string,
  purposeOfUse: PurposeOfUse,
  records: readonly RecordFact[],
): Promise<AuthorizedRecord[]> {
  if (records.length === 0) return [];
  const known = await patientOf(services, patientId).catch(notHandedOver);
  if (known === undefined) return [];
  const { home, handle } = known;
  const references = records.map(({ recordId, version }) => ({ recordId, version }));
  const body = { patientId, home, purposeOfUse, records: references };
  const { permitted } = await services.ledger.query<{
    permitted: readonly { recordId: string; version: number; basis: readonly AccessBasis[] }[];
  }>(caller.identity, { type: 'care.permittedRecords', handle, body });
  const byVersion = new Map(records.map((record) => [`${record.recordId}|${record.version}`, record]));
  return permitted.flatMap(({ recordId, version, basis }) => shown(byVersion.get(`${recordId}|${version}`)!, basis));
}

/** Without the patient's referral another hospital's gateway cannot ask the ledger about them. */
function notHandedOver(error: unknown): undefined {
  if (!(error instanceof Problem) || error.code !== 'patient_not_found') throw error;
}

function shown(
  { recordId: id, version, category, clinicalDate }: RecordFact,
  basis: readonly AccessBasis[],
): AuthorizedRecord[] {
  const consentIds = basis.flatMap((one) => (one.kind === 'consent' ? [one.consentId] : []));
  return consentIds.length === 0 ? [] : [{ id, version, category, clinicalDate, consentIds }];
}

export function requesterOf({ id: staffId, role, department, identity }: Caller): Requester {
  return { mspId: identity.mspId, staffId, role, ...(department === undefined ? {} : { department }) };
}
