import { expect, test } from '@jest/globals';
import type { NewBatch } from '@chain-of-care/client';
import { OpenBatches, type BatchPurpose } from './openBatches.ts';

const purpose: BatchPurpose = {
  patientId: '00000000-0000-4000-8000-000000000001',
  category: { category: 'lab_result', confidentiality: 'N', epoch: 0 },
  author: { mspId: 'HospitalMSP', group: 'cardiology', epoch: 0 },
};
const batch = (batchId: string) => ({ batch: { batchId } }) as unknown as NewBatch;

test('a kept batch is given for the same patient, category, epoch and group only', () => {
  const open = new OpenBatches(() => 0);
  open.keep(purpose, batch('1'));
  expect(open.find(purpose)).toEqual(batch('1'));
  const others: BatchPurpose[] = [
    { ...purpose, patientId: '00000000-0000-4000-8000-000000000002' },
    { ...purpose, category: { ...purpose.category, category: 'vitals' } },
    { ...purpose, category: { ...purpose.category, confidentiality: 'R' } },
    { ...purpose, category: { ...purpose.category, epoch: 1 } },
    { ...purpose, author: { ...purpose.author, group: 'emergency' } },
    { ...purpose, author: { ...purpose.author, epoch: 1 } },
    { ...purpose, author: { ...purpose.author, mspId: 'Hospital2MSP' } },
  ];
  expect(others.map((other) => open.find(other))).toEqual(others.map(() => undefined));
});

test('a batch key is forgotten after 15 minutes, however often it was used', () => {
  let now = 0;
  const open = new OpenBatches(() => now);
  open.keep(purpose, batch('1'));
  now = 15 * 60_000 - 1;
  expect(open.find(purpose)).toEqual(batch('1'));
  now += 1;
  expect(open.find(purpose)).toBeUndefined();
});
