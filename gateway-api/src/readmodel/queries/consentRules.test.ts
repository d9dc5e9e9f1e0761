import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { subjectOf, type ConsentRule, type Grantee, type Requester } from '@chain-of-care/chaincode/model';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory } from '../readModel.fixture.ts';
import { PatientRules } from './consentRules.ts';

const [patientId, mspId] = [randomUUID(), 'HospitalMSP'];
const person = (id: string): Grantee => ({ kind: 'person', mspId, id });
const [holder, delegate, stranger] = [person('holder'), person('delegate'), person('stranger')];
const requester = ({ id }: Grantee): Requester => ({ mspId, staffId: id!, role: 'clinician', department: 'ward' });
const rule = (consentId: string, differs: Partial<ConsentRule> = {}): ConsentRule => ({
  consentId,
  decision: 'permit',
  level: 'read',
  grantedAt: '2026-01-01T00:00:00Z',
  ...differs,
});

let model: ReadModel;

beforeAll(async () => {
  model = await readModelInMemory();
  const buckets: readonly (readonly [Grantee, ...ConsentRule[]])[] = [
    [holder, rule('parent', { mayDelegate: 1 }), rule('revoked')],
    [delegate, rule('delegated', { parents: [{ consentId: 'parent', grantee: holder }] })],
    [{ kind: 'department', mspId, id: 'ward' }, rule('ward', { decision: 'deny' })],
    [{ kind: 'care-team', mspId }, rule('team')],
    [{ kind: 'everyone' }, rule('everyone')],
    [stranger, rule('strange')],
  ];
  await model.db
    .insertInto('consent_buckets')
    .values(
      buckets.map(([grantee, ...rules]) => ({
        patient_id: patientId,
        subject: subjectOf(grantee),
        rules: JSON.stringify(rules),
        closing: null,
      })),
    )
    .execute();
  await model.db
    .insertInto('consent_stops')
    .values({
      consent_id: 'revoked',
      patient_id: patientId,
      subject: subjectOf(holder),
      revoked_at: '2026-02-02T00:00:00Z',
      revoked_by: 'patient',
      closes: null,
    })
    .execute();
}, 120_000);
afterAll(() => model.close());

const idsOf = (rules: readonly ConsentRule[]): readonly string[] => rules.map(({ consentId }) => consentId);

test.each([holder, delegate, stranger])('what is read about $id decides as all that the patient says', async (who) => {
  const everything = await PatientRules.of(model.db, patientId);
  const own = await PatientRules.aboutStaff(model.db, patientId, requester(who));
  expect(own.rulesFor(requester(who), mspId)).toEqual(everything.rulesFor(requester(who), mspId));
});

test('a rule that was passed on is read with the one it comes from', async () => {
  const rules = await PatientRules.aboutStaff(model.db, patientId, requester(delegate));
  const [delegated] = rules.rulesFor(requester(delegate), mspId);
  expect(idsOf(delegated!.ancestors!.map((each) => each.rule))).toEqual(['parent']);
});

test('what the patient says of others is not read', async () => {
  const rules = await PatientRules.about(model.db, patientId, [subjectOf(delegate)]);
  expect(idsOf(rules.rulesFor(requester(stranger), mspId))).toEqual(['everyone']);
});

test('a revoked rule is not in force', async () => {
  const rules = await PatientRules.aboutStaff(model.db, patientId, requester(holder));
  expect(idsOf(rules.rulesFor(requester(holder), mspId))).toEqual(['parent', 'ward', 'everyone']);
});
