import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accessIdOf } from '@chain-of-care/chaincode/rules';
import { largeNetwork } from '../../system/networks.ts';
import { administratorOf, home, licensed, Patient, staffOf, type Person } from './careScenario.fixture.ts';
import { commandOf, RealLedger } from './realLedger.fixture.ts';
import { applied } from './scenarioLedger.fixture.ts';
import { ledgerScenarios } from './scenarios.fixture.ts';

const ledger = new RealLedger(largeNetwork);

beforeAll(() => largeNetwork.start(), 180_000);
afterAll(() => ledger.close());

ledgerScenarios('the real network', () => ledger);

describe('policies at commit', () => {
  let registrar: Person;
  let cardiologist: Person;
  let cleo: Person;
  let patient: Patient;

  beforeAll(async () => {
    const inspector = await staffOf(ledger, await administratorOf(ledger, 'RegulatorMSP'), 'inspector');
    const administrator = await administratorOf(ledger, home);
    registrar = await staffOf(ledger, administrator, 'registrar');
    cardiologist = await staffOf(ledger, administrator, 'clinician', { department: 'cardiology' });
    cleo = await staffOf(ledger, await administratorOf(ledger, 'Hospital2MSP'), 'clinician', {
      department: 'neurology',
    });
    for (const person of [cardiologist, cleo]) await licensed(ledger, inspector, person);
    patient = await Patient.register(ledger, registrar);
  });

  const appendEndorsedBy = (endorsers: readonly string[]) => {
    const key = randomUUID();
    const body = {
      patientId: patient.patientId,
      home,
      ...patient.appendBody(cardiologist, key, 'cardiology', 'lab_result', 1),
    };
    const command = commandOf('care.appendRecords', body, { handle: patient.handle, key });
    return ledger.submitAll(cardiologist, [command], endorsers);
  };

  test('care_H refuses the hospital alone, and takes hospital and regulator', async () => {
    expect(await appendEndorsedBy([home])).toMatchObject({ validation: 'ENDORSEMENT_POLICY_FAILURE' });
    expect(await appendEndorsedBy([home, 'RegulatorMSP'])).toMatchObject({ validation: 'VALID' });
  });

  test('access_H takes the hospital alone, the regulator alone, and reads care_H while deciding', async () => {
    const ids = await patient.append(cardiologist, 'cardiology', 'vitals');
    const open = (endorsers: readonly string[]) => {
      const { patientId, handle } = patient;
      const key = randomUUID();
      const accessId = accessIdOf(patient.origin(cardiologist, key));
      const records = [{ recordId: ids[0], version: 1 }];
      const body = { patientId, home, accessId, purposeOfUse: 'TREAT', records };
      return ledger.submitAll(cardiologist, [commandOf('care.openAccess', body, { handle, key })], endorsers);
    };
    expect(await open([home])).toMatchObject({ validation: 'VALID' });
    expect(await open(['RegulatorMSP'])).toMatchObject({ validation: 'VALID' });
  });

  test('exchange_H takes the home hospital and another: an access that the accessor’s side endorses alone is not VALID', async () => {
    const { patientId, handle } = patient;
    const ids = await patient.append(cardiologist, 'cardiology', 'procedure');
    const both = { endorsers: [home, 'RegulatorMSP'] };
    const grant = patient.consentTo(cleo, { categories: ['procedure'] });
    applied(await patient.act(patient.identity, 'grantConsent', grant, both));
    const records = [{ recordId: ids[0], version: 1 }];
    applied(await patient.act(patient.identity, 'mirrorRecords', { records }, both));
    const open = async (endorsers: readonly string[]) => {
      const key = randomUUID();
      const accessId = accessIdOf(patient.origin(cleo, key));
      const body = { patientId, home, accessId, purposeOfUse: 'TREAT', records };
      const command = commandOf('care.openAccess', body, { handle, key });
      const { outcome, validation } = await ledger.submitAll(cleo, [command], endorsers);
      return [applied<{ decision: string }>(outcome.outcomes[0]!).decision, validation];
    };
    expect(await open(['Hospital2MSP'])).toEqual(['permit', 'ENDORSEMENT_POLICY_FAILURE']);
    expect(await open(['Hospital2MSP', 'RegulatorMSP'])).toEqual(['permit', 'ENDORSEMENT_POLICY_FAILURE']);
    expect(await open([home, 'Hospital2MSP'])).toEqual(['permit', 'VALID']);
  });

  test('registry refuses a member without the regulator and the regulator without another member', async () => {
    const register = async (endorsers: readonly string[]) => {
      const { deviceKey } = await ledger.identity(home);
      const body = { staffId: randomUUID(), deviceKey, role: 'administrator' };
      const administrator = await ledger.identity(home, 'admin');
      return ledger.submitAll(administrator, [commandOf('registry.registerStaff', body)], endorsers);
    };
    expect(await register([home, 'PharmaMSP'])).toMatchObject({ validation: 'ENDORSEMENT_POLICY_FAILURE' });
    expect(await register(['RegulatorMSP'])).toMatchObject({ validation: 'ENDORSEMENT_POLICY_FAILURE' });
    expect(await register(['RegulatorMSP', 'PharmaMSP'])).toMatchObject({ validation: 'VALID' });
  });

  test('a member that is not in a collection cannot endorse what reads it', async () => {
    await expect(appendEndorsedBy([home, 'PharmaMSP'])).rejects.toThrow();
  });

  test('two concurrent commands on one head: one commits, the other is told to read again', async () => {
    const both = await Promise.all([1, 2].map(() => appendEndorsedBy([home, 'RegulatorMSP'])));
    expect(new Set(both.map(({ validation }) => validation))).toEqual(new Set(['MVCC_READ_CONFLICT', 'VALID']));
  });

  test('many commands of one submitter commit in one transaction, each decided by itself', async () => {
    const good = () => {
      const key = randomUUID();
      const body = {
        patientId: patient.patientId,
        home,
        ...patient.appendBody(cardiologist, key, 'cardiology', 'diagnosis', 1),
      };
      return commandOf('care.appendRecords', body, { handle: patient.handle, key });
    };
    const bad = commandOf('care.appendRecords', { patientId: patient.patientId, home }, { handle: patient.handle });
    const { outcome, validation } = await ledger.submitAll(cardiologist, [good(), bad, good()]);
    expect(validation).toBe('VALID');
    expect(outcome.outcomes).toMatchObject([
      { status: 'applied' },
      { status: 'refused', code: 'validation_failed' },
      { status: 'applied' },
    ]);
    for (const decided of [outcome.outcomes[0]!, outcome.outcomes[2]!]) applied(decided);
  });
});
