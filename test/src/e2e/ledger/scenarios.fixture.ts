/** One suite for any ledger: what the in-memory ledger of unit tests answers, the real network answers too. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RecordFact } from '@chain-of-care/chaincode/model';
import { brokenLinks } from '@chain-of-care/chaincode/rules';
import { administratorOf, home, licensed, Patient, staffOf, type Person } from './careScenario.fixture.ts';
import { applied, type ScenarioLedger } from './scenarioLedger.fixture.ts';

/** @param ledger an empty ledger or one where others are at work, both must do */
export function ledgerScenarios(name: string, openLedger: () => ScenarioLedger): void {
  describe(`scenarios on ${name}`, () => {
    let ledger: ScenarioLedger;
    let administrator: Person;
    let inspector: Person;
    let registrar: Person;
    let cardiologist: Person;
    let emergency: Person;
    let cleo: Person;
    let patient: Patient;

    beforeAll(async () => {
      ledger = openLedger();
      const regulator = await administratorOf(ledger, 'RegulatorMSP');
      inspector = await staffOf(ledger, regulator, 'inspector');
      administrator = await administratorOf(ledger, home);
      registrar = await staffOf(ledger, administrator, 'registrar');
      cardiologist = await staffOf(ledger, administrator, 'clinician', { department: 'cardiology' });
      emergency = await staffOf(ledger, administrator, 'clinician', { department: 'emergency' });
      cleo = await staffOf(ledger, await administratorOf(ledger, 'Hospital2MSP'), 'clinician', {
        department: 'neurology',
      });
      for (const person of [cardiologist, emergency, cleo]) await licensed(ledger, inspector, person);
      patient = await Patient.register(ledger, registrar);
    });

    test('an unknown key is nobody', async () => {
      const stranger = await ledger.identity(home);
      expect(await patient.open(stranger, [randomUUID()])).toMatchObject({
        status: 'refused',
        code: 'unknown_identity',
      });
    });

    test("a member's own administrator registers its own staff only, in roles of its kind", async () => {
      const body = { staffId: randomUUID(), deviceKey: 'a'.repeat(64), role: 'inspector' };
      expect(await ledger.submit(administrator, 'registry.registerStaff', body)).toMatchObject({
        code: 'organization_not_allowed',
        httpStatus: 403,
      });
      expect(await ledger.submit(registrar, 'registry.registerStaff', { ...body, role: 'clinician' })).toMatchObject({
        status: 'refused',
        code: 'unknown_identity',
      });
    });

    test('an unknown field is refused with the place where it stands', async () => {
      expect(
        await ledger.submit(administrator, 'registry.registerStaff', {
          staffId: randomUUID(),
          deviceKey: 'b'.repeat(64),
          role: 'nurse',
          name: 'Ada',
        }),
      ).toMatchObject({ code: 'validation_failed', httpStatus: 400, pointer: '/name' });
    });

    test('a repeated command is answered as the first time, and with another body refused', async () => {
      const identity = await ledger.identity(home);
      const body = { staffId: randomUUID(), deviceKey: identity.deviceKey, role: 'nurse', department: 'cardiology' };
      const key = randomUUID();
      const submit = (facts: object) => ledger.submit(administrator, 'registry.registerStaff', facts, { key });
      expect(await submit(body)).toMatchObject({ status: 'applied' });
      expect(await submit(body)).toMatchObject({ status: 'replayed', result: { staffId: body.staffId } });
      expect(await submit({ ...body, department: 'surgery' })).toMatchObject({ code: 'idempotency_key_reused' });
    });

    test('records form one hash chain that recomputes', async () => {
      const zoe = await Patient.register(ledger, registrar);
      const ids = [
        ...(await zoe.append(cardiologist, 'cardiology', 'lab_result', 3)),
        ...(await zoe.append(emergency, 'emergency', 'vitals')),
      ];
      const answer = (await zoe.ask(cardiologist, 'readRecords', {
        records: ids.map((recordId) => ({ recordId, version: 1 })),
      })) as { head: { length: number; hash: string }; records: RecordFact[] };
      expect(answer.head.length).toBe(4);
      expect(brokenLinks(answer.records, answer.head)).toEqual([]);
    });

    test('department and patient read without consent; others do not, and the refusal is a committed fact', async () => {
      const ids = await patient.append(cardiologist, 'cardiology', 'lab_result');
      expect(applied(await patient.open(cardiologist, ids))).toMatchObject({ basis: [{ kind: 'author' }] });
      const own = await patient.open(patient.identity, ids, { purposeOfUse: 'PATRQT' });
      expect(applied(own)).toMatchObject({ basis: [{ kind: 'self' }] });
      expect(await patient.open(emergency, ids)).toMatchObject({
        status: 'refused',
        code: 'consent_missing',
        httpStatus: 403,
        result: { decision: 'deny' },
      });
    });

    test('a consent permits at once within its category, and a revocation ends it at once', async () => {
      const ids = await patient.append(cardiologist, 'cardiology', 'lab_result');
      const other = await patient.append(cardiologist, 'cardiology', 'diagnosis');
      const granted = patient.consentTo(emergency, { categories: ['lab_result'] });
      applied(await patient.act(patient.identity, 'grantConsent', granted));
      const { accessId } = applied<{ accessId: string }>(await patient.open(emergency, ids));
      expect(await patient.open(emergency, other)).toMatchObject({ code: 'consent_missing' });
      const check = () =>
        patient.ask(emergency, 'checkAccess', {
          accessId,
          accessorOrg: home,
          records: [{ recordId: ids[0], version: 1 }],
        });
      expect(await check()).toMatchObject({ permitted: [{ recordId: ids[0] }] });
      const { consentId, grantee } = granted;
      applied(await patient.act(patient.identity, 'revokeConsent', { consentId, grantee }, { endorsers: [home] }));
      expect(await check()).toMatchObject({ permitted: [] });
      expect(await patient.open(emergency, ids)).toMatchObject({ code: 'consent_missing' });
    });

    test('a person of another hospital is decided from what was opened to it', async () => {
      const before = await patient.append(cardiologist, 'cardiology', 'immunization');
      const both = { endorsers: [home, 'RegulatorMSP'] };
      applied(
        await patient.act(
          patient.identity,
          'grantConsent',
          patient.consentTo(cleo, { categories: ['immunization'] }),
          both,
        ),
      );
      const exchange = { endorsers: ['Hospital2MSP', home] };
      expect(await patient.open(cleo, before, {}, exchange)).toMatchObject({ code: 'record_not_found' });
      const records = before.map((recordId) => ({ recordId, version: 1 }));
      applied(await patient.act(patient.identity, 'mirrorRecords', { records }, both));
      const after = await patient.append(cardiologist, 'cardiology', 'immunization');
      expect(applied(await patient.open(cleo, [...before, ...after], {}, exchange))).toMatchObject({
        decision: 'permit',
        withheld: 0,
      });
      const unopened = await patient.append(cardiologist, 'cardiology', 'diagnosis');
      expect(await patient.open(cleo, unopened, {}, exchange)).toMatchObject({ code: 'record_not_found' });
    });

    test('a patient is named by id and handle that belong together', async () => {
      const body = { accessId: randomUUID(), purposeOfUse: 'PATRQT', categories: ['lab_result'] };
      const asked = patient.act(patient.identity, 'openAccess', body, { handle: 'f'.repeat(32) });
      expect(await asked).toMatchObject({ code: 'handle_mismatch', httpStatus: 403 });
    });

    test('a query that is refused keeps its code', async () => {
      await expect(
        patient.ask(cardiologist, 'checkAccess', { accessId: randomUUID(), accessorOrg: home, records: [] }),
      ).rejects.toMatchObject({ code: 'access_not_found' });
    });
  });
}
