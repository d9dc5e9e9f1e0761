/**
 * Who could see a record now, and by which rule; and what a change would change, before it is signed. The same pure rules
 * as on the ledger, over the tables; nothing is written.
 */
import {
  subjectOf,
  type ConsentRule,
  type PurposeOfUse,
  type RecordFact,
  type Requester,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import { acts, decideRecordAccess, readRequest, withRule } from '@chain-of-care/chaincode/rules';
import type { KnownPatient } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { consentById, recordVersions } from '../readmodel/queries/care.ts';
import { PatientRules } from '../readmodel/queries/consentRules.ts';
import { readersOfCharts } from '../readmodel/queries/staff.ts';
import type { Services } from '../services.ts';
import { withTemplate } from './templates.ts';
import type { ConsentChange, ConsentPreview, ConsentQuestion, PossibleReader } from './previewDto.ts';

/** @throws Problem record_not_found, consent_not_found, validation_failed; Refusal bucket_full for a grant without room */
export async function previewConsents(
  services: Services,
  patient: KnownPatient,
  { purposeOfUse = 'TREAT', records, change }: ConsentQuestion,
): Promise<ConsentPreview> {
  const { db } = services.readModel;
  const facts = await recordVersions(
    db,
    records.map((recordId) => ({ recordId })),
  );
  if (facts.length < records.length || facts.some(({ patientId }) => patientId !== patient.patientId))
    throw new Problem('record_not_found');
  const before = await PatientRules.of(db, patient.patientId);
  const after = change === undefined ? undefined : await changed(services, patient, before, change);
  const timeMs = services.clock();
  const staff = await readersOfCharts(db, acts['care.openAccess'].roles, new Date(timeMs));
  const readersBy = (rules: PatientRules, fact: RecordFact): PossibleReader[] =>
    staff.flatMap((person) => possibleReader(person, rules, patient.home, fact, { purposeOfUse, timeMs }));
  return {
    considered: staff.length,
    ...(change?.grant === undefined ? {} : { grant: withTemplate(change.grant, timeMs) }),
    records: facts.map((fact) => {
      const { recordId: id, version, category } = fact;
      const readers = readersBy(before, fact);
      if (after === undefined) return { id, version, category, readers };
      const then = readersBy(after, fact);
      return { id, version, category, readers, gained: without(then, readers), lost: without(readers, then) };
    }),
  };
}

function possibleReader(
  person: Requester & { readonly role: StaffRole },
  rules: PatientRules,
  home: string,
  fact: RecordFact,
  { purposeOfUse, timeMs }: { readonly purposeOfUse: PurposeOfUse; readonly timeMs: number },
): PossibleReader[] {
  const reader = { kind: 'staff', requester: person, rules: rules.rulesFor(person, home) } as const;
  const answer = decideRecordAccess(reader, readRequest(purposeOfUse, timeMs), fact);
  return answer.decision === 'permit' ? [{ ...person, basis: [...answer.basis] }] : [];
}

function without(these: readonly PossibleReader[], those: readonly PossibleReader[]): PossibleReader[] {
  const ids = new Set(those.map(({ staffId }) => staffId));
  return these.filter(({ staffId }) => !ids.has(staffId));
}

async function changed(
  { readModel, clock }: Services,
  { patientId }: KnownPatient,
  rules: PatientRules,
  { grant, revoke }: ConsentChange,
): Promise<PatientRules> {
  if ((grant === undefined) === (revoke === undefined))
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/change', code: 'validation_failed', detail: 'exactly one of grant and revoke is needed' }],
    });
  if (grant !== undefined) {
    const { note: _, grantee, decision = 'permit', level = 'read', ...scope } = withTemplate(grant, clock());
    const grantedAt = new Date(clock()).toISOString();
    const rule: ConsentRule = { ...scope, decision, level, grantedAt, consentId: tried };
    return rules.with(subjectOf(grantee), ({ bucket, stops }) => ({
      bucket: withRule(bucket, rule, stops, clock()).bucket,
      stops,
    }));
  }
  const consent = await consentById(readModel.db, revoke!);
  if (consent === undefined || consent.patientId !== patientId) throw new Problem('consent_not_found');
  const stop = {
    consentId: consent.consentId,
    revokedAt: new Date(clock()).toISOString(),
    revokedBy: '',
    ...(consent.closes === undefined ? {} : { closes: consent.closes }),
  };
  return rules.with(subjectOf(consent.grantee), ({ bucket, stops }) => ({ bucket, stops: [...stops, stop] }));
}

/** Id of the consent that is tried, in the bases shown. */
const tried = '00000000-0000-0000-0000-000000000000';
