import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applied, type Identity } from '../ledger/scenario.fixture.ts';
import { recordIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, toPerson, type Person, type WorldPatient } from './careWorld.fixture.ts';

const publicKey = 'B'.repeat(1622);
const pair = { category: 'lab_result', confidentiality: 'N' };

describe('an epoch of a key pair', () => {
  let world: CareWorld;
  let patient: WorldPatient;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    world = await CareWorld.open();
    ada = await world.clinician('cardiology');
    ben = await world.clinician('emergency');
  });
  beforeEach(async () => {
    patient = await world.patient();
  });

  const begin = (epoch: number, who: Identity = patient.identity, more: object = {}) =>
    world.act(patient, who, 'beginKeyEpoch', { keys: [{ ...pair, epoch, publicKey, ...more }] });

  /** @param earlier a batch on the ledger, named instead of bringing one */
  function appendOf(epoch: number, earlier?: string) {
    const key = randomUUID();
    const batchId = earlier ?? randomUUID();
    const seals = { sealedToCategory: 'AA', sealedToGroup: 'AA', authorGroup: 'cardiology', groupEpoch: 0 };
    const record = {
      recordId: recordIdOf(originOf(ada, patient.handle, key), 0),
      version: 1,
      batchId,
      category: 'lab_result',
      clinicalDate: '2026-06-15',
      cid: `b${'a'.repeat(58)}`,
      sha256: 'a'.repeat(64),
      size: 10,
      wrappedKey: 'AA',
      sealed: 'AA',
    };
    const batches = earlier === undefined ? [{ batchId, ...pair, epoch, ...seals }] : [];
    return { key, batchId, body: { batches, records: [record] } };
  }
  const append = ({ key, body }: ReturnType<typeof appendOf>) =>
    world.act(patient, ada, 'appendRecords', body, { key });

  function seedOf(epoch: number) {
    const grantKey = { keyId: randomUUID(), recipient: ben.staffId, sealed: 'AA' };
    const wrap = { wrapId: randomUUID(), keyId: grantKey.keyId, kind: 'seed', ...pair, epoch };
    return { grantKeys: [grantKey], wraps: [{ ...wrap, recipient: ben.staffId, sealed: 'AA' }] };
  }
  const granted = async (more: object = {}) =>
    (
      applied(await world.grant(patient, toPerson(ben), { categories: ['lab_result'], ...more })) as {
        consentId: string;
      }
    ).consentId;
  const handOver = (consentId: string, epoch: number) =>
    world.act(patient, patient.identity, 'addWraps', { consentId, ...seedOf(epoch) });

  test('takes no record once the next has begun, neither with a new batch nor with one of before', async () => {
    const before = appendOf(0);
    applied(await append(before));
    applied(await begin(1));
    const refused = { code: 'epoch_not_current', detail: 'the epoch is 1' };
    expect(await append(appendOf(0))).toMatchObject(refused);
    expect(await append(appendOf(0, before.batchId))).toMatchObject(refused);
    expect(await append(appendOf(2))).toMatchObject(refused);
    applied(await append(appendOf(1)));
  });

  test('that begins invalidates an append in flight', async () => {
    const { key, body } = appendOf(0);
    const { patientId, handle } = patient;
    const command = world.scenario.command('care.appendRecords', { patientId, home, ...body }, { handle, key });
    const inFlight = await world.scenario.endorse(ada, [command]);
    applied(await begin(1));
    expect(world.scenario.ledger.commit(inFlight.simulation)).toBe('MVCC_READ_CONFLICT');
  });

  test('follows the one before, once, for pairs that the patient has, by the patient alone', async () => {
    expect(await begin(2)).toMatchObject({ code: 'epoch_not_current', pointer: '/keys/0/epoch' });
    expect(await begin(1, ada)).toMatchObject({ code: 'not_own_patient' });
    expect(await begin(1, patient.identity, { confidentiality: 'V' })).toMatchObject({
      code: 'category_key_not_found',
      pointer: '/keys/0',
    });
    applied(await begin(1));
    expect(await begin(1)).toMatchObject({ code: 'epoch_not_current' });
    applied(await begin(2));
  });

  test('names a pair once in a command', async () => {
    const keys = [1, 2].map((epoch) => Object.assign({ epoch, publicKey }, pair));
    expect(await world.act(patient, patient.identity, 'beginKeyEpoch', { keys })).toMatchObject({
      code: 'validation_failed',
      pointer: '/keys/1',
    });
  });

  test('has its seed handed over under a consent that stands, and not before it has begun', async () => {
    const consentId = await granted();
    applied(await handOver(consentId, 0));
    expect(await handOver(consentId, 1)).toMatchObject({ code: 'epoch_not_current', pointer: '/wraps/0/epoch' });
    applied(await begin(1));
    applied(await handOver(consentId, 1));
    applied(await handOver(consentId, 0));
  });

  test('hands nothing to whoever’s consent was revoked or has expired', async () => {
    const revoked = await granted();
    const grantee = toPerson(ben);
    applied(await world.act(patient, patient.identity, 'revokeConsent', { consentId: revoked, grantee }));
    const expiresAt = new Date(world.scenario.now + 60_000).toISOString();
    const expired = await granted({ expiresAt });
    applied(await handOver(expired, 0));
    world.scenario.now += 60_000;
    const ended = { code: 'consent_already_ended', pointer: '/consentId' };
    expect(await handOver(revoked, 0)).toMatchObject(ended);
    expect(await handOver(expired, 0)).toMatchObject(ended);
  });
});
