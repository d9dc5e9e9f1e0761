import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Refusal, type AddWraps, type ConsentRule, type MirrorRecords } from '@chain-of-care/chaincode/model';
import {
  fromBase64Url,
  generateSealingKeyPair,
  newBatch,
  newDataKey,
  newPatientRoot,
  registrationKeys,
  toBase64Url,
  wrapDataKey,
} from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import type { Act } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import { Derivation } from '../idempotency/derivation.ts';
import type { ReadModel } from '../readmodel/readModel.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import type { NewConsent } from './dto.ts';
import { grantConsent } from './grant.ts';

const home = 'HospitalMSP';
const department = 'psychiatry';
const person = { kind: 'person', mspId: home, id: randomUUID() } as const;

/** A patient with records, and a ledger that keeps grant keys and wraps as the chaincode does. */
class Chart {
  readonly patientId = randomUUID();
  readonly recordIds: string[] = [];
  readonly acts: Act[] = [];
  readonly wraps: { recordId?: string | undefined; keyId?: string | undefined }[] = [];
  /** Commands of a type are lost until it is taken out again. */
  readonly lost = new Set<string>();
  readonly #readModel: ReadModel;
  readonly #root = newPatientRoot();
  readonly #results = new Map<string, object>();
  readonly #grantKeys = new Set<string>();

  constructor(readModel: ReadModel) {
    this.#readModel = readModel;
  }

