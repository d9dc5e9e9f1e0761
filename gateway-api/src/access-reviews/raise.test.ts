import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import { reviewNotices } from './raise.ts';

const mspId = 'HospitalMSP';
const hourMs = 3600_000;
const begin = Date.parse('2026-03-01T08:00:00Z');
const [ben, cy] = ['ben', 'cy'];

let readModel: ReadModel;
let patient: string;
let block = 0;
beforeAll(async () => {
  readModel = await readModelInMemory();
}, 120_000);
afterAll(() => readModel.close());
beforeEach(async () => {
  patient = randomUUID();
  await readModel.db
    .insertInto('patients')
    .values({
      patient_id: patient,
      home: mspId,
      handle: 'h',
      did: `did:${patient}`,
      status: 'active',
      did_document: '{}',
      registered_at: new Date(begin).toISOString(),
    })
    .execute();
});

const ids = (from: number, count: number): { id: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `r${from + index}` }));

/** An access in a block of its own, on the basis of what the department wrote. @returns its id */
async function opened(accessorId: string, records: object[], hours: number): Promise<string> {
  const accessId = randomUUID();
  const time = new Date(begin + hours * hourMs).toISOString();
  block += 1;
  await readModel.db
    .insertInto('accesses')
    .values({
      access_id: accessId,
      patient_id: patient,
      accessor_id: accessorId,
      accessor_org: mspId,
      accessor_role: 'clinician',
      accessor_group: 'cardiology',
      device_key: 'k',
      purpose_of_use: 'TREAT',
      sealed_reason: null,
      records: JSON.stringify(records),
      categories: null,
      decision: 'permit',
      code: null,
      basis: JSON.stringify([{ kind: 'author' }]),
      withheld: 0,
      record_time: time,
      not_after: time,
      serves_until: time,
      collection: 'access_HospitalMSP',
      tx_id: accessId,
      block_number: block,
    })
    .execute();
  return accessId;
}

const told = (first = block, last = block) => reviewNotices(mspId)(readModel.db, { first, last });

async function reviewed(): Promise<string[]> {
  const rows = await readModel.db
    .selectFrom('access_reviews')
    .select(['access_id', 'kinds'])
    .where('patient_id', '=', patient)
    .orderBy('raised_at')
    .execute();
  return rows.map(({ access_id: id, kinds }) => `${id} ${kinds.join()}`);
}

test('small accesses of one person that add up to more than a hundred records within a day are one review', async () => {
  for (let index = 0; index < 5; index += 1) {
    await opened(ben, ids(20 * index, 20), index);
    await told();
  }
  await opened(cy, ids(100, 20), 5);
  await told();
  expect(await reviewed()).toEqual([]);
  const crossing = await opened(ben, ids(100, 1), 6);
  expect(await told()).toMatchObject([{ kind: 'accessToReview', severity: 'high', recipients: [patient] }]);
  for (let index = 0; index < 3; index += 1) {
    await opened(ben, ids(200 + 20 * index, 20), 7 + index);
    expect(await told()).toEqual([]);
  }
  expect(await reviewed()).toEqual([`${crossing} bulk`]);
  await told(block - 9, block);
  expect(await reviewed()).toHaveLength(1);
});

test('what was opened a day ago counts no more, nor does what was asked for twice; after a day it may be one again', async () => {
  await opened(ben, ids(0, 60), 0);
  await told();
  for (let index = 0; index < 4; index += 1) {
    await opened(ben, ids(60, 40), 20 + index);
    await told();
  }
  await opened(ben, ids(100, 60), 24);
  await told();
  expect(await reviewed()).toEqual([]);
  const first = await opened(ben, ids(160, 1), 25);
  await told();
  expect(await reviewed()).toEqual([`${first} bulk`]);
  await opened(ben, ids(300, 90), 48);
  await told();
  const second = await opened(ben, ids(400, 90), 50);
  await told();
  expect(await reviewed()).toEqual([`${first} bulk`, `${second} bulk`]);
});

test('of several that come in one go the last is reviewed, and what is bulk by itself is not counted again', async () => {
  const first = block + 1;
  await opened(ben, ids(0, 90), 0);
  const last = await opened(ben, ids(90, 90), 1);
  await told(first);
  expect(await reviewed()).toEqual([`${last} bulk`]);
  const bulk = await opened(cy, ids(0, 101), 2);
  await opened(cy, ids(0, 100), 3);
  await opened(cy, ids(100, 100), 4);
  await told(first);
  expect(await reviewed()).toEqual([`${last} bulk`, `${bulk} bulk`]);
});
