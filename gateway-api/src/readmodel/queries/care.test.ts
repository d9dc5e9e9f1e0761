import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory } from '../readModel.fixture.ts';
import { accessById } from './care.ts';

let model: ReadModel;
beforeAll(async () => {
  model = await readModelInMemory();
}, 120_000);
afterAll(() => model.close());

const at = '2026-01-01T00:00:00Z';
const badTransactionId = 8;

async function transaction(txId: string, blockNumber: number, creator: string, code: number): Promise<void> {
  await model.db
    .insertInto('transactions')
    .values({
      block_number: blockNumber,
      tx_index: 0,
      tx_id: txId,
      time: at,
      validation_code: code,
      msp_id: 'HospitalMSP',
      device_key: creator,
    })
    .execute();
}

test('who made an access is said by its own transaction, whatever bears its id before or after', async () => {
  const accessId = randomUUID();
  await model.db
    .insertInto('accesses')
    .values({
      access_id: accessId,
      patient_id: randomUUID(),
      accessor_id: randomUUID(),
      accessor_org: 'HospitalMSP',
      accessor_role: 'clinician',
      accessor_group: null,
      device_key: 'clinician',
      purpose_of_use: 'TREAT',
      sealed_reason: null,
      records: null,
      categories: null,
      decision: 'permit',
      code: null,
      basis: JSON.stringify([]),
      withheld: 0,
      record_time: at,
      not_after: at,
      serves_until: at,
      collection: 'access_HospitalMSP',
      tx_id: 'TX',
      block_number: 5,
    })
    .execute();
  await transaction('TX', 4, 'stranger', badTransactionId);
  expect(await accessById(model.db, accessId)).toBeUndefined();
  await transaction('TX', 5, 'clinician', 0);
  await transaction('TX', 6, 'stranger', badTransactionId);
  expect(await accessById(model.db, accessId)).toMatchObject({ accessId, creator: 'clinician' });
});