  async keys() {
    const keys = await registrationKeys(this.#root, this.patientId);
    return keys.map((key) => ({ patientId: this.patientId, epoch: 0, ...key }));
  }

  /** Lab results of one batch, each the only version of its record. */
  async append(count: number): Promise<void> {
    const group = await generateSealingKeyPair();
    const lab = (await this.keys()).find((key) => key.category === 'lab_result' && key.confidentiality === 'N')!;
    const author = { mspId: home, group: department, epoch: 0, publicKey: group.publicKey };
    const recipients = { category: { ...lab, publicKey: fromBase64Url(lab.publicKey) }, author };
    const { batch, wrapper } = await newBatch(randomUUID(), recipients);
    await this.#readModel.db
      .insertInto('batch_keys')
      .values({
        patient_id: this.patientId,
        batch_id: batch.batchId,
        category: 'lab_result',
        confidentiality: 'N',
        epoch: 0,
        sealed_to_category: batch.sealedToCategory,
        author_org: home,
        author_group: department,
        group_epoch: 0,
        sealed_to_group: batch.sealedToGroup,
      })
      .execute();
    const wrapped = await wrapDataKey(wrapper, newDataKey());
    for (let added = 0; added < count; added += 1) {
      const recordId = randomUUID();
      this.recordIds.push(recordId);
      await this.put(recordId, 1, { batch_id: batch.batchId, wrapped_key: wrapped });
    }
  }

  async put(
    recordId: string,
    version: number,
    more: { batch_id: string; wrapped_key: string; withdrawn?: 'wrong-patient' },
  ) {
    const { length } = await this.#readModel.db.selectFrom('records').select('record_id').execute();
    await this.#readModel.db
      .insertInto('records')
      .values({
        ...{ record_id: recordId, version, patient_id: this.patientId, category: 'lab_result', confidentiality: 'N' },
        ...{ clinical_date: '2026-01-01', author_id: person.id, author_org: home, author_group: department },
        ...{ cid: 'c', sha256: 'a', size: 1, sealed: 'A', record_time: '2026-01-01T00:00:00.000Z' },
        ...{ sequence: length + 1, previous_hash: '', hash: '', tx_id: 't', block_number: 1 },
        ...more,
      })
      .execute();
  }

  async withdraw(recordId: string): Promise<void> {
    const row = this.#readModel.db.selectFrom('records').select(['batch_id', 'wrapped_key']);
    await this.put(recordId, 2, {
      ...(await row.where('record_id', '=', recordId).executeTakeFirstOrThrow()),
      withdrawn: 'wrong-patient',
    });
  }

  async deny(subject: string, scope: Partial<ConsentRule>): Promise<void> {
    const consentId = randomUUID();
    const rule = { ...scope, consentId, decision: 'deny', level: 'read', grantedAt: '2026-01-01T00:00:00Z' } as const;
    await this.#readModel.db
      .insertInto('consent_buckets')
      .values({ patient_id: this.patientId, subject, rules: JSON.stringify([rule]) })
      .execute();
  }

  async grant(wanted: Partial<NewConsent>, key: string = randomUUID()) {
    const { publicKey } = await generateSealingKeyPair();
    const staff = { ...person, staffId: person.id, role: 'clinician', department, sealingKey: toBase64Url(publicKey) };
    const services = {
      readModel: this.#readModel,
      clock: Date.now,
      keystore: { get: async (name: string) => (name === `root/${this.patientId}` ? this.#root : undefined) },
      facts: {
        patient: async () => ({ patientId: this.patientId, home, handle: 'a'.repeat(32), openedToOthers: false }),
        categoryKeys: () => this.keys(),
        groupKey: async () => ({ epoch: 0, publicKey: toBase64Url(publicKey) }),
        staff: async () => staff,
      },
      ledger: { submit: async (_: unknown, act: Act) => this.#submit(act) },
    } as unknown as Services;
    const identity = { mspId: home, deviceKey: 'd'.repeat(64) };
    const caller = { id: this.patientId, kind: 'patient', role: 'patient', identity } as Caller;
    const idempotency = new Derivation(new Uint8Array(32), identity.deviceKey, key, 'request');
    return grantConsent(services, caller, this.patientId, { grantee: person, ...wanted } as NewConsent, idempotency);
  }

  mirrored(): string[] {
    const acts = this.acts.filter(({ type }) => type === 'care.mirrorRecords');
    return acts.flatMap(({ body }) => (body as MirrorRecords).records.map(({ recordId }) => recordId));
  }

  #submit(act: Act) {
    if (this.lost.has(act.type)) throw new Problem('unavailable');
    const known = this.#results.get(act.key);
    if (known !== undefined) return { result: known, replayed: true };
    this.acts.push(act);
    const { consentId, grantKeys = [], wraps = [] } = act.body as Partial<AddWraps>;
    for (const { keyId } of grantKeys) this.#grantKeys.add(keyId);
    if (wraps.some(({ keyId }) => !this.#grantKeys.has(keyId!)))
      throw new Refusal('validation_failed', 'is no grant key of this consent and recipient');
    this.wraps.push(...wraps);
    this.#results.set(act.key, { consentId });
    return { result: { consentId }, replayed: false };
  }
}

let readModel: ReadModel;
let chart: Chart;

beforeAll(async () => {
  readModel = await readModelInMemory();
}, 60_000);
afterAll(() => readModel.close());
beforeEach(() => {
  chart = new Chart(readModel);
});

/** Data keys only: a day's end makes the consent narrow. */
const narrow = { categories: ['lab_result'], period: { start: '2025-01-01' } } satisfies Partial<NewConsent>;

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const handedOver = () => chart.wraps.map(({ recordId }) => recordId!).toSorted(byText);

test('a grant of many records that broke off is completed by its repeat, each record once', async () => {
  await chart.append(301);
  chart.lost.add('care.addWraps');
  await expect(chart.grant(narrow, 'key')).rejects.toMatchObject({ code: 'unavailable' });
  expect(chart.wraps).toHaveLength(150);
  chart.lost.clear();
  expect(await chart.grant(narrow, 'key')).toMatchObject({ dataKeys: 301 });
  await chart.grant(narrow, 'key');
  expect(handedOver()).toEqual(chart.recordIds.toSorted(byText));
});

test('a repeat misses no record although an earlier one was withdrawn meanwhile', async () => {
  await chart.append(152);
  chart.lost.add('care.addWraps');
  await expect(chart.grant(narrow, 'key')).rejects.toMatchObject({ code: 'unavailable' });
  chart.lost.clear();
  await chart.withdraw(chart.recordIds[0]!);
  await chart.grant(narrow, 'key');
  expect(handedOver()).toEqual(chart.recordIds.toSorted(byText));
});

test.each([
  ['the person', `person/${home}/${person.id}`],
  ['their department', `department/${home}/${department}`],
  ['their organisation', `organization/${home}`],
  ['everyone', 'everyone'],
])('no key of a record is handed over that is denied to %s', async (_, subject) => {
  await chart.append(2);
  const [denied, open] = chart.recordIds;
  await chart.deny(subject, { recordIds: [denied!] });
  await chart.grant(narrow);
  expect(handedOver()).toEqual([open]);
});

test('a denial to one person, or for one of the purposes, keeps nothing from those who may read', async () => {
  await chart.append(1);
  await chart.deny(`person/${home}/${person.id}`, {});
  await chart.grant({ ...narrow, grantee: { kind: 'department', mspId: home, id: department } });
  expect(handedOver()).toEqual(chart.recordIds);
  await chart.deny(`organization/${home}`, { purposes: ['HRESCH'] });
  await chart.grant({ ...narrow, grantee: { kind: 'department', mspId: home, id: department } });
  expect(chart.wraps).toHaveLength(2);
});

test('no key of a withdrawn record is handed over, in none of its versions', async () => {
  await chart.append(2);
  const [withdrawn, open] = chart.recordIds;
  await chart.withdraw(withdrawn!);
  await chart.grant(narrow);
  expect(handedOver()).toEqual([open]);
});

test('a consent to one record mirrors that record alone to other hospitals', async () => {
  await chart.append(3);
  const [shared] = chart.recordIds;
  await chart.grant({ recordIds: [shared!], grantee: { ...person, mspId: 'OtherHospitalMSP' } });
  expect(chart.mirrored()).toEqual([shared]);
});

test('a consent for some days mirrors the records of these days alone', async () => {
  await chart.append(1);
  await chart.grant({ period: { end: '2025-12-31' }, grantee: { ...person, mspId: 'OtherHospitalMSP' } });
  expect(chart.mirrored()).toEqual([]);
});
